import { describe, expect, it } from 'vitest'
import {
  CANONICAL_JOB,
  DEAD_LETTER_HEADER,
  HEADER,
  PULSIFI_INBOX,
  redriveTopic,
} from '../../../../services/core/topics.ts'
import { leftOpen } from '../../../../services/pulsifi-sink/decide/left-open.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { storeOf } from '../../../support/sink-tenure.ts'
import { codec } from '../../../support/sink-world.ts'
import { aBinding, aBoundBinding } from '../ledger-records.ts'
import { aJob, PULSIFI_JOB_ID } from '../records.ts'

const jobKey = 'jobylon:default:42'
const snapshot = (job = aJob()) => ({ topic: CANONICAL_JOB, value: codec.encode(CANONICAL_JOB, job) })
const again = { type: 'decide-job', jobKey, hasTurn: false } as const
const tooShort = aJob({ description: 'Too short.' })

it('is only known until an application wants it', () => {
  const sink = new SinkDecisions({})
  expect(sink.record(snapshot())).toMatchObject({ bindings: [{ state: 'KNOWN' }], effects: [] })
})

it('is created when it is wanted: the intent first, the call as an effect', () => {
  const sink = new SinkDecisions({ jobs: [aJob()], bindings: [aBinding({ state: 'KNOWN' })] })
  const { bindings, effects } = sink.message({ kind: 'JOB_WANTED', jobKey })
  expect(bindings.map(({ state }) => state)).toEqual(['WANTED', 'PENDING'])
  expect(effects).toMatchObject([{ type: 'create-job', attempt: 1, deadlineAtMs: 40_000 }])
  expect(sink.message({ kind: 'JOB_WANTED', jobKey }).bindings).toEqual([])
})

it('is created when it comes after it was wanted', () => {
  const sink = new SinkDecisions({ bindings: [aBinding({ state: 'WANTED', job_lifecycle: null })] })
  expect(sink.internal(again)).toMatchObject({ bindings: [], effects: [], hasUsedTurn: false })
  expect(sink.record(snapshot()).effects).toMatchObject([{ type: 'create-job' }])
})

it('waits for its turn under a key that no application has', () => {
  const sink = new SinkDecisions({ jobs: [aJob()], bindings: [aBinding({ state: 'WANTED' })] })
  sink.freeTurns = 0
  expect(sink.internal(again).effects).toMatchObject([{ type: 'await-turn', key: `job ${jobKey}` }])
})

it('is not called before its time', () => {
  const sink = new SinkDecisions({
    jobs: [aJob()],
    bindings: [aBinding({ state: 'WANTED', next_attempt_at: 9_000 })],
  })
  expect(sink.internal(again)).toMatchObject({ bindings: [], effects: [{ type: 'wake', atMs: 9_000 }] })
})

describe('a blocked job', () => {
  const blocked = aBinding({ state: 'BLOCKED', block_reasons: ['DESCRIPTION_TOO_SHORT:41'] })

  it('says nothing new when a new version is blocked for the same', () => {
    const sink = new SinkDecisions({ bindings: [{ ...blocked, job_status: tooShort.status }] })
    expect(sink.record(snapshot(tooShort))).toMatchObject({ bindings: [], outcome: { name: 'duplicate' } })
  })

  it('is created when it has improved', () => {
    const { bindings, effects } = new SinkDecisions({ bindings: [blocked] }).record(snapshot())
    expect(bindings.at(-1)).toMatchObject({ state: 'PENDING' })
    expect(effects).toMatchObject([{ type: 'create-job' }])
  })

  it('is tried again when an operator says so, once', () => {
    const sink = new SinkDecisions({ jobs: [aJob()], bindings: [blocked] })
    const command = { kind: 'COMMAND', command: 'decide-job-again', jobKey, attempt: 0 } as const
    expect(sink.message(command).effects).toMatchObject([{ type: 'create-job' }])
    expect(sink.message(command)).toMatchObject({ bindings: [], effects: [] })
  })
})

describe('a job whose call was left without an answer', () => {
  const giveUp = { type: 'give-up-job', jobKey, attempt: 1 } as const

  it('is not made a second time when the answer only lies unread', () => {
    const sink = new SinkDecisions({ jobs: [aJob()], bindings: [aBinding({ state: 'PENDING', attempt: 1 })] })
    const { bindings, messages } = sink.internal(giveUp)
    expect(bindings).toEqual([])
    const [lost] = messages
    if (lost === undefined) throw new Error('nothing was sent')
    expect(lost.partition).toBe(0)
    const body = { id: PULSIFI_JOB_ID, status: 'active', external_id: null }
    const verdict = { type: 'done', body, httpStatus: 200 } as const
    const unread = { kind: 'JOB_ANSWER', jobKey, attempt: 1, verdict } as const
    expect(sink.message(unread).bindings).toMatchObject([{ state: 'BOUND' }])
    expect(sink.message(lost)).toMatchObject({ bindings: [], effects: [] })
    expect(sink.internal(giveUp).messages).toEqual([])
  })

  it('is wanted again when there is none', () => {
    const sink = new SinkDecisions({ jobs: [aJob()], bindings: [aBinding({ state: 'PENDING', attempt: 1 })] })
    const [lost] = sink.internal(giveUp).messages
    if (lost === undefined) throw new Error('nothing was sent')
    expect(sink.message(lost)).toMatchObject({
      bindings: [{ state: 'WANTED', block_reasons: ['REPLY_LOST'] }],
      effects: [{ type: 'wake' }],
    })
  })
})

it.each([
  [aJob({ lifecycle: 'DELETED' }), 'JOB_DELETED'],
  [aJob({ kind: 'SPONTANEOUS' }), 'SPONTANEOUS_JOB'],
  [aJob({ title: null }), 'TITLE_MISSING'],
])('is blocked when it is wanted and cannot be sent: %#', (job, reason) => {
  const sink = new SinkDecisions({ bindings: [aBinding({ state: 'WANTED' })] })
  expect(sink.record(snapshot(job)).bindings).toMatchObject([{ state: 'BLOCKED', block_reasons: [reason] }])
})

it('is blocked for a tenant without an account', () => {
  const sink = new SinkDecisions({ bindings: [aBinding({ state: 'WANTED' })] })
  sink.hasAccount = false
  expect(sink.record(snapshot()).bindings).toMatchObject([{ block_reasons: ['PULSIFI_ACCOUNT_MISSING'] }])
})

describe('a job that was blocked for want of an account', () => {
  const blocked = aBinding({ state: 'BLOCKED', block_reasons: ['PULSIFI_ACCOUNT_MISSING'] })
  const bound = { ...blocked, pulsifi_job_id: PULSIFI_JOB_ID }

  it.each([
    [blocked, ['WANTED', 'PENDING'], ['create-job']],
    [bound, ['BOUND'], []],
  ])('is taken up by the next owner that has one: %#', (binding, states, effects) => {
    const sink = new SinkDecisions({ jobs: [aJob()], bindings: [binding] })
    expect([...leftOpen(storeOf(sink.state), 0, 0)]).toEqual([{ atMs: null, input: again }])
    const decided = sink.internal(again)
    expect(decided.bindings.map(({ state }) => state)).toEqual(states)
    expect(decided.effects.map(({ type }) => type)).toEqual(effects)
  })

  it('stays so, without another record, with an owner that has none either', () => {
    const sink = new SinkDecisions({ jobs: [aJob()], bindings: [blocked] })
    sink.hasAccount = false
    expect(sink.internal(again)).toMatchObject({ bindings: [], effects: [] })
  })

  it('is no business of the next owner when it was blocked for something else', () => {
    const other = aBinding({ state: 'BLOCKED', block_reasons: ['TITLE_MISSING'] })
    expect([...leftOpen(storeOf(new SinkDecisions({ bindings: [other] }).state), 0, 0)]).toEqual([])
  })
})

describe('a job that Pulsifi has closed', () => {
  const refusal = {
    kind: 'JOB_REFUSED',
    jobKey,
    pulsifiJobId: PULSIFI_JOB_ID,
    reason: 'JOB_IS_CLOSED',
  } as const

  it('is blocked, and bound again by a new version, but never created again', () => {
    const sink = new SinkDecisions({ bindings: [aBoundBinding()] })
    expect(sink.message(refusal).bindings).toMatchObject([
      { state: 'BLOCKED', block_reasons: ['JOB_IS_CLOSED'] },
    ])
    expect(sink.record(snapshot())).toMatchObject({
      ...{ bindings: [{ state: 'BOUND', pulsifi_job_id: PULSIFI_JOB_ID }], effects: [] },
    })
  })

  it('does not concern the job that an operator bound since', () => {
    const sink = new SinkDecisions({ bindings: [aBoundBinding({ pulsifi_job_id: 'another' })] })
    expect(sink.message(refusal).bindings).toEqual([])
  })

  it.each(['WANTED', 'PENDING', 'KNOWN'] as const)('does not disturb one that is %s', state => {
    expect(new SinkDecisions({ bindings: [aBinding({ state })] }).message(refusal).bindings).toEqual([])
  })
})

it('shows that it has drifted from what Pulsifi was sent', () => {
  const sink = new SinkDecisions({ bindings: [aBoundBinding({ request_sha256: 'other' })] })
  expect(sink.record(snapshot()).bindings).toMatchObject([
    { state: 'BOUND', block_reasons: ['PULSIFI_DRIFT'] },
  ])
})

it('waits after a call that was not processed, and is called again', () => {
  const sink = new SinkDecisions({ jobs: [aJob()], bindings: [aBinding({ state: 'PENDING', attempt: 1 })] })
  const verdict = { type: 'retry', reason: '503', httpStatus: 503, retryAfterMs: null } as const
  expect(sink.internal({ type: 'job-answer', jobKey, attempt: 1, verdict })).toMatchObject({
    bindings: [{ state: 'WANTED', block_reasons: ['PULSIFI_RETRY:503'], next_attempt_at: 65_000 }],
    effects: [{ type: 'wake', atMs: 65_000 }],
  })
})

it('is known to later decisions when its record was redriven', () => {
  const sink = new SinkDecisions({ bindings: [aBinding({ state: 'WANTED' })] })
  sink.freeTurns = 0
  const headers = { '__dlq.errors.topic': CANONICAL_JOB }
  sink.record({ ...snapshot(), topic: redriveTopic('pulsifi-sink'), headers })
  expect(sink.internal({ ...again, hasTurn: true })).toMatchObject({
    ...{ hasUsedTurn: true, effects: [{ type: 'create-job' }] },
  })
})

describe('a job that an operator binds', () => {
  const [first, second] = [PULSIFI_JOB_ID, '00000000-0000-4000-8000-00000000000f']
  const bind = (sink: SinkDecisions, pulsifiJobId: string, replaces: string | null) =>
    sink.message({ kind: 'COMMAND', command: 'bind-job', jobKey, pulsifiJobId, replaces }).bindings

  it('is bound once, however often and however late the commands are read again', () => {
    const sink = new SinkDecisions({ bindings: [aBinding({ state: 'AMBIGUOUS', attempt: 1 })] })
    const commands = [
      [first, null],
      [second, first],
    ] as const
    const read = () => commands.flatMap(([id, replaces]) => bind(sink, id, replaces))
    expect(read()).toMatchObject([
      { state: 'BOUND', origin: 'MANUAL', pulsifi_job_id: first },
      { state: 'BOUND', origin: 'MANUAL', pulsifi_job_id: second },
    ])
    expect(read()).toEqual([])
  })

  it('keeps the job that Pulsifi made before the command came', () => {
    const sink = new SinkDecisions({ bindings: [aBoundBinding()] })
    expect(bind(sink, second, null)).toEqual([])
    expect(bind(sink, second, first)).toMatchObject([{ pulsifi_job_id: second }])
  })

  it('is not bound to another one by a command of an older version, which does not say what it replaces', () => {
    const body = JSON.stringify({ command: 'bind-job', jobKey, pulsifiJobId: second })
    const record = { message_id: 'm', kind: 'COMMAND', entity_key: jobKey, body, issued_at: 0 } as const
    const value = codec.encode(PULSIFI_INBOX, record)
    const read = (sink: SinkDecisions) => sink.record({ topic: PULSIFI_INBOX, value }).bindings
    expect(read(new SinkDecisions({ bindings: [aBoundBinding()] }))).toEqual([])
    expect(read(new SinkDecisions({ bindings: [aBinding()] }))).toMatchObject([{ state: 'BOUND' }])
  })
})

describe('a dead letter of the normalizer', () => {
  const letter = (change: object = {}) => ({
    ...{ topic: 'normalizer.dead-letter', partition: 3, offset: 17, value: Buffer.from('no JSON') },
    key: Buffer.from(jobKey),
    headers: { [HEADER.entity]: 'job', [DEAD_LETTER_HEADER.topic]: 'ats.raw.jobylon' },
    ...change,
  })
  const place = 'JOB_DEAD_LETTERED:normalizer.dead-letter/3/17'

  it.each([
    ['nobody has heard of', [], 'UNKNOWN'],
    ['is waited for', [aBinding({ state: 'WANTED', job_lifecycle: null })], 'WANTED'],
  ] as const)(
    'names itself in the binding of a job that %s, until the job comes',
    (_what, bindings, state) => {
      const sink = new SinkDecisions({ bindings })
      expect(sink.record(letter())).toMatchObject({
        bindings: [{ job_key: jobKey, state, block_reasons: [place] }],
        outcome: { name: 'published', source: null },
      })
      expect(sink.record(letter()).outcome.name).toBe('duplicate')
      expect(sink.record(snapshot()).bindings.at(-1)?.block_reasons).toEqual([])
    },
  )

  it.each([
    ['a job that has come', letter(), [aJob()], []],
    ['a job that is bound', letter(), [], [aBoundBinding()]],
    ['a candidate', letter({ headers: { [HEADER.entity]: 'candidate' } }), [], []],
    ['nobody knows what', letter({ headers: {} }), [], []],
    ['an id that cannot be a key', letter({ key: Buffer.from('x'.repeat(601)) }), [], []],
    ['no entity', letter({ key: null }), [], []],
  ])('of %s changes nothing', (_what, record, jobs, bindings) => {
    expect(new SinkDecisions({ jobs, bindings }).record(record).outputs).toEqual([])
  })
})

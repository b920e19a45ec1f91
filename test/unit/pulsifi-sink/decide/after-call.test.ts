import { describe, expect, it } from 'vitest'
import {
  PULSIFI_INVITATION,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../../../services/core/topics.ts'
import type { CandidateReply } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import { createTables } from '../../../../services/pulsifi-sink/ledger/tables.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { apply, storeOf } from '../../../support/sink-tenure.ts'
import { codec } from '../../../support/sink-world.ts'
import { anInvitation, aReply } from '../ledger-records.ts'

const applicationKey = 'jobylon:default:7'
const invited = anInvitation({
  outcome: 'INVITED',
  pulsifi_candidate_id: 'c-1',
  invite_code: 'abc',
  status: 'invited',
  state: 'invited',
  state_changes: 3,
})
const observe = (sink: SinkDecisions, change: Partial<CandidateReply> = {}, askedAtMs = 4_000) =>
  sink.internal({ type: 'observation', applicationKey, reply: aReply(change), trigger: 'POLL', askedAtMs })
type Decided = Omit<ReturnType<typeof observe>, 'hasUsedTurn'>
/** What the store keeps of a result is what its table reads. */
const keepResult = (sink: SinkDecisions, { outputs }: Decided) => {
  const table = createTables(codec).find(({ topic }) => topic === PULSIFI_RESULT)
  for (const { topic, key, value } of outputs)
    if (topic === PULSIFI_RESULT && value instanceof Buffer)
      apply(sink.state, table?.entries(String(key), value, storeOf(sink.state)) ?? [])
}
const referencesIn = ({ outputs }: ReturnType<typeof observe>) =>
  outputs.flatMap(({ topic, value }) =>
    topic === PULSIFI_REFERENCE && value ? [codec.decode(topic, value)] : [],
  )
const score = { score_type: 'role_fit', score_value: 80, score_format: 100 }

it('makes every identifier of an invitation lead to its application', () => {
  const sink = new SinkDecisions({ invitations: [anInvitation()] })
  const verdict = { type: 'done', body: aReply(), httpStatus: 200 } as const
  const settled = sink.internal({ type: 'invitation-answer', applicationKey, attempt: 1, verdict })
  expect(referencesIn(settled)).toMatchObject([
    { reference: 'c-1', kind: 'CANDIDATE_ID', application_key: applicationKey, partition: 0 },
    { reference: 'abc', kind: 'INVITE_CODE', application_key: applicationKey, partition: 0 },
  ])
  expect(settled.effects).toMatchObject([{ type: 'wake', input: { type: 'look', trigger: 'POLL' } }])
})

it('adds the identifier that a look shows for the first time', () => {
  const sink = new SinkDecisions({ invitations: [{ ...invited, invite_code: null }] })
  expect(referencesIn(observe(sink))).toMatchObject([{ reference: 'c-1' }, { reference: 'abc' }])
})

describe('a look', () => {
  it('publishes what is new, and nothing the second time', () => {
    const sink = new SinkDecisions({ invitations: [invited] })
    const first = observe(sink, { status: 'completed', scores: [score] })
    expect(first.outputs.map(({ topic }) => topic)).toEqual(
      expect.arrayContaining([PULSIFI_RESULT, PULSIFI_SCORE]),
    )
    keepResult(sink, first)
    expect(observe(sink, { status: 'completed', scores: [score] }).outputs).toEqual([])
  })

  it.each(['opened', 'started', 'expired'])('says on the ledger that the invitation is %s, once', status => {
    const sink = new SinkDecisions({ invitations: [invited] })
    expect(observe(sink, { status }).invitations).toMatchObject([{ outcome: 'INVITED', status }])
    expect(observe(sink, { status }).invitations).toEqual([])
  })

  it('is the last one when the assessment is over', () => {
    const sink = new SinkDecisions({ invitations: [invited] })
    expect(observe(sink, { status: 'completed' }).effects).toEqual([])
  })

  it('publishes nothing of a deleted person', () => {
    const erased = { ...invited, reasons: ['PULSIFI_ERASURE_REQUIRED'] }
    const { outputs, invitations } = observe(new SinkDecisions({ invitations: [erased] }), {
      scores: [score],
    })
    expect(outputs.filter(({ topic }) => topic === PULSIFI_RESULT)).toEqual([])
    expect(invitations).toMatchObject([{ invitation_link: null, reasons: ['PULSIFI_ERASURE_REQUIRED'] }])
  })

  it.each([
    ['POLL', { status: 'completed' }, 0],
    ['WEBHOOK', { status: 'completed' }, 1],
    ['POLL', { reasons: ['PULSIFI_ERASURE_REQUIRED'] }, 0],
    ['POLL', {}, 1],
    ['WEBHOOK', { outcome: 'AMBIGUOUS', pulsifi_candidate_id: null }, 0],
  ] as const)('by %s at %o waits for %i turns', (trigger, change, count) => {
    const sink = new SinkDecisions({ invitations: [{ ...invited, ...change }] })
    expect(sink.internal({ type: 'look', applicationKey, trigger, hasTurn: false }).effects).toHaveLength(
      count,
    )
  })

  it('that somebody asked for is asked for again when Pulsifi was away', () => {
    const sink = new SinkDecisions({ invitations: [{ ...invited, status: 'completed' }] })
    const failed = { type: 'look-failed', applicationKey, trigger: 'WEBHOOK' } as const
    expect(sink.internal(failed).effects).toMatchObject([{ type: 'wake', input: { trigger: 'WEBHOOK' } }])
    expect(sink.internal({ ...failed, trigger: 'POLL' }).effects).toEqual([])
  })
})

describe('a look that began before the one that the result is of', () => {
  const askedAt = (askedAtMs: number) => {
    const sink = new SinkDecisions({ invitations: [invited] })
    keepResult(sink, observe(sink, { status: 'completed', scores: [score] }, 4_000))
    return observe(sink, { status: 'started' }, askedAtMs)
  }

  it('sets nothing back', () => {
    expect(askedAt(3_999).outputs).toEqual([])
    expect(askedAt(4_001).invitations).toMatchObject([{ status: 'started' }])
  })

  it('has the candidate looked at once more when somebody asked for it', () => {
    const sink = new SinkDecisions({ invitations: [invited] })
    keepResult(sink, observe(sink, { status: 'completed' }, 9_000))
    const late = sink.message({ kind: 'OBSERVATION', applicationKey, reply: aReply(), askedAtMs: 8_000 })
    expect(late.outputs).toEqual([])
    expect(late.effects).toMatchObject([{ type: 'wake', input: { type: 'look', trigger: 'WEBHOOK' } }])
  })
})

describe('somebody who has finished', () => {
  const reply = aReply({ status: 'completed' })

  it('is counted by what led to it: a look of ours, or a callback', () => {
    const sink = () => new SinkDecisions({ invitations: [invited] })
    expect(observe(sink(), { status: 'completed' }).finishedBy).toBe('POLL')
    expect(sink().message({ kind: 'OBSERVATION', applicationKey, reply }).finishedBy).toBe('WEBHOOK')
  })

  it('is counted neither before nor again', () => {
    const sink = new SinkDecisions({ invitations: [invited] })
    expect(observe(sink, { status: 'started' }).finishedBy).toBeNull()
    keepResult(sink, observe(sink, { status: 'completed' }, 5_000))
    expect(observe(sink, { status: 'completed' }, 6_000).finishedBy).toBeNull()
  })
})

describe('a second candidate at Pulsifi', () => {
  const alarm = 'PULSIFI_SECOND_CANDIDATE:c-2'
  const verdict = { type: 'done', body: aReply({ candidate_id: 'c-2' }), httpStatus: 200 } as const
  const second = { applicationKey, reply: aReply({ candidate_id: 'c-2', status: 'completed' }) }
  const found: Readonly<Record<string, (sink: SinkDecisions) => Decided>> = {
    'by a callback': sink => sink.message({ kind: 'OBSERVATION', ...second }),
    'by a look': sink => observe(sink, second.reply),
    'by a late answer': sink =>
      sink.message({ kind: 'INVITATION_ANSWER', applicationKey, attempt: 1, verdict }),
  }

  it.each(Object.keys(found))('found %s is an alarm, once, and takes nobody’s place', way => {
    const sink = new SinkDecisions({ invitations: [{ ...invited, invite_code: null }] })
    const first = found[way]?.(sink)
    expect(first?.invitations).toMatchObject([
      { pulsifi_candidate_id: 'c-1', invite_code: null, status: 'invited', reasons: [alarm] },
    ])
    expect(first?.outputs.map(({ topic }) => topic)).toEqual([PULSIFI_INVITATION])
    expect(first?.news).toMatchObject([{ outcome: 'INVITED', alarms: ['PULSIFI_SECOND_CANDIDATE'] }])
    expect(found[way]?.(sink).outputs).toEqual([])
  })

  it('is not forgotten with the next look, nor with the person', () => {
    const sink = new SinkDecisions({ invitations: [{ ...invited, reasons: [alarm] }] })
    const next = observe(sink, { status: 'started' })
    expect(next.invitations).toMatchObject([{ status: 'started', reasons: [alarm] }])
    expect(next.news).toMatchObject([{ alarms: [] }])
    const erased = new SinkDecisions({
      invitations: [{ ...invited, reasons: [alarm, 'PULSIFI_ERASURE_REQUIRED'] }],
    })
    expect(observe(erased, { status: 'started' }).invitations).toMatchObject([
      { reasons: ['PULSIFI_ERASURE_REQUIRED', alarm], invitation_link: null },
    ])
  })
})

it('settles an ambiguous invitation when a look shows its candidate', () => {
  const sink = new SinkDecisions({
    invitations: [anInvitation({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST'] })],
  })
  expect(observe(sink).invitations).toMatchObject([{ outcome: 'INVITED', reasons: [] }])
})

describe('a call whose answer nobody has told', () => {
  it('is given up behind the answers that nobody has read yet', () => {
    const sink = new SinkDecisions({ invitations: [anInvitation()] })
    const giveUp = { type: 'give-up-application', applicationKey, attempt: 1 } as const
    const { invitations, messages } = sink.internal(giveUp)
    expect(invitations).toEqual([])
    const [lost] = messages
    if (lost === undefined) throw new Error('nothing was sent')
    expect(lost.partition).toBe(0)
    const verdict = { type: 'done', body: aReply(), httpStatus: 200 } as const
    const unread = { kind: 'INVITATION_ANSWER', applicationKey, attempt: 1, verdict } as const
    expect(sink.message(unread).invitations).toMatchObject([{ outcome: 'INVITED' }])
    expect(sink.message(lost).invitations).toEqual([])
    expect(sink.internal(giveUp).messages).toEqual([])
  })

  it('is given up when there is no answer', () => {
    const sink = new SinkDecisions({ invitations: [anInvitation({ attempt: 2 })] })
    const giveUp = { type: 'give-up-application', applicationKey } as const
    expect(sink.internal({ ...giveUp, attempt: 1 }).messages).toEqual([])
    const [lost] = sink.internal({ ...giveUp, attempt: 2 }).messages
    if (lost === undefined) throw new Error('nothing was sent')
    expect(sink.message(lost).invitations).toMatchObject([{ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST'] }])
  })
})

describe('a callback that names the application and no candidate', () => {
  const ambiguous = anInvitation({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST'] })
  const heard = () => {
    const sink = new SinkDecisions({ invitations: [ambiguous] })
    sink.message({ kind: 'OBSERVE', applicationKey })
    return sink
  }
  const resolve = (sink: SinkDecisions, pulsifiCandidateId: string | null) =>
    sink.message({ kind: 'COMMAND', command: 'resolve', applicationKey, attempt: 1, pulsifiCandidateId })

  it('confirms what is ambiguous, once: there is a candidate, and nobody can look at it', () => {
    const sink = new SinkDecisions({ invitations: [ambiguous] })
    const first = sink.message({ kind: 'OBSERVE', applicationKey })
    expect(first.invitations).toMatchObject([
      { outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST', 'PULSIFI_CONFIRMED'] },
    ])
    expect(first.effects.filter(({ type }) => type !== 'count')).toEqual([])
    expect(sink.message({ kind: 'OBSERVE', applicationKey }).invitations).toEqual([])
  })

  it('keeps an operator from having the person invited a second time', () => {
    expect(resolve(heard(), null)).toMatchObject({ invitations: [] })
    const unheard = new SinkDecisions({ invitations: [ambiguous] })
    expect(resolve(unheard, null).invitations).not.toEqual([])
  })

  it.each([
    { type: 'ambiguous', reason: 'HTTP_500', httpStatus: 500 },
    { type: 'retry', reason: '429', httpStatus: 429, retryAfterMs: null },
    { type: 'blocked', reasons: ['HTTP_400'], httpStatus: 400 },
  ] as const)('is not forgotten for a late answer: $type', verdict => {
    const late = { kind: 'INVITATION_ANSWER', applicationKey, attempt: 1, verdict } as const
    expect(heard().message(late)).toMatchObject({ invitations: [], effects: [] })
  })

  it('is settled by the candidate, whoever names it', () => {
    expect(resolve(heard(), 'c-1').invitations).toMatchObject([{ outcome: 'INVITED', reasons: [] }])
    expect(observe(heard()).invitations).toMatchObject([{ outcome: 'INVITED', reasons: [] }])
  })

  it('has the candidate of an invitation looked at', () => {
    const sink = new SinkDecisions({ invitations: [invited] })
    expect(sink.message({ kind: 'OBSERVE', applicationKey }).effects).toMatchObject([
      { type: 'await-turn', input: { type: 'look', trigger: 'WEBHOOK' } },
    ])
  })
})

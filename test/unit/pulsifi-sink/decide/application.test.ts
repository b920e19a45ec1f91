import { describe, expect, it } from 'vitest'
import type { Candidate, PulsifiInvitation } from '../../../../schemas/types.ts'
import { CANONICAL_CANDIDATE, PULSIFI_REFERENCE, redriveTopic } from '../../../../services/core/topics.ts'
import type { Internal } from '../../../../services/pulsifi-sink/decide/effects.ts'
import { leftOpen } from '../../../../services/pulsifi-sink/decide/left-open.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { storeOf } from '../../../support/sink-tenure.ts'
import { codec, POLICY } from '../../../support/sink-world.ts'
import { aBinding, aBoundBinding, anInvitation, aReply } from '../ledger-records.ts'
import { aCandidate, anApplication } from '../records.ts'

const applicationKey = 'jobylon:default:7'
const again: Internal = { type: 'decide-application', applicationKey, hasTurn: false }
const waiting = (change: Partial<PulsifiInvitation> = {}) =>
  anInvitation({
    outcome: 'WAITING',
    reasons: ['JOB_UNBOUND'],
    attempt: 0,
    first_attempt_at: null,
    ...change,
  })
const snapshot = (candidate: Candidate) => ({
  topic: CANONICAL_CANDIDATE,
  value: codec.encode(CANONICAL_CANDIDATE, candidate),
})
const blocked = { type: 'blocked', reasons: ['HTTP_400'], httpStatus: 400 } as const
const answer = (verdict: Extract<Internal, { type: 'invitation-answer' }>['verdict']): Internal => ({
  ...{ type: 'invitation-answer', applicationKey, attempt: 1, verdict },
})

describe('an application whose job is there', () => {
  it('is intended, and called only as an effect', () => {
    const sink = new SinkDecisions({ bindings: [aBoundBinding()] })
    const { invitations, effects, outcome } = sink.record(snapshot(aCandidate()))
    expect(invitations).toMatchObject([{ outcome: 'INTENDED', attempt: 1, call_deadline_at: 5_000 + 35_000 }])
    expect(effects).toMatchObject([{ type: 'invite', attempt: 1, deadlineAtMs: 40_000 }])
    expect(outcome.name).toBe('published')
  })

  it('waits for its turn under a key that no job has', () => {
    const sink = new SinkDecisions({ bindings: [aBoundBinding()] })
    sink.freeTurns = 0
    const { invitations, effects } = sink.record(snapshot(aCandidate()))
    expect(invitations).toMatchObject([{ outcome: 'WAITING', reasons: ['PULSIFI_TURN'] }])
    const wanting = new SinkDecisions({ bindings: [aBinding({ state: 'WANTED' })] })
    wanting.freeTurns = 0
    expect(effects).toMatchObject([{ type: 'await-turn', key: 'invite jobylon:default:7' }])
  })

  it('gives the turn back that it does not need any more', () => {
    const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [anInvitation()] })
    expect(sink.internal({ ...again, hasTurn: true }).hasUsedTurn).toBe(false)
  })

  it('is not decided again once it was sent', () => {
    const sink = new SinkDecisions({ candidates: [], invitations: [anInvitation({ outcome: 'INVITED' })] })
    expect(sink.internal(again)).toMatchObject({ invitations: [], effects: [] })
  })

  it('is not called before its time', () => {
    const known = waiting({ reasons: ['PULSIFI_RETRY:429'], attempt: 1, next_attempt_at: 9_000 })
    const sink = new SinkDecisions({
      ...{ candidates: [aCandidate()], invitations: [known], bindings: [aBoundBinding()] },
    })
    expect(sink.internal(again)).toMatchObject({ invitations: [], effects: [{ type: 'wake', atMs: 9_000 }] })
  })
})

describe('an application that waits for its job', () => {
  const open = (
    known: PulsifiInvitation,
    state: 'KNOWN' | 'WANTED' = 'WANTED',
    key = 'jobylon:default:42',
  ) => {
    const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [known] })
    sink.bindings.set('jobylon:default:42', aBinding({ state, job_key: key }))
    return sink
  }

  it('asks the owner of the job for it', () => {
    const { messages } = new SinkDecisions({}).record(snapshot(aCandidate()))
    expect(messages).toEqual([{ kind: 'JOB_WANTED', jobKey: 'jobylon:default:42', partition: 1 }])
  })

  it('keeps a timer after a restart, when it says nothing new', () => {
    expect(open(waiting()).internal(again)).toMatchObject({
      ...{ invitations: [], messages: [], effects: [{ type: 'wake', atMs: 1_000 + POLICY.jobWaitMaxMs }] },
    })
  })

  it('is blocked when it has waited long enough', () => {
    const sink = open(waiting())
    sink.nowMs = 1_000 + POLICY.jobWaitMaxMs
    expect(sink.internal(again).invitations).toMatchObject([{ outcome: 'BLOCKED', reasons: ['JOB_UNBOUND'] }])
  })

  it('asks anew when the job comes under another key, also after it has given up', () => {
    const { invitations, messages } = open(
      waiting({ outcome: 'BLOCKED' }),
      'KNOWN',
      'jobylon:default:43',
    ).internal(again)
    expect(invitations).toMatchObject([{ outcome: 'WAITING', job_key: 'jobylon:default:43' }])
    expect(messages).toMatchObject([{ kind: 'JOB_WANTED', jobKey: 'jobylon:default:43' }])
  })
})

describe('what no longer stands in the record', () => {
  const goneFor = (candidate: Candidate | null, known: PulsifiInvitation) =>
    new SinkDecisions({ candidates: candidate ? [candidate] : [], invitations: [known] })

  it.each([
    ['the application', aCandidate({ applications: [] })],
    ['the person', aCandidate({ lifecycle: 'DELETED', applications: [] })],
    ['the record', null],
  ])('is skipped when it is decided again: %s', (_what, candidate) => {
    expect(goneFor(candidate, waiting()).internal(again).invitations).toMatchObject([
      { outcome: 'SKIPPED', reasons: ['SOURCE_DELETED'] },
    ])
  })

  it('is skipped by the snapshot that leaves it out, unless it was sent', () => {
    const left = snapshot(aCandidate({ applications: [] }))
    expect(goneFor(null, waiting()).record(left).invitations).toMatchObject([{ outcome: 'SKIPPED' }])
    expect(goneFor(null, anInvitation({ outcome: 'INVITED' })).record(left).invitations).toEqual([])
  })

  it.each([
    ['a marker', snapshot(aCandidate({ lifecycle: 'DELETED', applications: [] }))],
    ['a tombstone alone', { topic: CANONICAL_CANDIDATE, value: null }],
  ])('must be erased when it was sent: by %s', (_what, record) => {
    const known = anInvitation({
      outcome: 'INVITED',
      invite_code: 'abc',
      invitation_link: 'https://example.com/abc',
    })
    const { invitations, outputs } = goneFor(aCandidate(), known).record(record)
    expect(invitations).toMatchObject([
      { outcome: 'INVITED', reasons: ['PULSIFI_ERASURE_REQUIRED'], invitation_link: null, invite_code: null },
    ])
    expect(outputs).toContainEqual({ topic: PULSIFI_REFERENCE, key: 'abc', value: null })
  })

  it('is decided anew when its person came back before the call ended', () => {
    const known = anInvitation({ reasons: ['PULSIFI_ERASURE_REQUIRED'] })
    const sink = new SinkDecisions({
      ...{ candidates: [aCandidate()], invitations: [known], bindings: [aBoundBinding()] },
    })
    const retry = { type: 'retry', reason: '429', httpStatus: 429, retryAfterMs: null } as const
    expect(sink.internal(answer(retry)).invitations.map(({ outcome }) => outcome)).toEqual([
      'SKIPPED',
      'INTENDED',
    ])
  })
})

describe('a candidate of many applications', () => {
  const COUNT = 250
  const applications = Array.from({ length: COUNT }, (_, at) =>
    anApplication({ application_key: `jobylon:default:7-${at}` }),
  )
  const keys = applications.map(({ application_key }) => application_key)
  const known = keys.map(application_key => waiting({ application_key }))

  /** Every decision that a record leads to by way of the inbox: the ledger's records of each. */
  function decideAll(sink: SinkDecisions, record: Parameters<SinkDecisions['record']>[0]): string[][] {
    const slices: string[][] = []
    let decided = sink.record(record)
    for (;;) {
      slices.push(decided.invitations.map(({ application_key }) => application_key))
      const rest = decided.messages.filter(message => message.kind === 'CANDIDATE_REST')
      expect(rest.every(({ partition }) => partition === 0)).toBe(true)
      const [message] = rest
      if (message === undefined) return slices
      decided = sink.message(message)
    }
  }
  const whole = aCandidate({ applications })

  it('is decided in slices, every application once', () => {
    const slices = decideAll(new SinkDecisions({ candidates: [whole] }), snapshot(whole))
    expect(slices.map(slice => slice.length)).toEqual([100, 100, 50])
    expect(slices.flat()).toEqual(keys)
  })

  it.each([
    ['left out by a snapshot', aCandidate({ applications: [] })],
    ['deleted', aCandidate({ lifecycle: 'DELETED', applications: [] })],
  ])('is %s in slices', (_what, candidate) => {
    const sink = new SinkDecisions({ candidates: [candidate], invitations: known })
    const slices = decideAll(sink, snapshot(candidate))
    expect(slices.map(slice => slice.length)).toEqual([100, 100, 50])
    expect(slices.flat().sort()).toEqual(keys.toSorted())
  })

  it('has its new applications decided and its old ones withdrawn across a slice', () => {
    const some = aCandidate({ applications: applications.slice(0, 150) })
    const sink = new SinkDecisions({ candidates: [some], invitations: known.slice(100) })
    const slices = decideAll(sink, snapshot(some))
    // Of the named ones, those that waited already say nothing new.
    expect(slices.flat().sort()).toEqual([...keys.slice(0, 100), ...keys.slice(150)].sort())
  })

  it('is decided by the newest snapshot when a newer one came in between', () => {
    const sink = new SinkDecisions({ candidates: [whole] })
    const { messages } = sink.record(snapshot(whole))
    const rest = messages.find(message => message.kind === 'CANDIDATE_REST')
    sink.state.set(
      'candidate\u001fjobylon:default:7',
      aCandidate({ applications: applications.slice(0, 120) }),
    )
    expect(rest && sink.message(rest).invitations.map(({ application_key }) => application_key)).toEqual(
      keys.slice(100, 120),
    )
  })

  it('was seen for the first time, or not, as its first slice had it', () => {
    const seen: boolean[] = []
    const sink = new SinkDecisions({ candidates: [whole] })
    const trigger = (_application: unknown, { candidateSeen }: { candidateSeen: boolean }) => {
      seen.push(candidateSeen)
      return 'invite' as const
    }
    sink.source = { ...sink.source, trigger }
    decideAll(sink, snapshot(whole))
    expect(new Set(seen)).toEqual(new Set([false]))
  })
})

describe('an application that Pulsifi refused', () => {
  const bindings = [aBoundBinding()]
  const call = anInvitation({ pulsifi_job_id: aBoundBinding().pulsifi_job_id })

  it('is not called again by itself', () => {
    const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [call], bindings })
    expect(sink.internal(answer(blocked)).effects).toEqual([])
  })

  it('is called again when a newer snapshot came during the call', () => {
    const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [call], bindings })
    sink.record(snapshot(aCandidate({ first_name: 'Johnny' })))
    expect(sink.internal(answer(blocked)).effects).toMatchObject([{ type: 'invite', attempt: 2 }])
  })

  it.each(['NOT_ACTIVE_JOB', 'JOB_IS_CLOSED', 'JOB_NOT_FOUND'] as const)(
    'for %s tells the owner of the job',
    reason => {
      const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [call], bindings })
      expect(sink.internal(answer({ ...blocked, reasons: [reason] })).messages).toMatchObject([
        { kind: 'JOB_REFUSED', reason, pulsifiJobId: call.pulsifi_job_id },
      ])
    },
  )

  it('for a job that was bound anew meanwhile is called with that one', () => {
    const sink = new SinkDecisions({
      ...{ candidates: [aCandidate()], invitations: [call] },
      bindings: [aBoundBinding({ pulsifi_job_id: '0d5c1a2e-58a1-4f0e-9a55-0f8f6c1f8a11' })],
    })
    expect(sink.internal(answer({ ...blocked, reasons: ['NOT_ACTIVE_JOB'] })).effects).toMatchObject([
      { type: 'invite', request: { job_id: '0d5c1a2e-58a1-4f0e-9a55-0f8f6c1f8a11' } },
    ])
  })
})

describe('the next owner of a partition', () => {
  const inputs = (record: PulsifiInvitation, nowMs = 0) => {
    const known = { ...record, claims: ['application:jobylon_7'] }
    const { state } = new SinkDecisions({ invitations: [known] })
    return [...leftOpen(storeOf(state), 15_000, nowMs)].map(({ atMs, input }) => [input.type, atMs])
  }

  it('waits for an answer that may have had to wait for the brokers to come back', () => {
    const long = anInvitation({ call_deadline_at: 9_000 })
    expect(inputs(long, 600_000)).toEqual([['give-up-application', 615_000]])
  })

  it.each([
    [anInvitation({ call_deadline_at: 9_000 }), [['give-up-application', 24_000]]],
    [waiting(), [['decide-application', null]]],
    [anInvitation({ outcome: 'INVITED', status: 'invited' }), [['plan-look', null]]],
    [anInvitation({ outcome: 'INVITED', status: 'completed' }), []],
    [
      anInvitation({ outcome: 'BLOCKED', reasons: ['JOB_BLOCKED:TITLE_MISSING'] }),
      [['decide-application', null]],
    ],
    [anInvitation({ outcome: 'BLOCKED', reasons: ['JOB_UNBOUND'] }), [['decide-application', null]]],
    [
      anInvitation({ outcome: 'BLOCKED', reasons: ['PULSIFI_ACCOUNT_MISSING'] }),
      [['decide-application', null]],
    ],
    [anInvitation({ outcome: 'SKIPPED', reasons: ['JOB_CLOSED'] }), [['decide-application', null]]],
    [anInvitation({ outcome: 'BLOCKED', reasons: ['HTTP_400'] }), []],
    [anInvitation({ outcome: 'SKIPPED', reasons: ['OPTED_OUT'] }), []],
    [anInvitation({ outcome: 'AMBIGUOUS' }), []],
  ])('finds $outcome for $reasons', (known, expected) => {
    expect(inputs(known)).toEqual(expected)
  })
})

describe('an operator', () => {
  const command = { kind: 'COMMAND', applicationKey, attempt: 1 } as const
  const sinkWith = (known: PulsifiInvitation) =>
    new SinkDecisions({ candidates: [aCandidate()], invitations: [known], bindings: [aBoundBinding()] })
  const ambiguous = anInvitation({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST'] })

  it('who found no candidate has it called once more, however often it is said', () => {
    const sink = sinkWith(ambiguous)
    const resolve = { ...command, command: 'resolve', pulsifiCandidateId: null } as const
    expect(sink.message(resolve).effects).toMatchObject([{ type: 'invite', attempt: 2 }])
    expect(sink.message(resolve)).toMatchObject({ invitations: [], effects: [] })
    const verdict = { type: 'ambiguous', reason: 'REPLY_LOST', httpStatus: null } as const
    sink.message({ kind: 'INVITATION_ANSWER', applicationKey, attempt: 2, verdict })
    expect(sink.message(resolve)).toMatchObject({ invitations: [], effects: [] })
  })

  it('who found the candidate has it looked at', () => {
    const resolve = { ...command, command: 'resolve', pulsifiCandidateId: 'c-9' } as const
    const sink = sinkWith(ambiguous)
    const { invitations, effects } = sink.message(resolve)
    expect(invitations).toMatchObject([{ outcome: 'INVITED', pulsifi_candidate_id: 'c-9' }])
    expect(effects).toMatchObject([{ type: 'await-turn', urgency: 'look', input: { trigger: 'MANUAL' } }])
    expect(sink.message(resolve).invitations).toEqual([])
  })

  it.each(['INTENDED', 'INVITED', 'WAITING'] as const)('cannot resolve what is %s', outcome => {
    const resolve = { ...command, command: 'resolve', pulsifiCandidateId: 'c-9' } as const
    expect(sinkWith(anInvitation({ outcome })).message(resolve).invitations).toEqual([])
  })

  it('has a failed one begin again', () => {
    const sink = sinkWith(anInvitation({ outcome: 'FAILED', first_attempt_at: -90_000_000 }))
    const { invitations } = sink.message({ ...command, command: 'decide-again' })
    expect(invitations.at(-1)).toMatchObject({ outcome: 'INTENDED', attempt: 2, first_attempt_at: 5_000 })
    expect(sink.message({ ...command, command: 'decide-again' }).invitations).toEqual([])
  })

  it('is overtaken by a callback that names the candidate', () => {
    const sink = sinkWith(ambiguous)
    sink.message({ kind: 'OBSERVATION', applicationKey, reply: aReply() })
    const resolve = { ...command, command: 'resolve', pulsifiCandidateId: null } as const
    expect(sink.message(resolve)).toMatchObject({ invitations: [], effects: [] })
  })
})

describe('a redriven candidate', () => {
  const redriven = (receivedAtMs: number) => ({
    topic: redriveTopic('pulsifi-sink'),
    headers: { '__dlq.errors.topic': CANONICAL_CANDIDATE },
    value: snapshot(aCandidate({ provenance: { ...aCandidate().provenance, received_at: receivedAtMs } }))
      .value,
  })

  it('is known to later decisions', () => {
    const sink = new SinkDecisions({})
    sink.record(redriven(1))
    sink.bindings.set('jobylon:default:42', aBoundBinding())
    expect(sink.internal(again).effects).toMatchObject([{ type: 'invite' }])
  })

  it('does not undo a later snapshot', () => {
    const sink = new SinkDecisions({ candidates: [aCandidate()] })
    expect(sink.record(redriven(0)).outcome.name).toBe('duplicate')
  })
})

it('tells the source whether it has seen the candidate and the application', () => {
  const sink = new SinkDecisions({})
  const seen: unknown[] = []
  sink.source = {
    ...sink.source,
    trigger: (_, { candidateSeen, applicationSeen }) => {
      seen.push([candidateSeen, applicationSeen])
      return candidateSeen && !applicationSeen ? 'invite' : 'BEFORE_INVITE_SINCE'
    },
  }
  const second = anApplication({ application_key: 'jobylon:default:8', external_id: '8' })
  sink.record(snapshot(aCandidate()))
  const { invitations } = sink.record(snapshot(aCandidate({ applications: [anApplication(), second] })))
  expect(invitations).toMatchObject([{ application_key: 'jobylon:default:8', outcome: 'WAITING' }])
  sink.internal({ ...again, applicationKey: 'jobylon:default:8' })
  // The one that is waited for is judged as when it was first seen, or it would be forgotten.
  expect(seen).toEqual([
    [false, false],
    [true, true],
    [true, false],
    [true, false],
  ])
})

it('names the dead letter of the job that it waits for', () => {
  const dead_letter = 'JOB_DEAD_LETTERED:normalizer.dead-letter/3/17'
  const sink = new SinkDecisions({
    candidates: [aCandidate()],
    invitations: [waiting()],
    bindings: [aBinding({ state: 'WANTED', block_reasons: [dead_letter] })],
  })
  expect(sink.internal(again).invitations).toMatchObject([{ reasons: ['JOB_UNBOUND', dead_letter] }])
  expect(sink.internal(again).invitations).toEqual([])
})

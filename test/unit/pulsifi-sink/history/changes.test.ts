/** What a decision adds to the history of an application, as the sink writes it. */
import { describe, expect, it } from 'vitest'
import type { Candidate, PulsifiInvitation, PulsifiStatus } from '../../../../schemas/types.ts'
import { CANONICAL_CANDIDATE, PULSIFI_STATUS } from '../../../../services/core/topics.ts'
import type { Output } from '../../../../services/platform/partitions/processor.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { codec } from '../../../support/sink-world.ts'
import { aBinding, aBoundBinding, anInvitation, aReply } from '../ledger-records.ts'
import { aCandidate, PULSIFI_JOB_ID, provenance } from '../records.ts'

const applicationKey = 'jobylon:default:7'
const changesIn = ({ outputs }: { readonly outputs: readonly Output[] }): PulsifiStatus[] =>
  outputs.flatMap(({ topic, value }) =>
    topic === PULSIFI_STATUS && value ? [codec.decode(topic, value)] : [],
  )
const goneIn = ({ outputs }: { readonly outputs: readonly Output[] }) =>
  outputs.flatMap(({ topic, key, value }) =>
    topic === PULSIFI_STATUS && value === null ? [String(key)] : [],
  )
const steps = (decided: Parameters<typeof changesIn>[0]) =>
  changesIn(decided).map(({ from, to, reason, actor }) => [from, to, reason, actor])

const sent = (candidate: Candidate) => ({
  topic: CANONICAL_CANDIDATE,
  value: codec.encode(CANONICAL_CANDIDATE, candidate),
})
const decideAgain = { type: 'decide-application', applicationKey, hasTurn: false } as const
const answered = (sink: SinkDecisions, attempt = 1) =>
  sink.internal({
    ...{ type: 'invitation-answer', applicationKey, attempt },
    verdict: { type: 'done', body: aReply(), httpStatus: 201 },
  })
const looked = (sink: SinkDecisions, status: string, askedAtMs = 4_000) =>
  sink.internal({
    ...{ type: 'observation', applicationKey, trigger: 'POLL', askedAtMs },
    reply: aReply({ status }),
  })
const withHistory = (change: Partial<PulsifiInvitation>) =>
  anInvitation({ state: 'waiting', state_changes: 2, ...change })

describe('the history of an application', () => {
  it('begins with its receipt, and says at once where it stands', () => {
    const sink = new SinkDecisions({ bindings: [aBinding()] })
    const candidate = aCandidate({ provenance: { ...provenance, received_at: 3_000 } })
    const decided = sink.record(sent(candidate))
    expect(changesIn(decided)).toMatchObject([
      {
        ...{ application_key: applicationKey, candidate_key: applicationKey, job_key: 'jobylon:default:42' },
        ...{ source: 'jobylon', tenant_id: 'default', number: 1, from: null, to: 'received', reason: null },
        ...{ actor: 'pipeline', occurred_at: 3_000, ingested_at: 5_000 },
      },
      { number: 2, from: 'received', to: 'waiting', reason: 'JOB_UNBOUND', occurred_at: 5_000 },
    ])
    expect(decided.invitations).toMatchObject([{ state: 'waiting', state_changes: 2, source: 'jobylon' }])
  })

  it('stands under keys of its own, which are ids of nothing else', () => {
    const sink = new SinkDecisions({ bindings: [aBinding()] })
    const changes = changesIn(sink.record(sent(aCandidate())))
    expect(new Set(changes.flatMap(({ event_id, status_key }) => [event_id, status_key])).size).toBe(4)
  })

  it('grows by nothing when all is as it was', () => {
    const sink = new SinkDecisions({ bindings: [aBinding()], candidates: [aCandidate()] })
    sink.record(sent(aCandidate()))
    expect(changesIn(sink.record(sent(aCandidate())))).toEqual([])
    expect(changesIn(sink.internal(decideAgain))).toEqual([])
  })

  it('says that somebody is on the way, and not how far', () => {
    const sink = new SinkDecisions({ bindings: [aBinding()], candidates: [aCandidate()] })
    sink.record(sent(aCandidate()))
    sink.bindings.set('jobylon:default:42', aBoundBinding())
    sink.freeTurns = 0
    expect(steps(sink.internal(decideAgain))).toEqual([['waiting', 'waiting', 'PULSIFI_TURN', 'pipeline']])
    const intended = sink.internal({ ...decideAgain, hasTurn: true })
    expect(intended.invitations).toMatchObject([{ outcome: 'INTENDED' }])
    expect(changesIn(intended)).toEqual([])
    expect(steps(answered(sink))).toEqual([['waiting', 'invited', null, 'pulsifi']])
    expect(steps(looked(sink, 'opened'))).toEqual([['invited', 'opened', null, 'pulsifi']])
    expect(changesIn(looked(sink, 'opened'))).toEqual([])
    expect(changesIn(looked(sink, 'completed', 4_500))).toMatchObject([
      { from: 'opened', to: 'completed', number: 6, occurred_at: 4_500, ingested_at: 5_000 },
    ])
  })

  it.each(['paused', 'in_progress'])('goes nowhere by a word that nobody knows: %s', word => {
    const started = withHistory({ outcome: 'INVITED', status: 'started', state: 'started' })
    const sink = new SinkDecisions({ invitations: [{ ...started, pulsifi_candidate_id: 'c-1' }] })
    const decided = looked(sink, word)
    expect(decided.invitations).toMatchObject([{ status: word, state: 'started' }])
    expect(changesIn(decided)).toEqual([])
  })

  it('tells a number from its reason, and that the reason is another one', () => {
    const blocked = aBinding({ state: 'BLOCKED', block_reasons: ['DESCRIPTION_TOO_SHORT:151'] })
    const sink = new SinkDecisions({ bindings: [blocked], candidates: [aCandidate()] })
    const reason = 'JOB_BLOCKED:DESCRIPTION_TOO_SHORT'
    expect(changesIn(sink.record(sent(aCandidate())))[1]).toMatchObject({
      ...{ to: 'blocked', reason, reason_number: 151 },
    })
    sink.bindings.set(blocked.job_key, { ...blocked, block_reasons: ['DESCRIPTION_TOO_SHORT:180'] })
    expect(changesIn(sink.internal(decideAgain))).toEqual([])
    sink.bindings.set(blocked.job_key, { ...blocked, block_reasons: ['TITLE_MISSING'] })
    expect(steps(sink.internal(decideAgain))).toEqual([
      ['blocked', 'blocked', 'JOB_BLOCKED:TITLE_MISSING', 'pipeline'],
    ])
  })

  it('names no other application', () => {
    const other = { application_key: 'idibu:default:9', partition: 1 }
    const reasons = [`PERSON_ALREADY_INVITED:${other.application_key}`]
    const skipped = anInvitation({ outcome: 'SKIPPED', reasons, follows: other, attempt: 0 })
    const sink = new SinkDecisions({ invitations: [skipped], bindings: [aBoundBinding()] })
    const decided = sink.record(sent(aCandidate({ applications: [] })))
    expect(JSON.stringify(changesIn(decided))).not.toContain('idibu')
  })

  it('knows what an operator has done', () => {
    const ambiguous = withHistory({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST'], state: 'ambiguous' })
    const sink = new SinkDecisions({
      ...{ invitations: [ambiguous], candidates: [aCandidate()], bindings: [aBoundBinding()] },
    })
    sink.freeTurns = 0
    const command = { kind: 'COMMAND', command: 'resolve', applicationKey, attempt: 1 } as const
    expect(steps(sink.message({ ...command, pulsifiCandidateId: null }))[0]).toEqual([
      ...['ambiguous', 'waiting', 'PULSIFI_TURN', 'operator'],
    ])
  })

  it('tells a refusal of Pulsifi from an answer that never came', () => {
    const decided = (verdict: object) => {
      const sink = new SinkDecisions({ invitations: [withHistory({ pulsifi_job_id: PULSIFI_JOB_ID })] })
      const input = { type: 'invitation-answer', applicationKey, attempt: 1, verdict } as const
      return steps(sink.internal(input as Parameters<typeof sink.internal>[0]))
    }
    expect(decided({ type: 'blocked', reasons: ['FIELD:email'], httpStatus: 422 })).toEqual([
      ['waiting', 'blocked', 'FIELD:email', 'pulsifi'],
    ])
    expect(decided({ type: 'ambiguous', reason: 'REPLY_LOST', httpStatus: null })).toEqual([
      ['waiting', 'ambiguous', 'REPLY_LOST', 'pipeline'],
    ])
  })
})

describe('what the source takes back', () => {
  it('is withdrawn, when it is one application', () => {
    const sink = new SinkDecisions({ bindings: [aBinding()] })
    sink.record(sent(aCandidate()))
    const decided = sink.record(sent(aCandidate({ applications: [] })))
    expect(steps(decided)).toEqual([['waiting', 'withdrawn', 'SOURCE_DELETED', 'pipeline']])
    expect(goneIn(decided)).toEqual([])
  })

  const deletion = sent(aCandidate({ lifecycle: 'DELETED', applications: [] }))

  it('is erased, when it is the person: every change that was written, and nothing of another application', () => {
    const sink = new SinkDecisions({ bindings: [aBinding()] })
    const keys = changesIn(sink.record(sent(aCandidate()))).map(({ status_key }) => status_key)
    const decided = sink.record(deletion)
    expect(goneIn(decided)).toEqual(expect.arrayContaining([...keys, applicationKey]))
    expect(steps(decided)).toEqual([['waiting', 'erased', 'SOURCE_DELETED', 'pipeline']])
    const [erased] = changesIn(decided)
    const topics = decided.outputs.map(({ topic, key }) => `${topic} ${key}`)
    const ofErasure = topics.lastIndexOf(`${PULSIFI_STATUS} ${erased?.status_key}`)
    expect(ofErasure, 'the last word').toBeGreaterThan(topics.indexOf(`${PULSIFI_STATUS} ${applicationKey}`))
    expect(sink.record(deletion).outputs).toEqual([])
  })

  it('is erased of whom had been withdrawn before', () => {
    const sink = new SinkDecisions({ bindings: [aBinding()] })
    const first = changesIn(sink.record(sent(aCandidate())))
    const second = changesIn(sink.record(sent(aCandidate({ applications: [] }))))
    const decided = sink.record(deletion)
    const keys = [...first, ...second].map(({ status_key }) => status_key)
    expect(goneIn(decided)).toEqual(expect.arrayContaining(keys))
    expect(steps(decided)).toEqual([['withdrawn', 'erased', 'SOURCE_DELETED', 'pipeline']])
  })

  it('stays erased, whatever Pulsifi still says of it', () => {
    const sink = new SinkDecisions({ invitations: [withHistory({})], bindings: [aBoundBinding()] })
    expect(steps(sink.record(deletion))).toEqual([
      ['waiting', 'erased', 'PULSIFI_ERASURE_REQUIRED', 'pipeline'],
    ])
    expect(changesIn(answered(sink))).toEqual([])
    expect(changesIn(looked(sink, 'completed'))).toEqual([])
  })

  it('begins again where it ended, when the person is back', () => {
    const sink = new SinkDecisions({ bindings: [aBinding()] })
    sink.record(sent(aCandidate()))
    sink.record(deletion)
    const decided = sink.record(sent(aCandidate()))
    expect(changesIn(decided)).toMatchObject([{ from: 'erased', to: 'waiting', number: 4 }])
    expect(goneIn(sink.record(deletion))).toContain(changesIn(decided)[0]?.status_key)
  })
})

describe('a record of a version without a history', () => {
  it('enters it with its next change, under numbers that no such version has overwritten', () => {
    const sink = new SinkDecisions({ invitations: [anInvitation()], bindings: [aBoundBinding()] })
    const decided = answered(sink)
    expect(changesIn(decided)).toMatchObject([{ from: null, to: 'invited', number: 17 }])
    expect(decided.invitations).toMatchObject([{ state: 'invited', state_changes: 17 }])
  })

  it('takes what was written before it along when its person is erased', () => {
    const before = new SinkDecisions({ bindings: [aBinding()] })
    const written = changesIn(before.record(sent(aCandidate())))
    const [older] = before.record(sent(aCandidate({ applications: [] }))).invitations
    if (older === undefined) throw new Error('nothing was withdrawn')
    const known = { ...older, state: 'UNKNOWN', state_changes: 0 } as const
    const sink = new SinkDecisions({ invitations: [known] })
    const decided = sink.record(sent(aCandidate({ lifecycle: 'DELETED', applications: [] })))
    expect(goneIn(decided)).toEqual(expect.arrayContaining(written.map(({ status_key }) => status_key)))
    expect(decided.invitations).toMatchObject([{ state: 'erased' }])
  })
})

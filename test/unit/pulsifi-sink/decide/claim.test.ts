import { describe, expect, it } from 'vitest'
import type { PulsifiClaim, PulsifiInvitation } from '../../../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  PULSIFI_CLAIM,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
} from '../../../../services/core/topics.ts'
import { setAsideKey } from '../../../../services/platform/partitions/set-aside.ts'
import { leftOpen } from '../../../../services/pulsifi-sink/decide/left-open.ts'
import { claimKey } from '../../../../services/pulsifi-sink/ledger/state.ts'
import { referenceTableEntries } from '../../../../services/pulsifi-sink/ledger/witness.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { apply, storeOf } from '../../../support/sink-tenure.ts'
import { codec } from '../../../support/sink-world.ts'
import { aBoundBinding, anInvitation, aReply } from '../ledger-records.ts'
import { aCandidate, PULSIFI_JOB_ID } from '../records.ts'

const applicationKey = 'jobylon:default:7'
const claims = ['application:jobylon_7', `person:p1:${PULSIFI_JOB_ID}`]
const person = aCandidate({ person_key: 'p1' })
const snapshot = {
  topic: CANONICAL_CANDIDATE,
  value: codec.encode(CANONICAL_CANDIDATE, person),
}
const bindings = [aBoundBinding()]
const other = { application_key: 'humansourcing:default:9#42', partition: 3 }
const asking = (change: Partial<PulsifiInvitation> = {}) =>
  anInvitation({
    ...{ outcome: 'WAITING', reasons: ['CLAIM_PENDING'], attempt: 0, first_attempt_at: null },
    ...{ claims, claimed_at: 4_000, ...change },
  })
const following = (change: Partial<PulsifiInvitation> = {}) =>
  asking({
    ...{ outcome: 'SKIPPED', reasons: [`PERSON_ALREADY_INVITED:${other.application_key}`], follows: other },
    ...change,
  })
const sinkWith = (...invitations: PulsifiInvitation[]) =>
  new SinkDecisions({ candidates: [person], bindings, invitations })
const request = { applicationKey, partition: 0, claims, claimedAtMs: 4_000, granted: 2 }
const claim = (change: Partial<PulsifiClaim> = {}): PulsifiClaim => ({
  ...{ claim_key: claims[1] ?? '', kind: 'HOLDS', ...other, claimed_at: 3_000, updated_at: 3_000 },
  ...change,
})
const hold = (sink: SinkDecisions, record: PulsifiClaim) => sink.state.set(claimKey(record.claim_key), record)

describe('an application whose job is there', () => {
  it('asks the owner of its person, and says so', () => {
    const { invitations, messages, effects } = sinkWith().record(snapshot)
    expect(invitations).toMatchObject([{ outcome: 'WAITING', reasons: ['CLAIM_PENDING'], claims }])
    expect(messages).toMatchObject([{ kind: 'CLAIM', partition: 0, claims, granted: 1, claimedAtMs: 5_000 }])
    expect(effects).toMatchObject([{ type: 'wake' }])
  })

  it('asks nobody where its partition owns its claims', () => {
    const sink = sinkWith()
    sink.partitionOf = () => 0
    const { invitations, messages, effects } = sink.record(snapshot)
    expect(invitations).toMatchObject([{ outcome: 'INTENDED', claims, claimed_at: 5_000 }])
    expect(messages).toEqual([])
    expect(effects).toMatchObject([{ type: 'invite' }])
    expect(sink.state.get(claimKey(claims[1] ?? ''))).toMatchObject({ application_key: applicationKey })
  })

  it('is intended once its claims are granted, with the same ones', () => {
    const sink = sinkWith(asking())
    const { invitations } = sink.message({ kind: 'CLAIM_ANSWER', ...request, holder: null })
    expect(invitations.at(-1)).toMatchObject({ outcome: 'INTENDED', claims, claimed_at: 4_000 })
    const again = sink.message({ kind: 'CLAIM_ANSWER', ...request, holder: null })
    expect(again).toMatchObject({ invitations: [], messages: [] })
  })

  it('follows whoever holds one, and gives back what it was granted', () => {
    const answer = { ...request, granted: 1, holder: { ...other, heldSinceMs: 3_000 } }
    const { invitations, messages } = sinkWith(asking()).message({ kind: 'CLAIM_ANSWER', ...answer })
    expect(invitations).toMatchObject([
      {
        ...{ outcome: 'SKIPPED', reasons: ['PERSON_ALREADY_INVITED:humansourcing:default:9#42'] },
        follows: other,
      },
    ])
    expect(messages).toMatchObject([
      { kind: 'CLAIM_RELEASED', claim: claims[0], claimedAtMs: 4_000 },
      {
        ...{ kind: 'FOLLOW', partition: 3, applicationKey: other.application_key },
        follower: { application_key: applicationKey, partition: 0 },
        claim: { key: claims[1], heldSinceMs: 3_000 },
      },
    ])
  })

  it('gives back what it is granted and asks for no longer', () => {
    const answer = { ...request, claimedAtMs: 3_000, holder: null } as const
    const { messages } = sinkWith(asking()).message({ kind: 'CLAIM_ANSWER', ...answer })
    expect(messages).toMatchObject(
      claims.map(of => ({ kind: 'CLAIM_RELEASED', claim: of, claimedAtMs: 3_000 })),
    )
  })

  it('gives its claims up when Pulsifi refuses it, and tells its followers behind that', () => {
    const sink = sinkWith(
      asking({ outcome: 'INTENDED', reasons: [], attempt: 1, pulsifi_job_id: PULSIFI_JOB_ID }),
    )
    hold(sink, claim({ ...other, kind: 'FOLLOWS', claim_key: `${applicationKey}\u001f3\u001fx` }))
    const verdict = { type: 'blocked', reasons: ['HTTP_400'], httpStatus: 400 } as const
    const { messages } = sink.message({ kind: 'INVITATION_ANSWER', applicationKey, attempt: 1, verdict })
    expect(messages.map(({ kind }) => kind)).toEqual(['CLAIM_RELEASED', 'CLAIM_RELEASED', 'CLAIM_FREE'])
  })
})

/** The other one was, under the claim of the person. */
function wasCalledFor(sink: SinkDecisions, who = { reference: 'humansourcing_9_42', ...other }): void {
  const kind = 'EXT_REFERENCE_ID' as const
  const record = { ...who, kind, attempt: 1, claims: claims.slice(1), updated_at: 2_000 }
  const value = codec.encode(PULSIFI_REFERENCE, record)
  apply(sink.references, referenceTableEntries(codec, record.reference, value, storeOf(sink.references)))
}

describe('the owner of a claim', () => {
  const asked = { ...request, applicationKey: 'jobylon:default:8', granted: 1, partition: 1 }

  it('grants it to the first that asks, however often', () => {
    const sink = sinkWith()
    sink.partitionOf = () => 0
    const ask = () => sink.message({ kind: 'CLAIM', ...asked })
    expect(ask().messages).toMatchObject([{ kind: 'CLAIM_ANSWER', holder: null, granted: 2, partition: 1 }])
    expect(ask()).toMatchObject({ messages: [{ holder: null }] })
    const { messages } = sink.message({ kind: 'CLAIM', ...asked, applicationKey: 'jobylon:default:9' })
    expect(messages).toMatchObject([
      {
        ...{ kind: 'CLAIM_ANSWER', granted: 1 },
        holder: { application_key: 'jobylon:default:8', partition: 1, heldSinceMs: 4_000 },
      },
    ])
  })

  it.each([
    ['an asking that is over', 2_999, true],
    ['the newest asking', 3_000, false],
  ])('hears that it is needed no longer for %s', (_what, claimedAtMs, isKept) => {
    const sink = sinkWith()
    hold(sink, claim())
    const released = { applicationKey: other.application_key, partition: 3, claim: claims[1] ?? '' }
    const { outputs } = sink.message({ kind: 'CLAIM_RELEASED', ...released, claimedAtMs })
    expect(outputs.filter(({ topic }) => topic === PULSIFI_CLAIM)).toHaveLength(isKept ? 0 : 1)
    expect(sink.state.has(claimKey(claims[1] ?? ''))).toBe(isKept)
  })

  it('leaves it to whoever was called for under it, though it remembers nobody', () => {
    const sink = sinkWith()
    sink.partitionOf = () => 0
    wasCalledFor(sink)
    const holder = { ...other, heldSinceMs: 2_000 }
    expect(sink.message({ kind: 'CLAIM', ...asked }).messages).toMatchObject([{ granted: 1, holder }])
    expect(sink.state.has(claimKey(claims[1] ?? ''))).toBe(false)
    const own = { ...asked, applicationKey: other.application_key, partition: other.partition }
    expect(sink.message({ kind: 'CLAIM', ...own }).messages).toMatchObject([{ granted: 2, holder: null }])
  })

  it('does not answer for a claim whose record nobody can read', () => {
    const sink = sinkWith()
    sink.partitionOf = () => 0
    sink.state.set(setAsideKey(PULSIFI_CLAIM, claims[1] ?? ''), 5)
    expect(sink.message({ kind: 'CLAIM', ...asked })).toMatchObject({ outputs: [] })
  })
})

describe('a follower', () => {
  const held = { key: claims[1] ?? '', heldSinceMs: 3_000 }
  const follow = { kind: 'FOLLOW', applicationKey, follower: other, claimedAtMs: 2_000, claim: held } as const

  it('gets the result of the one that it follows, under its own key', () => {
    const shared = {
      applicationKey,
      sharedFrom: other.application_key,
      trigger: 'POLL',
      askedAtMs: 1,
    } as const
    const sink = sinkWith(following())
    const message = { kind: 'SHARED_RESULT', ...shared, reply: aReply({ status: 'completed' }) } as const
    const [result] = sink.message(message).outputs
    expect(result?.key).toBe(applicationKey)
    expect(result?.value && codec.decode(PULSIFI_RESULT, result.value)).toMatchObject({
      ...{ application_key: applicationKey, shared_from: other.application_key, status: 'completed' },
    })
    expect(sinkWith(anInvitation()).message(message).outputs).toEqual([])
  })

  it('that comes late gets the result that there is', () => {
    const sink = sinkWith(
      asking({ outcome: 'INVITED', reasons: [], attempt: 1, pulsifi_candidate_id: 'c-1' }),
    )
    sink.message({ kind: 'OBSERVATION', applicationKey, reply: aReply({ status: 'completed' }) })
    const { messages } = sink.message(follow)
    expect(messages).toMatchObject([
      {
        kind: 'SHARED_RESULT',
        partition: 3,
        applicationKey: other.application_key,
        reply: { status: 'completed' },
      },
    ])
    const { messages: later } = sink.message({
      ...{ kind: 'OBSERVATION', applicationKey, askedAtMs: 6_000 },
      reply: aReply({ status: 'expired' }),
    })
    expect(later).toMatchObject([{ kind: 'SHARED_RESULT', reply: { status: 'expired' } }])
  })

  it('of one that holds nothing has the claim freed, and asks again', () => {
    const { messages } = sinkWith(following()).message(follow)
    expect(messages).toMatchObject([
      { kind: 'CLAIM_RELEASED', applicationKey, claim: claims[1], claimedAtMs: 3_000 },
      { kind: 'CLAIM_FREE', partition: 3, applicationKey: other.application_key, claimedAtMs: 2_000 },
    ])
  })

  it('of one that was called for, and follows another itself by now, has that said in its reference', () => {
    const { outputs } = sinkWith(following({ attempt: 1 })).message(follow)
    const references = outputs.filter(({ topic }) => topic === PULSIFI_REFERENCE)
    expect(references.map(({ value }) => codec.decode(PULSIFI_REFERENCE, value as Buffer))).toMatchObject([
      { kind: 'EXT_REFERENCE_ID', application_key: applicationKey, claims: [] },
    ])
  })

  it('asks again when it is told that it may, and not for what it was told of an earlier asking', () => {
    const sink = sinkWith(following())
    const free = { kind: 'CLAIM_FREE', applicationKey, claimedAtMs: 4_000 } as const
    expect(sink.message({ ...free, claimedAtMs: 3_000 }).outputs).toEqual([])
    const { invitations, messages } = sink.message(free)
    expect(invitations.at(-1)).toMatchObject({ reasons: ['CLAIM_PENDING'], claimed_at: 5_000, follows: null })
    expect(messages).toContainEqual(expect.objectContaining({ kind: 'CLAIM', claimedAtMs: 5_000 }))
  })

  it('stays one whatever becomes of its job, and says nothing new', () => {
    const sink = sinkWith(following())
    sink.bindings.set('jobylon:default:42', aBoundBinding({ job_status: 'CLOSED' }))
    expect(sink.record(snapshot).outputs).toEqual([])
  })

  it('that turns out to be another person follows no longer, and asks for that one', () => {
    const { invitations, messages } = sinkWith(following()).record({
      topic: CANONICAL_CANDIDATE,
      value: codec.encode(CANONICAL_CANDIDATE, aCandidate({ person_key: 'p2' })),
    })
    expect(invitations).toMatchObject([{ outcome: 'WAITING', follows: null }])
    expect(messages).toMatchObject([
      { kind: 'CLAIM', claims: [claims[0], `person:p2:${PULSIFI_JOB_ID}`] },
      { kind: 'FOLLOW', partition: 3, claim: null },
    ])
  })

  it('keeps the claims of an erased person, until it is gone itself', () => {
    const sink = sinkWith(asking({ outcome: 'INVITED', reasons: [], attempt: 1 }))
    sink.message(follow)
    const erased = sink.record({ topic: CANONICAL_CANDIDATE, value: null })
    expect(erased.invitations).toMatchObject([{ reasons: ['PULSIFI_ERASURE_REQUIRED'], claims }])
    const { invitations, messages } = sink.message({ ...follow, claim: null })
    expect(invitations).toMatchObject([{ reasons: ['PULSIFI_ERASURE_REQUIRED'], claims: [] }])
    expect(messages.map(({ kind }) => kind)).toEqual(['CLAIM_RELEASED', 'CLAIM_RELEASED'])
  })
})

it('empties the claims of an erased person whom nobody follows', () => {
  const sink = sinkWith(asking({ outcome: 'INVITED', reasons: [], attempt: 1 }))
  const { invitations, messages } = sink.record({ topic: CANONICAL_CANDIDATE, value: null })
  expect(invitations).toMatchObject([{ reasons: ['PULSIFI_ERASURE_REQUIRED'], claims: [] }])
  expect(messages.map(({ kind }) => kind)).toEqual(['CLAIM_RELEASED', 'CLAIM_RELEASED'])
})

describe('an application that an older version called for', () => {
  const older = (change: Partial<PulsifiInvitation> = {}) =>
    asking({
      ...{ outcome: 'INVITED', reasons: [], attempt: 1, pulsifi_job_id: PULSIFI_JOB_ID },
      ...{ claims: [], claimed_at: null, ...change },
    })
  const claimNow = (sink: SinkDecisions) => sink.internal({ type: 'claim', applicationKey })

  it.each(['INTENDED', 'INVITED', 'AMBIGUOUS'] as const)('and that is %s claims, and stays so', outcome => {
    const sink = sinkWith(older({ outcome }))
    const { invitations, messages } = claimNow(sink)
    expect(invitations).toMatchObject([{ outcome, claims, claimed_at: 5_000, attempt: 1 }])
    expect(sink.state.get(claimKey(claims[0] ?? ''))).toMatchObject({ application_key: applicationKey })
    expect(messages).toMatchObject([{ kind: 'CLAIM', claims: [claims[1]], granted: 0, partition: 0 }])
    expect(claimNow(sink)).toMatchObject({ invitations: [], messages: [] })
  })

  it('claims what its reference names, though its person has no address by now', () => {
    const nameless = { ...person, person_key: null }
    const sink = new SinkDecisions({ candidates: [nameless], bindings, invitations: [older()] })
    wasCalledFor(sink, { reference: 'jobylon_7', application_key: applicationKey, partition: 0 })
    expect(claimNow(sink).invitations).toMatchObject([{ claims }])
  })

  it('keeps out whoever asks after it', () => {
    const sink = sinkWith(older())
    sink.partitionOf = () => 0
    claimNow(sink)
    const later = { ...request, applicationKey: 'jobylon:default:8', claims: claims.slice(1), granted: 0 }
    expect(sink.message({ kind: 'CLAIM', ...later, partition: 1 }).messages).toMatchObject([
      { kind: 'CLAIM_ANSWER', holder: { application_key: applicationKey, heldSinceMs: 5_000 } },
    ])
    const following = { application_key: 'jobylon:default:8', partition: 1 }
    const message = { kind: 'FOLLOW', applicationKey, follower: following, claimedAtMs: 6_000 } as const
    const { messages } = sink.message({ ...message, claim: { key: claims[1] ?? '', heldSinceMs: 5_000 } })
    expect(messages).toEqual([])
  })

  it('is not taken back where another one has been called for too', () => {
    const sink = sinkWith(older())
    sink.partitionOf = () => 0
    hold(sink, claim())
    expect(claimNow(sink).invitations).toMatchObject([{ outcome: 'INVITED', claims }])
    const answer = { ...request, claims: claims.slice(1), claimedAtMs: 5_000, granted: 0 }
    const refusal = { kind: 'CLAIM_ANSWER', ...answer, holder: { ...other, heldSinceMs: 3_000 } } as const
    expect(sink.message(refusal)).toMatchObject({ invitations: [], messages: [] })
  })

  it.each([
    ['waits', { outcome: 'WAITING', reasons: ['JOB_UNBOUND'] }],
    ['was erased', { reasons: ['PULSIFI_ERASURE_REQUIRED'] }],
  ] as const)('claims nothing when it %s', (_what, change) => {
    expect(claimNow(sinkWith(older({ ...change, reasons: [...change.reasons] })))).toMatchObject({
      outputs: [],
    })
  })

  it('is the first that a new owner decides', () => {
    const sink = sinkWith(older(), asking({ application_key: 'jobylon:default:8' }))
    const [first, ...rest] = [...leftOpen(storeOf(sink.state), 0, 5_000)].map(({ input }) => input)
    expect(first).toEqual({ type: 'claim', applicationKey })
    expect(rest.map(({ type }) => type)).toEqual(['plan-look', 'decide-application'])
  })
})

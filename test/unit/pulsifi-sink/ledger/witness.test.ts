import { describe, expect, it } from 'vitest'
import type { PulsifiInvitation, PulsifiReference } from '../../../../schemas/types.ts'
import { CANONICAL_CANDIDATE, PULSIFI_REFERENCE } from '../../../../services/core/topics.ts'
import { resultKey } from '../../../../services/pulsifi-sink/ledger/state.ts'
import {
  findClaimant,
  findReference,
  findWitness,
  referenceTableEntries,
} from '../../../../services/pulsifi-sink/ledger/witness.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { apply, storeOf } from '../../../support/sink-tenure.ts'
import { codec } from '../../../support/sink-world.ts'

import { aBoundBinding, anInvitation } from '../ledger-records.ts'
import { aCandidate } from '../records.ts'

const INTENT = { reference: 'jobylon_7', kind: 'EXT_REFERENCE_ID', attempt: 1, claims: [] } as const
const CANDIDATE = { ...INTENT, reference: 'c-1', kind: 'CANDIDATE_ID' } as const

function tableOf(...changes: readonly (Partial<PulsifiReference> | string)[]) {
  const store = new Map<string, unknown>()
  for (const change of changes) {
    const key = typeof change === 'string' ? change : String(change.reference)
    const value =
      typeof change === 'string'
        ? null
        : codec.encode(PULSIFI_REFERENCE, {
            ...{ ...INTENT, application_key: 'a', partition: 0, updated_at: 0 },
            ...change,
          })
    apply(store, referenceTableEntries(codec, key, value, storeOf(store)))
  }
  return store
}

it('remembers the last call and the candidate of an application, in whichever order they come', () => {
  const second = { ...INTENT, attempt: 2 }
  for (const order of [
    [INTENT, second, CANDIDATE],
    [CANDIDATE, second],
    [second, CANDIDATE],
  ])
    expect(findWitness(tableOf(...order), 'a', 0)).toEqual({ attempt: 2, candidateId: 'c-1' })
})

it('remembers that there was a call when its person is forgotten, and nothing when our own reference is', () => {
  const code = { reference: 'code', kind: 'INVITE_CODE' } as const
  const table = tableOf(INTENT, CANDIDATE, code, 'code', 'c-1')
  expect([findReference(table, 'code'), findReference(table, 'c-1')]).toEqual([undefined, undefined])
  expect(findWitness(table, 'a', 0)).toEqual({ attempt: 1, candidateId: null })
  expect([...tableOf(INTENT, 'jobylon_7')]).toEqual([])
  expect([...tableOf('never there')]).toEqual([])
})

it('remembers who was called for under a claim, until its reference says otherwise', () => {
  const called = { ...INTENT, claims: ['person:p1:j1'], updated_at: 7 }
  const other = { ...called, reference: 'jobylon_8', application_key: 'b', partition: 3, updated_at: 9 }
  const claimant = (...changes: readonly (Partial<PulsifiReference> | string)[]) =>
    findClaimant(tableOf(...changes), 'person:p1:j1')
  expect(claimant(called)).toEqual({ application_key: 'a', partition: 0, heldSinceMs: 7 })
  expect(claimant(called, CANDIDATE)).toEqual(claimant(called))
  expect(claimant(called, other)).toEqual({ application_key: 'b', partition: 3, heldSinceMs: 9 })
  expect(claimant(called, other, INTENT)).toEqual(claimant(other))
  expect(claimant(called, INTENT)).toBeUndefined()
  expect(claimant(called, { ...INTENT, kind: 'ERASED' })).toBeUndefined()
  expect(claimant(called, 'jobylon_7')).toBeUndefined()
})

const applicationKey = 'jobylon:default:7'
const again = { type: 'decide-application', applicationKey, hasTurn: false } as const
const snapshot = { topic: CANONICAL_CANDIDATE, value: codec.encode(CANONICAL_CANDIDATE, aCandidate()) }
const waiting = (change: Partial<PulsifiInvitation>) =>
  anInvitation({ outcome: 'WAITING', reasons: ['JOB_UNBOUND'], ...change })

describe('an application of which others remember more than the ledger', () => {
  const referred = (sink: SinkDecisions, change: Partial<PulsifiReference> = {}) => {
    const reference = { ...INTENT, application_key: applicationKey, partition: 0, updated_at: 0, ...change }
    const value = codec.encode(PULSIFI_REFERENCE, reference)
    apply(sink.references, referenceTableEntries(codec, reference.reference, value, storeOf(sink.references)))
  }
  const lost = { outcome: 'AMBIGUOUS', reasons: ['LEDGER_LOST'], attempt: 1 }

  it('is not called for again when it was, and nobody knows what came of it', () => {
    const sink = new SinkDecisions({ bindings: [aBoundBinding()] })
    referred(sink)
    const { invitations, effects, news } = sink.record(snapshot)
    expect(invitations).toMatchObject([lost])
    expect(effects).toEqual([])
    expect(news).toMatchObject([{ applicationKey, alarms: ['LEDGER_LOST'] }])
  })

  it.each([
    ['a later call', waiting({ attempt: 1 }), { attempt: 2 }, { ...lost, attempt: 2 }],
    [
      'the candidate that a late answer named',
      waiting({ attempt: 1 }),
      { reference: 'c-1', kind: 'CANDIDATE_ID' },
      { ...lost, pulsifi_candidate_id: 'c-1' },
    ],
  ] as const)('is not called for again when they know of %s', (_, known, change, expected) => {
    const sink = new SinkDecisions({
      ...{ candidates: [aCandidate()], invitations: [known], bindings: [aBoundBinding()] },
    })
    referred(sink, change)
    expect(sink.internal({ ...again, hasTurn: true })).toMatchObject({
      ...{ invitations: [expected], hasUsedTurn: false },
    })
  })

  it('is not called for again when there is a result of it', () => {
    const sink = new SinkDecisions({ bindings: [aBoundBinding()] })
    sink.state.set(resultKey(applicationKey), { shared_from: null })
    expect(sink.record(snapshot).invitations).toMatchObject([lost])
  })

  it('is called for when the result that there is was that of another one', () => {
    const sink = new SinkDecisions({ bindings: [aBoundBinding()] })
    sink.state.set(resultKey(applicationKey), { shared_from: 'humansourcing:default:9#42' })
    expect(sink.record(snapshot).invitations).toMatchObject([{ outcome: 'INTENDED' }])
  })

  it('is invited when an operator has looked for it at Pulsifi in vain', () => {
    const sink = new SinkDecisions({ candidates: [aCandidate()], bindings: [aBoundBinding()] })
    referred(sink)
    sink.record(snapshot)
    const command = { command: 'resolve', applicationKey, attempt: 1, pulsifiCandidateId: null } as const
    expect(sink.message({ kind: 'COMMAND', ...command }).invitations.at(-1)).toMatchObject({
      ...{ outcome: 'INTENDED', attempt: 2 },
    })
  })

  it('is called for when they know what the ledger knows', () => {
    const known = waiting({ reasons: ['PULSIFI_RETRY:429'], attempt: 1, next_attempt_at: 0 })
    const sink = new SinkDecisions({
      ...{ candidates: [aCandidate()], invitations: [known], bindings: [aBoundBinding()] },
    })
    referred(sink)
    expect(sink.internal(again).invitations).toMatchObject([{ outcome: 'INTENDED', attempt: 2 }])
  })
})

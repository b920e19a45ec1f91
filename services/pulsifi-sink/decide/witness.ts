/** Who knows of a call that the ledger does not. */
import type { PulsifiInvitation } from '../../../schemas/types.ts'
import { resultOf } from '../ledger/state.ts'
import { knowsMore, type Witness } from '../ledger/witness.ts'
import type { Decider } from './decider.ts'

const NEVER_CALLED = { attempt: 0, pulsifi_candidate_id: null } as const

/** @returns null when nobody does */
export function witnessOf(
  { ports, state, partition }: Decider,
  applicationKey: string,
  current: Pick<PulsifiInvitation, 'attempt' | 'pulsifi_candidate_id'> = NEVER_CALLED,
): Witness | null {
  const referred = ports.findWitness(applicationKey, partition)
  if (referred !== undefined && knowsMore(referred, current)) return referred
  // Of whom nobody has called for nothing is published but what became of another application.
  const result = current.attempt === 0 ? resultOf(state, applicationKey) : undefined
  return result?.shared_from === null ? { attempt: 1, candidateId: null } : null
}

/** What goes with a person beside their records in the ledger: result, scores, and what leads to them. */
import type { PulsifiInvitation } from '../../../schemas/types.ts'
import { PULSIFI_RESULT, PULSIFI_SCORE, PULSIFI_STATUS } from '../../core/topics.ts'
import { keysOfChanges } from '../history/changes.ts'
import { deleted, isErasure } from '../ledger/invitation.ts'
import { scoreIds } from '../ledger/result.ts'
import { invitationOf, resultOf } from '../ledger/state.ts'
import type { Decider } from './decider.ts'

/**
 * The source deleted the person. In the ledger stays that there was an application, so that nobody is invited for it
 * again, and who must be erased at Pulsifi. Our own reference leads there too: another candidate may claim the application.
 */
export function erase(decider: Decider, applicationKey: string): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined) return
  const record = deleted(known, decider.nowMs)
  const hasResult = resultOf(decider.state, applicationKey) !== undefined
  // First: what is written of the erasure itself stays.
  if (record !== null) eraseHistory(decider, known)
  decider.invitation(record)
  if (record === null && !hasResult) return
  decider.forgetReference(known.invite_code)
  // Of a ledger that has lost the answer, the references know whom it named.
  const { candidateId = null } = decider.ports.findWitness(applicationKey, decider.partition) ?? {}
  for (const id of new Set([known.pulsifi_candidate_id, candidateId])) decider.forgetReference(id)
  const current = record ?? known
  if (current.reasons.some(isErasure)) decider.reference('ERASED', known.ext_reference_id, current)
  if (hasResult) eraseResult(decider, applicationKey)
}

/** Each change under its own key, and the marker of them all under the application's, as with scores. */
function eraseHistory(decider: Decider, known: PulsifiInvitation): void {
  const { application_key: applicationKey } = known
  for (const key of [...keysOfChanges(known, decider.partition), applicationKey])
    decider.output({ topic: PULSIFI_STATUS, key, value: null })
}

function eraseResult(decider: Decider, applicationKey: string): void {
  eraseScores(decider, applicationKey)
  decider.output({ topic: PULSIFI_RESULT, key: applicationKey, value: null })
}

/**
 * Each score under its own key, and the marker of them all under the application's: consumers need not know the keys,
 * and scores of older versions stand under it.
 */
export function eraseScores(decider: Decider, applicationKey: string): void {
  const sets = resultOf(decider.state, applicationKey)?.score_sets ?? []
  for (const key of [...sets.flatMap(set => scoreIds(applicationKey, set)), applicationKey])
    decider.output({ topic: PULSIFI_SCORE, key, value: null })
}

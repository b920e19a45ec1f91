/** What an operator says about an application. Each command speaks of one attempt, so that it does nothing twice. */

import { freed } from '../ledger/claims.ts'
import { isConfirmed, isOfDeleted, namedByHand, reopened } from '../ledger/invitation.ts'
import { invitationOf, isUndecided } from '../ledger/state.ts'
import { decideAgain } from './application.ts'
import type { Decider } from './decider.ts'
import { look } from './look.ts'

/**
 * Judges it again; what ended as FAILED or AMBIGUOUS needs its own word. Whoever asks for it knows that the person applied
 * lately, where nobody else does.
 */
export function decideByHand(decider: Decider, applicationKey: string, attempt: number): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known?.attempt !== attempt) return
  if (known.outcome === 'FAILED') decider.invitation(reopened(known, decider.nowMs))
  else if (!isUndecided(known)) return
  // It asks whether the person is invited as if it never had.
  else if (known.follows !== null) decider.invitation(freed(known, decider.nowMs))
  decideAgain(decider, applicationKey, false, true)
}

/** An ambiguous attempt made this candidate, or, when null, none: unless Pulsifi has said that it made one. */
export function resolveByHand(
  decider: Decider,
  applicationKey: string,
  attempt: number,
  pulsifiCandidateId: string | null,
): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known?.outcome !== 'AMBIGUOUS' || known.attempt !== attempt) return
  if (pulsifiCandidateId === null) {
    if (isConfirmed(known)) return
    decider.invitation(reopened(known, decider.nowMs))
    decideAgain(decider, applicationKey, false)
    return
  }
  decider.invitation(namedByHand(known, pulsifiCandidateId, decider.nowMs))
  if (!isOfDeleted(known)) decider.reference('CANDIDATE_ID', pulsifiCandidateId, known)
  look(decider, applicationKey, 'MANUAL', false)
}

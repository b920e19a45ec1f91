/** What follows from claims that were granted, refused or given up elsewhere. */
import { followingKey, freed, granted, isAwaited, mayHold, release, tellFree } from '../ledger/claims.ts'
import { changed, isErasure } from '../ledger/invitation.ts'
import { claimOf, invitationOf, isFollowed, isUndecided, resultOf } from '../ledger/state.ts'
import { isLost, lost } from '../ledger/witness.ts'
import { decideAgain } from './application.ts'
import { ask, contextOf, giveBack, refuse } from './claim.ts'
import type { Decider } from './decider.ts'
import type { ClaimAnswer, ClaimRequest, InboxMessage } from './inbox.ts'
import { share } from './share.ts'

type Message<Kind extends InboxMessage['kind']> = Extract<InboxMessage, { kind: Kind }>

/** A question from elsewhere. */
export function answerClaim(decider: Decider, request: ClaimRequest): void {
  const answer = ask(decider, request)
  if (answer === null) return
  if (answer.partition === decider.partition) hearAnswer(decider, answer)
  else decider.send({ ...answer, kind: 'CLAIM_ANSWER' }, answer.partition)
}

/** An answer that nobody waits for any more, and what it grants, is given back. */
export function hearAnswer(decider: Decider, answer: ClaimAnswer): void {
  const { applicationKey, claimedAtMs, holder } = answer
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined || !isAwaited(known, claimedAtMs)) {
    const isKept = known !== undefined && mayHold(known) && known.claimed_at === claimedAtMs
    if (!isKept) giveBack(decider, answer)
    return
  }
  if (holder !== null) return refuse(decider, known, {}, answer)
  decider.invitation(granted(known, decider.nowMs))
  decideAgain(decider, applicationKey, false)
}

/** The holder hears of a follower; when it holds nothing of the kind, the claim is free, whatever its owner believes. */
export function follow(decider: Decider, message: Message<'FOLLOW'>): void {
  const { applicationKey, follower, claimedAtMs, claim } = message
  if (claim === null) return unfollow(decider, message)
  const known = invitationOf(decider.state, applicationKey)
  const following = { kind: 'FOLLOWS', ...follower, claimed_at: claimedAtMs } as const
  const key = followingKey(applicationKey, follower)
  const isHeld = known !== undefined && mayHold(known) && known.claims.includes(claim.key)
  if (isHeld || isForgotten(decider, applicationKey, claim)) {
    decider.claim(key, following)
    const result = resultOf(decider.state, applicationKey)
    if (result !== undefined) share(decider, result, [follower])
    return
  }
  // Whoever believes so by the reference is told there.
  if (known !== undefined && known.attempt > 0)
    decider.reference('EXT_REFERENCE_ID', known.ext_reference_id, known)
  decider.tell(release(applicationKey, [claim.key], claim.heldSinceMs, contextOf(decider)))
  decider.tell([tellFree({ ...following, claim_key: key, updated_at: decider.nowMs })])
}

/** A ledger that has lost a call which others remember has lost the claims for it too. */
function isForgotten(
  decider: Decider,
  applicationKey: string,
  claim: { readonly key: string; readonly heldSinceMs: number },
): boolean {
  const known = invitationOf(decider.state, applicationKey)
  const witness = decider.witnessOf(applicationKey, known)
  if (known === undefined) return witness !== null
  const claimed_at = Math.max(claim.heldSinceMs, known.claimed_at ?? 0)
  if (isLost(known)) {
    decider.invitation(changed(known, { claims: [...known.claims, claim.key], claimed_at }, decider.nowMs))
    return true
  }
  if (witness === null) return false
  const { candidate_key, job_key } = known
  const keys = { candidate_key, job_key, claims: [claim.key], claimed_at, follows: null }
  if (isUndecided(known)) decider.invitation(lost(known, witness, keys, decider.nowMs))
  return true
}

/** Claims of an erased person serve those who follow: with the last of them they go. */
function unfollow(decider: Decider, { applicationKey, follower, claimedAtMs }: Message<'FOLLOW'>): void {
  const key = followingKey(applicationKey, follower)
  const following = claimOf(decider.state, key)
  if (following === undefined || following.claimed_at > claimedAtMs) return
  decider.claim(key, null)
  const known = invitationOf(decider.state, applicationKey)
  // Said again, it says what is needed now.
  if (known?.reasons.some(isErasure) && mayHold(known) && !isFollowed(decider.state, applicationKey))
    decider.invitation(changed(known, { claims: [] }, decider.nowMs))
}

/** Whoever was refused asks again. */
export function hearFree(decider: Decider, { applicationKey, claimedAtMs }: Message<'CLAIM_FREE'>): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known?.follows == null || known.claimed_at !== claimedAtMs) return
  decider.invitation(freed(known, decider.nowMs))
  decideAgain(decider, applicationKey, false)
}

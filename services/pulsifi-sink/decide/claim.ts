/**
 * Claims between partitions: an application asks, the owner of each claim grants it to the first that does, and whoever is
 * refused follows the one that holds it. Messages travel through the inbox; what one partition owns itself needs none.
 */
import type { PulsifiInvitation } from '../../../schemas/types.ts'
import { PULSIFI_CLAIM } from '../../core/topics.ts'
import { isSetAside } from '../../platform/partitions/set-aside.ts'
import {
  askingFor,
  asks,
  type Claimed,
  claimsOf,
  holds,
  ownerOfClaim,
  refused,
  release,
} from '../ledger/claims.ts'
import { changed, type EntityKeys } from '../ledger/invitation.ts'
import { candidateOf, claimOf, invitationOf, isUnclaimed } from '../ledger/state.ts'
import type { Decider } from './decider.ts'
import type { ClaimAnswer, ClaimRequest, InboxMessage } from './inbox.ts'

type Message<Kind extends InboxMessage['kind']> = Extract<InboxMessage, { kind: Kind }>

/** An owner that is of an older version, or cannot read what it keeps, does not answer. */
const ASK_AGAIN_MS = 60_000

export const contextOf = ({ partition, ports }: Decider) => ({ partition, partitionOf: ports.partitionOf })

/** The claims, once they are granted; null when they are not, or not yet: the ledger says so. */
export function claimed(
  decider: Decider,
  current: PulsifiInvitation,
  keys: EntityKeys,
  claims: readonly string[],
): Claimed | null {
  if (holds(current, claims)) return current
  const { nowMs, partition } = decider
  const { application_key: applicationKey } = current
  const asking = askingFor(current, claims, nowMs)
  const request = { applicationKey, partition, claims, claimedAtMs: asking.claimed_at, granted: 0 }
  const answer = ask(decider, request)
  if (answer !== null && answer.holder === null) return asking
  if (answer !== null) {
    refuse(decider, current, { ...keys, ...asking }, answer)
    return null
  }
  decider.invitation(asks(current, { ...keys, ...asking }, nowMs))
  const input = { type: 'decide-application', applicationKey, hasTurn: false } as const
  decider.effect({ type: 'wake', atMs: nowMs + ASK_AGAIN_MS, input })
  return null
}

/** Asks for what it has not, as far as this partition owns it; then asks the next owner, who answers. */
export function ask(decider: Decider, request: ClaimRequest): ClaimAnswer | null {
  const { applicationKey, claims } = request
  for (let at = request.granted; ; at++) {
    const claim = claims[at]
    if (claim === undefined) return { ...request, granted: at, holder: null }
    const owner = ownerOfClaim(claim, applicationKey, decider.ports.partitionOf)
    if (owner !== decider.partition) {
      decider.send({ ...request, kind: 'CLAIM', granted: at }, owner)
      return null
    }
    // Who holds it, nobody knows: a person looks at the record.
    if (isSetAside(decider.state, PULSIFI_CLAIM, claim)) return null
    const holder = grant(decider, claim, request)
    if (holder !== null) return { ...request, granted: at, holder }
  }
}

/**
 * What an older version called for claims by its record: one claim apart from the other, since it stays what it is whoever
 * holds one. Whoever asks later follows it. A ledger that has lost that it did so once does it again, and what its reference
 * names stays: the person may have no address by now, and was called for all the same.
 */
export function claimForOlder(decider: Decider, applicationKey: string): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined || !isUnclaimed(known)) return
  const { nowMs, partition, ports } = decider
  const { ext_reference_id, pulsifi_job_id, candidate_key } = known
  const personKey = candidateOf(decider.state, candidate_key)?.person_key ?? null
  const person = pulsifi_job_id === null ? null : personKey
  const own = claimsOf(ext_reference_id, person, pulsifi_job_id ?? '', ports.policy.inviteOncePer)
  const claims = [...new Set([...own, ...claimsNamedBy(decider, known)])]
  const claimedAtMs = Math.max(nowMs, (known.claimed_at ?? 0) + 1)
  decider.invitation(changed(known, { claims, claimed_at: claimedAtMs }, nowMs))
  decider.reference('EXT_REFERENCE_ID', ext_reference_id, { ...known, claims })
  for (const claim of claims)
    ask(decider, { applicationKey, partition, claims: [claim], claimedAtMs, granted: 0 })
}

/** By the reference of its last call, as far as it is its own. */
function claimsNamedBy(decider: Decider, known: PulsifiInvitation): readonly string[] {
  const reference = decider.ports.findReference(known.ext_reference_id)
  const isOwn =
    reference?.application_key === known.application_key && reference.partition === decider.partition
  return isOwn ? reference.claims : []
}

/**
 * To the first that asks. Null when that is this one, else who it was. Somebody who was called for under a claim that
 * nobody holds has it still, until it says otherwise: the ledger may have lost it.
 */
function grant(
  decider: Decider,
  claim: string,
  { applicationKey, partition, claimedAtMs }: ClaimRequest,
): ClaimAnswer['holder'] {
  const known = claimOf(decider.state, claim)
  const holder = known ? { ...known, heldSinceMs: known.claimed_at } : decider.ports.findClaimant(claim)
  if (
    holder !== undefined &&
    !(holder.application_key === applicationKey && holder.partition === partition)
  ) {
    const { application_key, partition: of, heldSinceMs } = holder
    return { application_key, partition: of, heldSinceMs }
  }
  if (known === undefined || known.claimed_at < claimedAtMs)
    decider.claim(claim, {
      kind: 'HOLDS',
      application_key: applicationKey,
      partition,
      claimed_at: claimedAtMs,
    })
  return null
}

/** What was granted of claims that are not granted as a whole, or no longer wanted. */
export const giveBack = (
  decider: Decider,
  { applicationKey, claims, granted: count, claimedAtMs }: ClaimAnswer,
) => decider.tell(release(applicationKey, claims.slice(0, count), claimedAtMs, contextOf(decider)))

/** Another application holds one: this one follows it. */
export function refuse(
  decider: Decider,
  current: PulsifiInvitation,
  keys: Partial<EntityKeys & Claimed>,
  answer: ClaimAnswer,
): void {
  const { applicationKey, partition, claims, granted: count, claimedAtMs, holder } = answer
  const key = claims[count]
  if (holder === null || key === undefined) return
  const { heldSinceMs, ...followed } = holder
  giveBack(decider, answer)
  decider.invitation(refused(current, keys, followed, decider.nowMs))
  const message: Message<'FOLLOW'> = {
    ...{ kind: 'FOLLOW', applicationKey: followed.application_key, claimedAtMs },
    ...{ follower: { application_key: applicationKey, partition }, claim: { key, heldSinceMs } },
  }
  decider.send(message, followed.partition)
}

/** The owner hears that a claim is needed no longer. */
export function releaseClaim(
  decider: Decider,
  { applicationKey, partition, claim, claimedAtMs }: Message<'CLAIM_RELEASED'>,
): void {
  const known = claimOf(decider.state, claim)
  if (known?.application_key !== applicationKey || known.partition !== partition) return
  if (known.claimed_at <= claimedAtMs) decider.claim(claim, null)
}

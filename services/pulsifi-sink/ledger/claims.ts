/**
 * Claims: which application alone may invite, and which others follow it. What the ledger says of them, and which messages
 * follow from that. Pure.
 *
 * An application asks the owners of its claims one after the other, always in this order, and gives all of them up when one
 * is refused: so nobody holds what another waits for while it waits itself.
 */
import type { FollowedApplication, PulsifiClaim, PulsifiInvitation } from '../../../schemas/types.ts'
import { entityKey, KEY_SEPARATOR, partsOfKey } from '../../core/identity.ts'
import type { SkipReason, WaitCode } from '../../core/reasons.ts'
import type { InboxMessage } from '../decide/inbox.ts'
import { noCall } from './changed.ts'
import { CLAIM_PENDING, changed, type EntityKeys, isErasure, WAITS_FOR_TURN } from './invitation.ts'

/** How often one person is invited. */
export const INVITE_ONCE_PER = ['person-and-job', 'application'] as const
export type InviteOncePer = (typeof INVITE_ONCE_PER)[number]

const ALREADY_INVITED = 'PERSON_ALREADY_INVITED' satisfies SkipReason
const RETRIED = 'PULSIFI_RETRY' satisfies WaitCode

const OF_APPLICATION = 'application:'

/** In the order in which they are asked for. A person without a usable address has the application alone. */
export const claimsOf = (
  extReferenceId: string,
  personKey: string | null,
  pulsifiJobId: string,
  oncePer: InviteOncePer,
): readonly string[] => [
  `${OF_APPLICATION}${extReferenceId}`,
  ...(personKey === null || oncePer === 'application' ? [] : [`person:${personKey}:${pulsifiJobId}`]),
]

/**
 * Partition that owns a claim. That of an application lies with its candidate, as far as its id tells: the way is short
 * then. Ids that lead to one reference, `12#34` and `12_34`, have one owner.
 */
export function ownerOfClaim(
  claim: string,
  applicationKey: string,
  partitionOf: (key: string) => number,
): number {
  if (!claim.startsWith(OF_APPLICATION)) return partitionOf(claim)
  const { source, tenant, externalId } = partsOfKey(applicationKey)
  const [candidateId = ''] = externalId.split(externalId.includes('#') ? '#' : '_')
  return partitionOf(entityKey(source, tenant, candidateId))
}

/** Key of the record that one application follows another. */
export const followingKey = (followed: string, { application_key, partition }: FollowedApplication): string =>
  [followed, partition, application_key].join(KEY_SEPARATOR)

const isAsking = ({ outcome, reasons }: PulsifiInvitation): boolean =>
  outcome === 'WAITING' && reasons.includes(CLAIM_PENDING)

/** Whether the owners may hold claims for it. */
export const mayHold = ({ claims, follows }: PulsifiInvitation): boolean =>
  follows === null && claims.length > 0

/** Whether exactly these were granted. */
export const holds = (record: PulsifiInvitation, claims: readonly string[]): boolean =>
  mayHold(record) && !isAsking(record) && isSameList(record.claims, claims)

export const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, at) => item === b[at])

/** Whether an answer to this asking is news. */
export const isAwaited = (record: PulsifiInvitation, claimedAtMs: number): boolean =>
  isAsking(record) && record.claimed_at === claimedAtMs

/** What the record says of claims. */
export type Claimed = Pick<PulsifiInvitation, 'claims' | 'claimed_at' | 'follows'>

/** An asking, which has the time of an earlier one only when it is the same one again. */
export const askingFor = (
  current: PulsifiInvitation,
  claims: readonly string[],
  nowMs: number,
): Claimed & { readonly claimed_at: number } => ({
  claims,
  claimed_at:
    isAsking(current) && isSameList(current.claims, claims) && current.claimed_at !== null
      ? current.claimed_at
      : Math.max(nowMs, (current.claimed_at ?? 0) + 1),
  follows: null,
})

/** The owners are asked. A later attempt that is already set stays. */
export const asks = (
  current: PulsifiInvitation,
  keys: EntityKeys & Claimed,
  nowMs: number,
): PulsifiInvitation | null =>
  changed(current, { ...keys, outcome: 'WAITING', reasons: [CLAIM_PENDING] }, nowMs)

/** All are granted, and the ledger says so before anything rests on it. */
export const granted = (current: PulsifiInvitation, nowMs: number): PulsifiInvitation | null =>
  changed(current, { reasons: [WAITS_FOR_TURN] }, nowMs)

/** Another application holds one of them. */
export const refused = (
  current: PulsifiInvitation,
  keys: Partial<EntityKeys & Claimed>,
  follows: FollowedApplication,
  nowMs: number,
): PulsifiInvitation | null =>
  changed(
    current,
    {
      ...noCall,
      ...keys,
      outcome: 'SKIPPED',
      reasons: [`${ALREADY_INVITED}:${follows.application_key}`],
      follows,
    },
    nowMs,
  )

/** Nobody holds what it waits for: it may ask again. */
export const freed = (current: PulsifiInvitation, nowMs: number): PulsifiInvitation | null =>
  changed(current, { outcome: 'WAITING', reasons: [CLAIM_PENDING], claims: [], follows: null }, nowMs)

/** The record without claims that it needs no longer. Those of an erased person serve whoever still follows. */
export function withoutNeedless(record: PulsifiInvitation, isFollowed: () => boolean): PulsifiInvitation {
  const follows = record.reasons.some(reason => reason.startsWith(`${ALREADY_INVITED}:`))
    ? record.follows
    : null
  const claims = follows !== null || needs(record, isFollowed) ? record.claims : []
  return { ...record, claims, follows }
}

function needs({ outcome, reasons }: PulsifiInvitation, isFollowed: () => boolean): boolean {
  const [reason = ''] = reasons
  switch (outcome) {
    case 'INTENDED':
      return true
    case 'INVITED':
    case 'AMBIGUOUS':
      return !reasons.some(isErasure) || isFollowed()
    case 'WAITING':
      return reason === CLAIM_PENDING || reason === WAITS_FOR_TURN || reason.startsWith(`${RETRIED}:`)
    default:
      return false
  }
}

/** A message, and the partition whose owner reads it. */
export type Told = readonly [message: InboxMessage, partition: number]

export interface ClaimContext {
  readonly partition: number
  readonly partitionOf: (key: string) => number
}

/** Gives these up, as far as they were granted to an asking of this time or an earlier one. */
export const release = (
  applicationKey: string,
  claims: readonly string[],
  claimedAtMs: number,
  { partition, partitionOf }: ClaimContext,
): readonly Told[] =>
  claims.map(claim => [
    { kind: 'CLAIM_RELEASED', applicationKey, partition, claim, claimedAtMs },
    ownerOfClaim(claim, applicationKey, partitionOf),
  ])

/** To whoever was refused: the claim may be free. Written behind its release, so that it is read behind it. */
export const tellFree = ({ application_key, partition, claimed_at }: PulsifiClaim): Told => [
  { kind: 'CLAIM_FREE', applicationKey: application_key, claimedAtMs: claimed_at },
  partition,
]

/** Whether it stands by what it asked for with this record. */
const keeps = (after: PulsifiInvitation, { claimed_at }: PulsifiInvitation): boolean =>
  after.claims.length > 0 && after.claimed_at === claimed_at

/** Whether its followers wait for what it no longer holds. */
export const letsGo = (before: PulsifiInvitation | undefined, after: PulsifiInvitation): boolean =>
  before !== undefined && mayHold(before) && !(mayHold(after) && keeps(after, before))

/** What others must hear when a record takes the place of another one. */
export function toldOfChange(
  before: PulsifiInvitation | undefined,
  after: PulsifiInvitation,
  context: ClaimContext,
): readonly Told[] {
  if (before === undefined || before.claimed_at === null) return []
  const { application_key: applicationKey, claims, claimed_at: claimedAtMs, follows } = before
  if (follows === null)
    return keeps(after, before) ? [] : release(applicationKey, claims, claimedAtMs, context)
  if (after.follows !== null && keeps(after, before)) return []
  const follower = { application_key: applicationKey, partition: context.partition }
  return [
    [
      { kind: 'FOLLOW', applicationKey: follows.application_key, follower, claimedAtMs, claim: null },
      follows.partition,
    ],
  ]
}

/** Which open invitation is worth the next poll of a budget that does not reach for all. Pure. */

/** What is known of an invitation that could be polled. */
export interface Prospect {
  /** As last seen. */
  readonly status: string | null
  readonly invitedAtMs: number
  /** The plan had it looked at then, ms since the epoch: what moved since has not been seen. */
  readonly seenAtMs: number
}

/** How much likelier than one that was only invited; a candidate who has begun is soon done. */
const LIKELIHOODS: Readonly<Record<string, number>> = { started: 8, opened: 4 }
/** Whoever has not come after this long comes half as often. */
const HALVES_AFTER_MS = 86_400_000

/** Grows with the chance that the invitation has moved since it was seen; comparable among those of one moment. */
export function promiseOf({ status, invitedAtMs, seenAtMs }: Prospect, nowMs: number): number {
  const likelihood = LIKELIHOODS[status ?? ''] ?? 1
  const ageMs = Math.max(0, nowMs - invitedAtMs)
  return (likelihood * Math.max(1, nowMs - seenAtMs)) / (1 + ageMs / HALVES_AFTER_MS)
}

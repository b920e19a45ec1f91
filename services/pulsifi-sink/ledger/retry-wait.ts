/** How long a call waits for its next attempt, and the times of calls as records keep them. Pure. */

declare const clock: unique symbol
/** Whole ms since the epoch. What is planned ahead gets into a ledger as such a time alone. */
export type PlannedAt = number & { readonly [clock]: 'wall' }

/** @param waitMs may have a fraction: never early */
export const plannedAt = (nowMs: number, waitMs: number): PlannedAt =>
  // Cast: the only place where such a time is made.
  Math.ceil(nowMs + waitMs) as PlannedAt

/** A change of a record, whose times of calls are planned ahead. */
export type WithPlanned<Fields> = {
  readonly [Name in keyof Fields]: Name extends 'first_attempt_at' | 'next_attempt_at' | 'call_deadline_at'
    ? PlannedAt | null
    : Fields[Name]
}

/** A longer wait is not believed: then Pulsifi is asked again. */
export const RETRY_AFTER_MS_MAX = 3_600_000

const RETRY_FIRST_MS = 1_000
const RETRY_LONGEST_MS = 15 * 60_000

/** @param retryAfterMs null: none was asked for */
export const believedMs = (retryAfterMs: number | null): number =>
  Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX)

/** Doubles from a second to a quarter of an hour. */
export const retryWaitMs = (attempt: number): number =>
  Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** Math.min(Math.max(0, attempt - 1), 20))

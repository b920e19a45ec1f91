/** How long a call waits for its next attempt. Pure. */

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

/** What to do with a process that ended by itself: pure, so that a test can ask every case. */

/** One that ran at least this long had recovered from what ended it before. */
const RECOVERED_MS = 60_000
const FIRST_DELAY_MS = 500
const DELAY_MS_MAX = 30_000
/** `services/platform/process/run.ts` ends with it when only a change of configuration helps. */
const EXIT_CONFIG = 78

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly ranMs: number
  /** How often in a row it ended without having recovered, before this time. */
  readonly failuresBefore: number
}

export type AfterEnd =
  | { readonly type: 'restart'; readonly delayMs: number; readonly failures: number }
  | { readonly type: 'give-up' }

/** Configuration faults are not tried again. */
export const afterEnd = ({ code, ...ended }: Ended): AfterEnd =>
  code === EXIT_CONFIG ? { type: 'give-up' } : { type: 'restart', ...pauseAfter(ended) }

/** Doubles the pause with every failure in a row. */
export function pauseAfter({ ranMs, failuresBefore }: Pick<Ended, 'ranMs' | 'failuresBefore'>): {
  readonly delayMs: number
  readonly failures: number
} {
  const failures = ranMs >= RECOVERED_MS ? 1 : failuresBefore + 1
  return { delayMs: Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** (failures - 1)), failures }
}

/**
 * How fast an account is called: at the configured rate, less while Pulsifi says that it is too much. Additive
 * increase, multiplicative decrease. Pure.
 */
import { believedMs } from '../ledger/retry-wait.ts'
import { after, LONG_AGO, later, type Monotonic, msBetween } from './monotonic.ts'

export interface Pace {
  /** Requests a second at `since`, from where the rate grows again. */
  readonly ratePerSecond: number
  readonly since: Monotonic
  /** Pulsifi asked for no request before. */
  readonly resumesAt: Monotonic
}

/** Part of the configured rate that is left however often Pulsifi refuses. */
export const FLOOR_SHARE = 0.05
/** From nothing to the configured rate. */
const RECOVERY_MS = 60_000
/** Answers to what was sent before a decrease say nothing about the rate after it. */
const DECREASE_EVERY_MS = 1_000

export const fullPace = (maxPerSecond: number): Pace => ({
  ratePerSecond: maxPerSecond,
  since: LONG_AGO,
  resumesAt: LONG_AGO,
})

/** Requests a second that may be made now; while it is paused, from the end of the pause on. */
export function rateAt(pace: Pace, maxPerSecond: number, now: Monotonic): number {
  const grownMs = Math.max(0, msBetween(later(pace.since, pace.resumesAt), now))
  return Math.min(maxPerSecond, pace.ratePerSecond + (maxPerSecond * grownMs) / RECOVERY_MS)
}

/** Pulsifi refused a request because there were too many. */
export function throttled(
  pace: Pace,
  maxPerSecond: number,
  now: Monotonic,
  retryAfterMs: number | null,
): Pace {
  const next = paused(pace, now, retryAfterMs)
  if (msBetween(pace.since, now) < DECREASE_EVERY_MS) return next
  const halved = Math.max(FLOOR_SHARE * maxPerSecond, rateAt(pace, maxPerSecond, now) / 2)
  return { ...next, ratePerSecond: halved, since: now }
}

/** Pulsifi asked for a pause, for whatever reason. */
export const paused = (pace: Pace, now: Monotonic, retryAfterMs: number | null): Pace =>
  retryAfterMs === null
    ? pace
    : { ...pace, resumesAt: later(pace.resumesAt, after(now, believedMs(retryAfterMs))) }

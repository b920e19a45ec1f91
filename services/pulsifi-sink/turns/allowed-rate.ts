/**
 * How fast an account is called: at the configured rate, less while Pulsifi says that it is too much. Additive
 * increase, multiplicative decrease. Pure; times are of a monotonic clock.
 */
import { believedMs } from '../ledger/retry-wait.ts'

export interface Pace {
  /** Requests a second at `sinceMs`, from where the rate grows again. */
  readonly ratePerSecond: number
  readonly sinceMs: number
  /** Pulsifi asked for no request before. */
  readonly resumesAtMs: number
}

/** Part of the configured rate that is left however often Pulsifi refuses. */
export const FLOOR_SHARE = 0.05
/** From nothing to the configured rate. */
const RECOVERY_MS = 60_000
/** Answers to what was sent before a decrease say nothing about the rate after it. */
const DECREASE_EVERY_MS = 1_000

export const fullPace = (maxPerSecond: number): Pace => ({
  ratePerSecond: maxPerSecond,
  sinceMs: Number.NEGATIVE_INFINITY,
  resumesAtMs: Number.NEGATIVE_INFINITY,
})

/** Requests a second that may be made now; while it is paused, from the end of the pause on. */
export function rateAt(pace: Pace, maxPerSecond: number, nowMs: number): number {
  const grownMs = Math.max(0, nowMs - Math.max(pace.sinceMs, pace.resumesAtMs))
  return Math.min(maxPerSecond, pace.ratePerSecond + (maxPerSecond * grownMs) / RECOVERY_MS)
}

/** Pulsifi refused a request because there were too many. */
export function throttled(
  pace: Pace,
  maxPerSecond: number,
  nowMs: number,
  retryAfterMs: number | null,
): Pace {
  const next = paused(pace, nowMs, retryAfterMs)
  if (nowMs - pace.sinceMs < DECREASE_EVERY_MS) return next
  const halved = Math.max(FLOOR_SHARE * maxPerSecond, rateAt(pace, maxPerSecond, nowMs) / 2)
  return { ...next, ratePerSecond: halved, sinceMs: nowMs }
}

/** Pulsifi asked for a pause, for whatever reason. */
export const paused = (pace: Pace, nowMs: number, retryAfterMs: number | null): Pace =>
  retryAfterMs === null
    ? pace
    : {
        ...pace,
        resumesAtMs: Math.max(pace.resumesAtMs, nowMs + believedMs(retryAfterMs)),
      }

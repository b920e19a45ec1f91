/**
 * Times of the clock that never goes back. No number, so that none of them gets where a time of the wall belongs: what
 * leaves here is a span of ms, which may have a fraction.
 */
declare const clock: unique symbol

export interface Monotonic {
  readonly [clock]: 'monotonic'
}

// Each cast is sound because only this file makes such times, and takes them apart again.
/** @param ms of `performance.now()` */
export const monotonic = (ms: number): Monotonic => ms as unknown as Monotonic
const msOf = (at: Monotonic): number => at as unknown as number

export const monotonicNow = (): Monotonic => monotonic(performance.now())
/** Before all others. */
export const LONG_AGO = monotonic(Number.NEGATIVE_INFINITY)

export const after = (at: Monotonic, ms: number): Monotonic => monotonic(msOf(at) + ms)
export const later = (a: Monotonic, b: Monotonic): Monotonic => monotonic(Math.max(msOf(a), msOf(b)))
/** Negative when `to` came first. */
export const msBetween = (from: Monotonic, to: Monotonic): number => msOf(to) - msOf(from)

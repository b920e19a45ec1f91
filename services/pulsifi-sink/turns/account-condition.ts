/** How an account is, as its calls have shown: the pace it bears, and whether it is called at all. Pure. */

import { fullPace, type Pace, paused, rateAt, throttled } from './allowed-rate.ts'
import { type CallKind, type Circuit, heard, isOnTrial, probed, untried } from './circuit.ts'
import type { Signal } from './signal.ts'

export interface Condition {
  /** Requests a second, as configured. */
  readonly maxPerSecond: number
  readonly pace: Pace
  readonly circuit: Circuit
}

export const unknownCondition = (maxPerSecond: number, nowMs: number): Condition => ({
  maxPerSecond,
  pace: fullPace(maxPerSecond),
  circuit: untried(nowMs),
})

export const ratePerSecond = ({ pace, maxPerSecond }: Condition, nowMs: number): number =>
  rateAt(pace, maxPerSecond, nowMs)

/** An account that is not known to work is called one request at a time. */
export const concurrencyOf = ({ circuit }: Condition, concurrencyMax: number, nowMs: number): number =>
  isOnTrial(circuit, nowMs) ? 1 : concurrencyMax

/** How long nobody is to be called; null: calls may be made. */
export function refusedForMs({ pace, circuit }: Condition, nowMs: number): number | null {
  const pauseMs = pace.resumesAtMs - nowMs
  const openMs = circuit.state === 'open' ? circuit.retryAtMs - nowMs : 0
  const longestMs = Math.max(0, pauseMs, openMs)
  return circuit.state === 'closed' && pauseMs <= 0 ? null : longestMs
}

/** A call has ended. */
export const afterCall = (condition: Condition, kind: CallKind, signal: Signal, nowMs: number): Condition =>
  paced(
    { ...condition, circuit: heard(condition.circuit, kind, signal.type !== 'failing', nowMs) },
    signal,
    nowMs,
  )

/** The probe has ended. */
export const afterProbe = (condition: Condition, signal: Signal, nowMs: number): Condition =>
  paced({ ...condition, circuit: probed(condition.circuit, signal.type !== 'failing', nowMs) }, signal, nowMs)

function paced(condition: Condition, signal: Signal, nowMs: number): Condition {
  const { pace, maxPerSecond } = condition
  switch (signal.type) {
    case 'well':
      return condition
    case 'failing':
      return { ...condition, pace: paused(pace, nowMs, signal.retryAfterMs) }
    case 'throttled':
      return { ...condition, pace: throttled(pace, maxPerSecond, nowMs, signal.retryAfterMs) }
  }
}

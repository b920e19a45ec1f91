/** What calls have shown about an account: the rate that it accepts, and whether it is called at all. Pure. */
import type { ApiVerdict, RepeatableVerdict } from '../../platform/pulsifi/classify.ts'
import { fullPace, type Pace, paused, rateAt, throttled } from './allowed-rate.ts'
import { type CallKind, type Circuit, heard, isOnTrial, probed, untried } from './circuit.ts'
import { type Monotonic, msBetween } from './monotonic.ts'

export interface Condition {
  /** Requests a second, as configured. */
  readonly maxPerSecond: number
  readonly pace: Pace
  readonly circuit: Circuit
}

export const unknownCondition = (maxPerSecond: number, now: Monotonic): Condition => ({
  maxPerSecond,
  pace: fullPace(maxPerSecond),
  circuit: untried(now),
})

export const ratePerSecond = ({ pace, maxPerSecond }: Condition, now: Monotonic): number =>
  rateAt(pace, maxPerSecond, now)

/** An account that is not known to work is called one request at a time. */
export const concurrencyOf = ({ circuit }: Condition, concurrencyMax: number, now: Monotonic): number =>
  isOnTrial(circuit, now) ? 1 : concurrencyMax

/** How long nobody is to be called, in ms with a fraction; null: calls may be made. */
export function refusedForMs({ pace, circuit }: Condition, now: Monotonic): number | null {
  const pauseMs = msBetween(now, pace.resumesAt)
  const openMs = circuit.state === 'open' ? msBetween(now, circuit.retryAt) : 0
  const longestMs = Math.max(0, pauseMs, openMs)
  return circuit.state === 'closed' && pauseMs <= 0 ? null : longestMs
}

/** A call has ended. */
export const afterCall = (condition: Condition, kind: CallKind, signal: Signal, now: Monotonic): Condition =>
  paced(
    { ...condition, circuit: heard(condition.circuit, kind, signal.type !== 'failing', now) },
    signal,
    now,
  )

/** The probe has ended. */
export const afterProbe = (condition: Condition, signal: Signal, now: Monotonic): Condition =>
  paced({ ...condition, circuit: probed(condition.circuit, signal.type !== 'failing', now) }, signal, now)

function paced(condition: Condition, signal: Signal, now: Monotonic): Condition {
  const { pace, maxPerSecond } = condition
  switch (signal.type) {
    case 'well':
      return condition
    case 'failing':
      return { ...condition, pace: paused(pace, now, signal.retryAfterMs) }
    case 'throttled':
      return { ...condition, pace: throttled(pace, maxPerSecond, now, signal.retryAfterMs) }
  }
}

export type Signal =
  | { readonly type: 'well' }
  /** `retryAfterMs`: the pause that Pulsifi asked for; null when it asked for none. */
  | { readonly type: 'failing' | 'throttled'; readonly retryAfterMs: number | null }

const WELL: Signal = { type: 'well' }

/** Statuses, or their codes when it was the token that could not be had, of a Pulsifi that counts requests. */
const TOO_MANY: ReadonlySet<string> = new Set(['429', 'TOKEN_HTTP_429'])

export function signalOf(verdict: ApiVerdict<unknown> | RepeatableVerdict<unknown>): Signal {
  switch (verdict.type) {
    case 'ambiguous':
      return { type: 'failing', retryAfterMs: null }
    case 'retry': {
      const { reason, httpStatus, retryAfterMs } = verdict
      if (TOO_MANY.has(reason)) return { type: 'throttled', retryAfterMs }
      return isOfRequest(httpStatus) ? WELL : { type: 'failing', retryAfterMs }
    }
    case 'blocked':
      return refusedFor(verdict.httpStatus, verdict.reasons)
    default:
      return WELL
  }
}

/** Statuses of the way to Pulsifi, or of the account's rights, not of what was asked. */
const OF_THE_WAY: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 408])

/** A look that is answered 400 is a question that Pulsifi cannot answer, not an outage. */
const isOfRequest = (httpStatus: number | null): boolean =>
  httpStatus !== null && httpStatus >= 400 && httpStatus < 500 && !OF_THE_WAY.has(httpStatus)

/**
 * A refusal that names nothing of the request may meet all others as well: it must not block them at full rate. So does
 * a redirect, whatever its page says.
 */
function refusedFor(httpStatus: number, reasons: readonly string[]): Signal {
  const namesNothing = reasons.every(reason => reason === `HTTP_${httpStatus}`)
  const isOfTheWay = httpStatus < 400 || (namesNothing && OF_THE_WAY.has(httpStatus))
  if (!isOfTheWay) return WELL
  // It may be a job that is gone, and others are still there.
  return { type: httpStatus === 404 ? 'throttled' : 'failing', retryAfterMs: null }
}

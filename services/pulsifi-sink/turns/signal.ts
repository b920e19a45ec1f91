/** What the end of a call says of Pulsifi itself, whatever it says of the candidate or the job. Pure. */
import type { ApiVerdict, RepeatableVerdict } from '../../platform/pulsifi/classify.ts'

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
    default:
      return WELL
  }
}

/** A look that is answered 400 is a question that Pulsifi cannot answer, not an outage. */
const isOfRequest = (httpStatus: number | null): boolean =>
  httpStatus !== null && httpStatus >= 400 && httpStatus < 500 && httpStatus !== 401 && httpStatus !== 408

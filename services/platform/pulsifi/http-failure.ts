/** What came of one HTTP call, as a value: trouble on the network is not an exception here. */

export type Exchange =
  | {
      readonly type: 'answered'
      readonly status: number
      /** The header as sent; null when there was none. */
      readonly retryAfter: string | null
      /** When the answer came, ms since the epoch: a `Retry-After` may be a date. */
      readonly answeredAtMs: number
      /** What came of the body. May hold personal data: never logged. */
      readonly text: string
      /** False when the connection broke, or the time was over, inside the body. */
      readonly isComplete: boolean
    }
  | {
      readonly type: 'failed'
      /** Whether a byte of the request may have been written. False is proof that nothing was processed. */
      readonly sent: boolean
      readonly code: FailureCode
    }

/** Upper-case code of the failure, such as `ECONNREFUSED`, `UND_ERR_SOCKET` or `DEADLINE`; never a message. */
export type FailureCode = string

/** The call's time was over. */
export const DEADLINE: FailureCode = 'DEADLINE'
/** The connection would have written the request a second time. */
export const WRITTEN_TWICE: FailureCode = 'WRITTEN_TWICE'

/** The code of an error or of its nearest cause that has one. Messages can hold addresses and are left out. */
export function failureCode(error: unknown): FailureCode {
  let cause = error
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
    const code: unknown = Reflect.get(cause, 'code')
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code)) return code
    cause = cause.cause
  }
  return 'UNKNOWN'
}

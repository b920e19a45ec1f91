/** One place of a request that breaks a rule. Never holds the value: a refused e-mail address must not come back. */
export type Detail = { readonly path: string; readonly rule: string }

/**
 * A refusal. The guideline documents no error body, so this shape is ours alone: a client may rely on the HTTP status
 * and on finding tokens such as `JOB_NOT_FOUND` somewhere in the text, on nothing else.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly details: readonly Detail[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    message: string,
    details: readonly Detail[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
    this.headers = headers
  }

  /** The reply body. */
  toJSON() {
    return { error: { code: this.code, message: this.message, details: this.details } }
  }
}

export const notFound = (what: string) => new ApiError(404, 'NOT_FOUND', `no such ${what}`)

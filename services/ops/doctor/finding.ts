/** What the doctor says of one thing. */

/** `skip`: it could not be looked at, because of something else that has a line of its own. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skip'

export interface Finding {
  readonly check: string
  readonly verdict: Verdict
  readonly says: string
  /** Null when there is nothing to do. */
  readonly todo: string | null
}

export const ok = (check: string, says: string): Finding => ({ check, verdict: 'ok', says, todo: null })
export const warn = (check: string, says: string, todo: string): Finding => ({
  ...{ check, verdict: 'warn', says, todo },
})
export const fail = (check: string, says: string, todo: string): Finding => ({
  ...{ check, verdict: 'fail', says, todo },
})
export const skip = (check: string, says: string): Finding => ({ check, verdict: 'skip', says, todo: null })

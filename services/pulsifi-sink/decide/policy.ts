/** What an operator may set of the sink's decisions; plain values, times in ms. */
import type { Retry503 } from '../../platform/pulsifi/classify.ts'
import type { JobFitOptions } from '../fit/job.ts'
import type { InviteOncePer } from '../ledger/claims.ts'

export interface SinkPolicy {
  readonly inviteSinceMs: number
  readonly appliedWithinMs: number
  readonly inviteOnClosed: boolean
  readonly inviteOncePer: InviteOncePer
  readonly jobWaitsMs: readonly number[]
  readonly jobWaitMaxMs: number
  readonly ambiguousJobRetries: number
  readonly pollWaitsMs: readonly number[]
  /** From the intent of a call to the time at which it has ended for certain. */
  readonly callDeadlineMs: number
  /** After the deadline, how long an answer may be on its way through the inbox before an intent is given up. */
  readonly answerGraceMs: number
  readonly retryHorizonMs: number
  readonly retry503: Retry503
  readonly jobFit: JobFitOptions
}

/** Without any wait in the plan. */
const REPEAT_MS = 3_600_000

/**
 * When an invitation is looked at next: after each wait in turn, the last one repeated. Depends on nothing but the time
 * of the invitation, so that a restart changes nothing.
 */
export function nextLookAt(invitedAtMs: number, waitsMs: readonly number[], nowMs: number): number {
  let at = invitedAtMs
  for (const waitMs of waitsMs) {
    at += waitMs
    if (at > nowMs) return at
  }
  const repeatMs = waitsMs.at(-1) ?? REPEAT_MS
  return at + Math.ceil((nowMs - at + 1) / repeatMs) * repeatMs
}

/** When the plan last had it looked at, before the look that is due now. */
export function lastLookAt(invitedAtMs: number, waitsMs: readonly number[], nowMs: number): number {
  let [before, at] = [invitedAtMs, invitedAtMs]
  for (const waitMs of waitsMs) {
    if (at + waitMs > nowMs) return before
    before = at
    at += waitMs
  }
  const repeatMs = waitsMs.at(-1) ?? REPEAT_MS
  const times = Math.floor((nowMs - at) / repeatMs)
  return times === 0 ? before : at + (times - 1) * repeatMs
}

/**
 * What became of one message. Every step that reads something from outside answers with an Outcome;
 * only `platform/` turns one into Kafka traffic. Bad data is an Outcome, bad luck belongs to the ledger, a bug is
 * an exception: it stops the process before anything is committed.
 */
import type { DeadLetterCode, NotConsumedCode } from './reasons.ts'

export type Outcome<T> =
  | { readonly type: 'ok'; readonly value: T }
  /** Not for us, and nobody needs to act. Counted by reason, never kept. */
  | { readonly type: 'skip'; readonly reason: SkipCode }
  /** Will never succeed as it stands: goes to the dead-letter topic, the offset advances. */
  | { readonly type: 'reject'; readonly code: RejectCode; readonly detail: string }

/** Why a raw event publishes nothing although nothing is wrong with it. */
export type SkipCode = NotConsumedCode

/** Why an event cannot be used. */
export type RejectCode = DeadLetterCode

export const ok = <T>(value: T): Outcome<T> => ({ type: 'ok', value })
export const skip = (reason: SkipCode): Outcome<never> => ({ type: 'skip', reason })
/** `detail` names fields, never values: dead letters are read by people who may not see the candidate. */
export const reject = (code: RejectCode, detail: string): Outcome<never> => ({ type: 'reject', code, detail })

/** Runs `next` on an ok value and passes every other outcome through untouched. */
export function andThen<T, U>(outcome: Outcome<T>, next: (value: T) => Outcome<U>): Outcome<U> {
  return outcome.type === 'ok' ? next(outcome.value) : outcome
}

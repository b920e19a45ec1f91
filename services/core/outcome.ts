/**
 * What became of one message. Every step that reads something from outside answers with an Outcome;
 * only `platform/` turns one into Kafka traffic. Bad data is an Outcome, bad luck belongs to the ledger, a bug is
 * an exception: it stops the process before anything is committed.
 */
export type Outcome<T> =
  | { readonly type: 'ok'; readonly value: T }
  /** Not for us, and nobody needs to act. Counted by reason, never kept. */
  | { readonly type: 'skip'; readonly reason: SkipCode }
  /** Will never succeed as it stands: goes to the dead-letter topic, the offset advances. */
  | { readonly type: 'reject'; readonly code: RejectCode; readonly detail: string }

/** Why a raw event publishes nothing although nothing is wrong with it. */
export type SkipCode =
  /** An event kind that we read from the source but that has no canonical meaning. */
  'KIND_NOT_CONSUMED'

/** Why an event cannot be used. README lists what an operator does about each. */
export type RejectCode =
  /** Not UTF-8, not JSON, or nested deeper than we read. */
  | 'BODY_UNREADABLE'
  /** JSON, but the ids that routing needs are not where the vendor's documentation puts them. */
  | 'NOT_ROUTABLE'
  /** An event under a name that this version does not know: another one may. */
  | 'KIND_UNKNOWN'
  /** Routed, but a field that the mapping needs is missing or of another type. */
  | 'PAYLOAD_INVALID'
  /** A Meteojob direct-apply body (`cvBase64`, `jobkey`): another product's format. */
  | 'LEGACY_METEOJOB_FORMAT'
  /** A record on a raw topic without the headers that ingress writes. */
  | 'HEADERS_INVALID'
  /** A source that no folder under `sources/` declares. */
  | 'SOURCE_UNKNOWN'
  /** A Pulsifi callback that names no application of ours. */
  | 'REFERENCE_UNKNOWN'
  /** Bytes that are not the Avro record their topic promises. */
  | 'RECORD_UNREADABLE'
  /** It led to a record that is larger than its topic takes. */
  | 'RECORD_TOO_LARGE'
  /** An inbox record that this version cannot read. */
  | 'COMMAND_INVALID'

export const ok = <T>(value: T): Outcome<T> => ({ type: 'ok', value })
export const skip = (reason: SkipCode): Outcome<never> => ({ type: 'skip', reason })
/** `detail` names fields, never values: dead letters are read by people who may not see the candidate. */
export const reject = (code: RejectCode, detail: string): Outcome<never> => ({ type: 'reject', code, detail })

/** Runs `next` on an ok value and passes every other outcome through untouched. */
export function andThen<T, U>(outcome: Outcome<T>, next: (value: T) => Outcome<U>): Outcome<U> {
  return outcome.type === 'ok' ? next(outcome.value) : outcome
}

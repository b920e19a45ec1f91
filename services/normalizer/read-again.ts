/** What was read before: offsets were set back, have expired, or are those of a copy. Pure. */
import type { ClockMeaning } from '../sources/source.ts'

/** Where a version was read, and what dates it. */
interface Reading {
  /** Kafka's id of the topic; empty where nobody can tell. */
  readonly topicId: string
  readonly offset: number
  readonly clockMs: number | null
  readonly receivedAtMs: number
}

/**
 * Whether it was decided before the known one was. In a copy of the topic all offsets are others, and only the receipt
 * tells. What a clock of versions calls newer was a dead letter then.
 */
export function isReadAgain(incoming: Reading, known: Reading, clock: ClockMeaning): boolean {
  if (incoming.topicId === '' || known.topicId === '') return false
  if (clock === 'versions' && (incoming.clockMs ?? 0) > (known.clockMs ?? Infinity)) return false
  return incoming.topicId === known.topicId
    ? incoming.offset <= known.offset
    : incoming.receivedAtMs < known.receivedAtMs
}

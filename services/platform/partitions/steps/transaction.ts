/** One step, written in one transaction. */
import type { Message, Producer, RecordMetadata } from 'kafkajs'
import { requestsOf } from '../../kafka/producer-batch.ts'
import type { InputCursor } from '../input-cursor.ts'
import type { OutgoingRecord } from './steps.ts'

export interface OffsetCommit {
  readonly topic: string
  readonly offset: string
  readonly metadata: string
}

/** Positions and counts of one tenure's inputs, on their way to the group. */
export class Offsets {
  readonly #cursors: ReadonlyMap<string, InputCursor>
  readonly #taken = new Map<string, number>()

  /** @param cursors by topic */
  constructor(cursors: ReadonlyMap<string, InputCursor>) {
    this.#cursors = cursors
  }

  /** Whether any is not where it was when it was committed last. */
  get hasMoved(): boolean {
    for (const { topic, committed, decided } of this.#cursors.values())
      if ((this.#taken.get(topic) ?? committed) !== decided) return true
    return false
  }

  /**
   * As they are now, for the next commit: those that have moved since the last one, since the broker writes a record for
   * each. Where nothing else would be written, all of them: a commit that asks for nothing is refused to nobody, and what
   * follows from a step must not follow from one of an owner whom another has replaced.
   */
  take(writesRecords: boolean): readonly OffsetCommit[] {
    const all = [...this.#cursors.values()]
    const moved = all.filter(({ topic, decided }) => this.#taken.get(topic) !== decided)
    for (const { topic, decided } of moved) this.#taken.set(topic, decided)
    return (moved.length > 0 || writesRecords ? moved : all).map(({ topic, decided, counts }) => ({
      topic,
      offset: String(decided),
      metadata: JSON.stringify(counts),
    }))
  }
}

/** What one request of a step wrote, and where the broker put it. */
export interface SentRequest {
  readonly records: ReadonlyMap<string, readonly OutgoingRecord[]>
  readonly sent: readonly RecordMetadata[]
}

/**
 * Outputs first, offsets after them, where any have moved; each request awaited. Commit is never retried: what the next
 * fence leaves behind is the answer.
 * @param batchBytesMax of a topic: what is larger goes in several requests of the same transaction
 */
export async function commitStep(
  producer: Producer,
  group: string,
  partition: number,
  records: ReadonlyMap<string, readonly OutgoingRecord[]>,
  offsets: readonly OffsetCommit[],
  batchBytesMax: (topic: string) => number,
): Promise<readonly SentRequest[]> {
  const transaction = await producer.transaction()
  const requests: SentRequest[] = []
  for (const request of requestsOf(records, batchBytesMax)) {
    const topicMessages = [...request].map(([topic, messages]) => ({
      topic,
      messages: messages as Message[],
    }))
    requests.push({ records: request, sent: await transaction.sendBatch({ topicMessages, acks: -1 }) })
  }
  const topics = offsets.map(({ topic, ...offset }) => ({ topic, partitions: [{ partition, ...offset }] }))
  if (topics.length > 0) await transaction.sendOffsets({ consumerGroupId: group, topics })
  await transaction.commit()
  return requests
}

/**
 * Offset behind the last record that a step wrote to `topic` partition `partition`; null when it wrote none.
 * @throws when the broker did not say where it is
 */
export function endOf(requests: readonly SentRequest[], topic: string, partition: number): number | null {
  for (const { records, sent } of requests.toReversed()) {
    const count = records.get(topic)?.filter(record => record.partition === partition).length ?? 0
    if (count === 0) continue
    const metadata = sent.find(item => item.topicName === topic && item.partition === partition)
    const base = Number(metadata?.baseOffset ?? Number.NaN)
    if (!(base >= 0)) throw new Error(`the broker gave no base offset for ${topic}`)
    return base + count
  }
  return null
}

/** One step, written in one transaction. */
import type { Message, Producer, RecordMetadata, TopicMessages } from 'kafkajs'
import type { InputCursor } from './input-cursor.ts'
import type { OutgoingRecord } from './steps.ts'

export interface OffsetCommit {
  readonly topic: string
  readonly offset: string
  readonly metadata: string
}

/** Positions and counts as they are now. */
export const offsetsOf = (cursors: Iterable<InputCursor>): OffsetCommit[] =>
  [...cursors].map(({ topic, decided, counts }) => ({
    topic,
    offset: String(decided),
    metadata: JSON.stringify(counts),
  }))

/**
 * Outputs first, offsets after them, each request awaited. Commit is never retried: what the next fence leaves behind is the answer.
 * @returns where the outputs stand
 */
export async function commitStep(
  producer: Producer,
  group: string,
  partition: number,
  records: ReadonlyMap<string, readonly OutgoingRecord[]>,
  offsets: readonly OffsetCommit[],
): Promise<readonly RecordMetadata[]> {
  const transaction = await producer.transaction()
  const topicMessages: TopicMessages[] = [...records].map(([topic, messages]) => ({
    topic,
    messages: messages as Message[],
  }))
  const sent = topicMessages.length > 0 ? await transaction.sendBatch({ topicMessages, acks: -1 }) : []
  const topics = offsets.map(({ topic, ...offset }) => ({ topic, partitions: [{ partition, ...offset }] }))
  await transaction.sendOffsets({ consumerGroupId: group, topics })
  await transaction.commit()
  return sent
}

/** Offset behind the last of `count` records that were written to `topic` partition `partition`. */
export function endOf(
  sent: readonly RecordMetadata[],
  topic: string,
  partition: number,
  count: number,
): number {
  const metadata = sent.find(item => item.topicName === topic && item.partition === partition)
  const base = Number(metadata?.baseOffset ?? Number.NaN)
  if (!(base >= 0)) throw new Error(`the broker gave no base offset for ${topic}`)
  return base + count
}

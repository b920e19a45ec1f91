/** One batch, record after record: each is decoded, given away, and only then taken for read. */
import type { EachBatchPayload } from 'kafkajs'
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import { type Codec, UndecodableError } from '../platform/avro/codec.ts'

export interface ConsumedRecord<Topic extends AvroTopic> {
  readonly topic: Topic
  readonly partition: number
  readonly offset: string
  readonly key: string
  /** Null is a tombstone: what was known under the key is gone. */
  readonly record: RecordOf[Topic] | null
  /** When it was produced, ms since the epoch. */
  readonly timestampMs: number
}

/** A union over the topics, so that `switch (event.topic)` narrows `event.record`. */
export type ConsumedRecordOf<Topic extends AvroTopic> = { [T in Topic]: ConsumedRecord<T> }[Topic]

/** A record that is none of its topic: not in Confluent framing, of a schema that the registry does not have, or broken. */
export interface UndecodableRecord {
  readonly topic: AvroTopic
  readonly partition: number
  readonly offset: string
  readonly key: string
  readonly value: Buffer
  /** Why; names no value. */
  readonly message: string
}

export interface Delivery<Topic extends AvroTopic> {
  readonly onRecord: (event: ConsumedRecordOf<Topic>) => Promise<void> | void
  readonly onUndecodable?: (record: UndecodableRecord) => Promise<void> | void
  /** Ends the consumption. */
  readonly stop: (error: Error) => void
}

export async function deliver<Topic extends AvroTopic>(
  { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }: EachBatchPayload,
  codec: Pick<Codec, 'prepare' | 'decode'>,
  delivery: Delivery<Topic>,
): Promise<void> {
  await codec.prepare(batch.messages.map(({ value }) => value))
  for (const { offset, key, value, timestamp } of batch.messages) {
    if (!isRunning() || isStale()) return
    // Casts: kafkajs delivers no topic that was not subscribed to.
    const topic = batch.topic as Topic
    const at = { topic, partition: batch.partition, offset, key: key?.toString() ?? '' }
    const decoded = decode(codec, topic, value)
    if (decoded instanceof UndecodableError) {
      const undecodable = { ...at, value: value ?? Buffer.alloc(0), message: decoded.message }
      if (delivery.onUndecodable === undefined) return delivery.stop(unreadable(undecodable))
      await delivery.onUndecodable(undecodable)
    } else {
      const event: ConsumedRecord<Topic> = { ...at, record: decoded, timestampMs: Number(timestamp) }
      await delivery.onRecord(event as ConsumedRecordOf<Topic>)
    }
    resolveOffset(offset)
    await commitOffsetsIfNecessary()
    await heartbeat()
  }
  // Behind the last record there may be offsets that hold nothing.
  resolveOffset(batch.lastOffset())
}

function decode<Topic extends AvroTopic>(
  codec: Pick<Codec, 'decode'>,
  topic: Topic,
  value: Buffer | null,
): RecordOf[Topic] | UndecodableError | null {
  try {
    return value === null ? null : codec.decode(topic, value)
  } catch (error) {
    if (error instanceof UndecodableError) return error
    throw error
  }
}

const unreadable = ({ topic, partition, offset, message }: UndecodableRecord): Error =>
  new Error(
    `${topic}/${partition}/${offset} cannot be read: ${message} Give "onUndecodable" to pass over such records.`,
  )

/**
 * `atsflow/consume`: reads the topics of this project as typed records.
 *
 * It decodes with the schemas of the installed version, whichever version wrote a record, reads only what was
 * committed, and does not stand still on compacted topics, as a plain kafkajs consumer can.
 *
 * @example
 * const consumption = await consume({
 *   brokers: ['127.0.0.1:9092'],
 *   registryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
 *   groupId: 'score-board',
 *   topics: ['pulsifi.score.v1'],
 *   onRecord: ({ record }) => console.log(record?.application_key, record?.score_type, record?.score_value),
 * })
 */
import type { Consumer, EachBatchPayload, KafkaConfig } from 'kafkajs'
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import { type Codec, createCodec } from '../platform/avro/codec.ts'
import { createRegistryClient } from '../platform/avro/registry.ts'
import { Kafka, logLevel } from '../platform/kafkajs/kafkajs.ts'

export type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
export type * from '../../schemas/types.ts'

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

export interface ConsumeOptions<Topic extends AvroTopic> {
  readonly brokers: readonly string[]
  /** Confluent-compatible base; user and password may stand in it. */
  readonly registryUrl: string
  /** Offsets are kept under it: a group that comes back goes on where it was. */
  readonly groupId: string
  readonly topics: readonly Topic[]
  /** Where a group starts that has no offsets yet; the beginning unless said otherwise. */
  readonly from?: 'beginning' | 'end'
  /**
   * Called for one record after the other. The offset is committed after it resolves, so a record may come again after
   * a crash: drop repeats by `event_id`. When it rejects, the record is delivered again; `onError` is told.
   */
  readonly onRecord: (event: ConsumedRecordOf<Topic>) => Promise<void> | void
  /** Told of what ends the consumption for good; without it the error is thrown in the process. */
  readonly onError?: (error: Error) => void
  readonly ssl?: KafkaConfig['ssl']
  readonly sasl?: KafkaConfig['sasl']
}

/** A union over the topics, so that `switch (event.topic)` narrows `event.record`. */
export type ConsumedRecordOf<Topic extends AvroTopic> = { [T in Topic]: ConsumedRecord<T> }[Topic]

export interface Consumption {
  /** Commits what was done, leaves the group and disconnects. */
  readonly stop: () => Promise<void>
}

/** Starts consuming and returns once the group is joined. @throws when broker or registry cannot be reached. */
export async function consume<Topic extends AvroTopic>(options: ConsumeOptions<Topic>): Promise<Consumption> {
  const { brokers, registryUrl, groupId, topics, ssl, sasl } = options
  const kafka = new Kafka({
    clientId: groupId,
    brokers: [...brokers],
    logLevel: logLevel.ERROR,
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl }),
  })
  const codec = createCodec(createRegistryClient({ url: registryUrl }))
  const consumer = kafka.consumer({ groupId, readUncommitted: false })
  await consumer.connect()
  await consumer.subscribe({ topics: [...topics], fromBeginning: options.from !== 'end' })
  const joined = joinedOf(consumer)
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) fail(options, payload.error)
  })
  await consumer.run({
    eachBatchAutoResolve: false,
    eachBatch: payload => deliver(payload, codec, options),
  })
  await joined
  return { stop: () => consumer.disconnect() }
}

const joinedOf = (consumer: Consumer): Promise<void> =>
  new Promise(resolve => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve())
  })

async function deliver<Topic extends AvroTopic>(
  { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }: EachBatchPayload,
  codec: Codec,
  { onRecord }: ConsumeOptions<Topic>,
): Promise<void> {
  await codec.prepare(batch.messages.map(({ value }) => value))
  for (const { offset, key, value, timestamp } of batch.messages) {
    if (!isRunning() || isStale()) return
    // Casts: kafkajs delivers no topic that was not subscribed to.
    const topic = batch.topic as Topic
    const event: ConsumedRecord<Topic> = {
      topic,
      partition: batch.partition,
      offset,
      key: key?.toString() ?? '',
      record: value === null ? null : codec.decode(topic, value),
      timestampMs: Number(timestamp),
    }
    await onRecord(event as ConsumedRecordOf<Topic>)
    resolveOffset(offset)
    await commitOffsetsIfNecessary()
    await heartbeat()
  }
  // Behind the last record there may be offsets that hold nothing.
  resolveOffset(batch.lastOffset())
}

function fail<Topic extends AvroTopic>({ onError }: ConsumeOptions<Topic>, error: Error): void {
  if (onError !== undefined) onError(error)
  else
    queueMicrotask(() => {
      throw error
    })
}

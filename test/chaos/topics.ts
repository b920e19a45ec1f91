/** Reads topics to their end, as any read-committed consumer would, for the verification. */
import { randomUUID } from 'node:crypto'
import { type AvroTopic, isAvroTopic, type RecordOf } from '../../schemas/subjects.ts'
import { type Codec, createCodec } from '../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'
import { Kafka, logLevel } from '../../services/platform/kafkajs/kafkajs.ts'
import { waitUntil } from './wait-until.ts'

export interface ReadRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: Buffer | null
}

export interface Reading {
  readonly records: readonly ReadRecord[]
  /** Read-committed end of each partition. */
  readonly ends: ReadonlyMap<number, number>
}

export interface TopicsReader {
  readonly read: (topic: string) => Promise<Reading>
  /** Read-committed end of each partition. */
  readonly ends: (topic: string) => Promise<ReadonlyMap<number, number>>
  readonly decode: <T extends AvroTopic>(
    topic: T,
    reading: Reading,
  ) => Promise<{ partition: number; key: string; record: RecordOf[T] | null }[]>
  /** Committed offset and metadata of a group, by partition. */
  readonly committed: (
    group: string,
    topic: string,
  ) => Promise<ReadonlyMap<number, { offset: number; metadata: string }>>
  readonly close: () => Promise<void>
}

export async function createTopicsReader(brokers: string, registryUrl: string): Promise<TopicsReader> {
  const kafka = new Kafka({
    brokers: brokers.split(','),
    clientId: 'chaos',
    logLevel: logLevel.NOTHING,
    retry: { retries: 20 },
  })
  const codec: Codec = createCodec(createRegistryClient({ url: registryUrl }))
  const admin = kafka.admin()
  await admin.connect()

  /** kafkajs fails when it is asked for two topics at once, or just after a leader has moved: asked again, it knows. */
  const endsOf = async (topic: string): Promise<ReadonlyMap<number, number>> => {
    const ends = new Map<number, number>()
    await waitUntil(`the ends of ${topic}`, 60_000, async () => {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        ends.set(partition, Number(high))
      return true
    })
    return ends
  }

  async function read(topic: string): Promise<Reading> {
    const ends = await endsOf(topic)
    const positions = new Map<number, number>()
    const records: ReadRecord[] = []
    const consumer = kafka.consumer({ groupId: `chaos-${randomUUID()}`, maxWaitTimeInMs: 100 })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) positions.set(payload.partition, Number(payload.lastOffset) + 1)
    })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { key, value, headers, offset } of batch.messages) {
          const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)] as const)
          records.push({
            partition: batch.partition,
            offset: Number(offset),
            key: String(key),
            value,
            headers: Object.fromEntries(texts),
          })
        }
        positions.set(batch.partition, Number(batch.lastOffset()) + 1)
      },
    })
    try {
      await waitUntil(`the end of ${topic}`, 60_000, () =>
        [...ends].every(([partition, end]) => (positions.get(partition) ?? 0) >= end),
      )
    } finally {
      await consumer.disconnect()
    }
    return { records, ends }
  }

  return {
    read,
    ends: endsOf,
    async decode(topic, reading) {
      if (!isAvroTopic(topic)) throw new Error(`${topic} holds no Avro`)
      await codec.prepare(reading.records.map(({ value }) => value))
      return reading.records.map(({ partition, key, value }) => ({
        ...{ partition, key },
        record: value === null ? null : codec.decode(topic, value),
      }))
    },
    async committed(group, topic) {
      const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
      return new Map(
        (offsets?.partitions ?? []).map(({ partition, offset, metadata }) => [
          partition,
          { offset: Number(offset), metadata: metadata ?? '' },
        ]),
      )
    },
    close: () => admin.disconnect(),
  }
}

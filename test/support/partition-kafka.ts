/** Kafka for tests of the partition runtime: clients, topics, and everything a topic holds, read committed. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { createKafka, type KafkaClient } from '../../services/platform/kafka/client.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { eventually } from './partition-eventually.ts'
import { type SampleTopics, sampleTopics } from './partition-sample.ts'

export const PARTITIONS = 6

export const kafkaAt = (brokers: string, clientId = 'partition-test'): KafkaClient =>
  createKafka(
    {
      KAFKA_BROKERS: brokers.split(','),
      KAFKA_SSL: false,
      PARTITIONS,
      LOG_LEVEL: 'silent',
    },
    clientId,
    createLogger(clientId, 'silent'),
  )

/** Compacted as soon as the broker looks at it, so that a short test meets what compaction leaves behind. */
export const COMPACT_SOON = {
  'cleanup.policy': 'compact',
  'segment.ms': '3000',
  'min.cleanable.dirty.ratio': '0.01',
}

export async function createTopic(
  admin: Admin,
  topic: string,
  config: Readonly<Record<string, string>> = {},
  numPartitions = PARTITIONS,
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  // As many replicas as the brokers give a topic that says nothing.
  const definition = { topic, numPartitions, replicationFactor: -1, configEntries }
  await admin.createTopics({ waitForLeaders: false, topics: [definition] })
  await eventually(`leaders of ${topic}`, async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }))
    return topics[0]?.partitions.length === numPartitions && topics[0].partitions.every(p => p.leader >= 0)
  })
}

/** Topics of a sample process that nobody else uses. */
export async function createSampleTopics(admin: Admin, numPartitions = PARTITIONS): Promise<SampleTopics> {
  const topics = sampleTopics(`sample-${randomUUID().slice(0, 8)}`)
  await createTopic(admin, topics.plain, {}, numPartitions)
  await createTopic(admin, topics.transactional, {}, numPartitions)
  await createTopic(admin, topics.output, {}, numPartitions)
  await createTopic(admin, topics.table, COMPACT_SOON, numPartitions)
  return topics
}

export interface ReadRecord {
  readonly key: string
  readonly offset: number
  readonly value: Buffer | null
}
export interface ReadTopic {
  /** Records by partition. */
  readonly records: readonly (readonly ReadRecord[])[]
  /** Read-committed ends by partition. */
  readonly ends: readonly number[]
}

export async function readTopic(kafka: KafkaClient, admin: Admin, topic: string): Promise<ReadTopic> {
  const bounds = (await admin.fetchTopicOffsets(topic)).sort((a, b) => a.partition - b.partition)
  const records: ReadRecord[][] = bounds.map(() => [])
  const positions = bounds.map(({ low }) => Number(low))
  const consumer = kafka.consumer({ groupId: `read-${randomUUID()}`, maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    positions[payload.partition] = Number(payload.lastOffset) + 1
  })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { key, offset, value } of batch.messages)
        records[batch.partition]?.push({ key: String(key), offset: Number(offset), value })
    },
  })
  const ends = bounds.map(({ high }) => Number(high))
  await eventually(`the end of ${topic}`, () => ends.every((end, p) => (positions[p] ?? 0) >= end), 60_000)
  await consumer.disconnect()
  return { records, ends }
}

/** A topic of one partition whose first segment holds nothing but an emptied batch, as compaction leaves it behind. */
export async function createEmptiedTopic(
  kafka: KafkaClient,
  admin: Admin,
  topic: string,
  write: (round: number, padding: string) => string,
): Promise<readonly string[]> {
  const keys = Array.from({ length: 18 }, (_, index) => `key-${index}`)
  // Large rounds, so that the broker cannot merge what is left of the first segment with the second.
  const segment = { 'segment.ms': '1000', 'segment.bytes': String(1024 * 1024) }
  await createTopic(admin, topic, { ...COMPACT_SOON, ...segment }, 1)
  for (const round of [1, 2, 3]) {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const padding = 'x'.repeat(round === 3 ? 0 : 50_000)
    const messages = keys.map(key => ({ key, value: write(round, padding) }))
    await producer.send({ topic, acks: -1, messages: round === 3 ? messages.slice(0, 1) : messages })
    await producer.disconnect()
    await delay(1_200)
  }
  const compacted = async () => (await readTopic(kafka, admin, topic)).records[0]?.length === keys.length + 1
  await eventually(`the broker to compact ${topic}`, compacted, 60_000)
  return keys
}

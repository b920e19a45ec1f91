/** Copies topics to another cluster as a mirror does: key, value, headers and time stay, offsets do not. */
import { randomUUID } from 'node:crypto'
import type { Message } from 'kafkajs'
import { Kafka, logLevel } from '../../services/platform/kafkajs/kafkajs.ts'
import { waitUntil } from '../chaos/wait-until.ts'

const clientAt = (brokers: string) =>
  new Kafka({ brokers: brokers.split(','), clientId: 'drill', logLevel: logLevel.NOTHING })

/** @returns how many records it copied. Whoever else writes to them meanwhile is not copied. */
export async function copyTopics(from: string, to: string, topics: readonly string[]): Promise<number> {
  const producer = clientAt(to).producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  let copied = 0
  await readToEnds(from, topics, async (topic, messages) => {
    copied += messages.length
    await producer.send({ topic, acks: -1, messages: [...messages] })
  })
  await producer.disconnect()
  return copied
}

async function readToEnds(
  brokers: string,
  topics: readonly string[],
  take: (topic: string, messages: readonly Message[]) => Promise<void>,
): Promise<void> {
  const kafka = clientAt(brokers)
  const unread = await endsOf(kafka, topics)
  const passed = (topic: string, partition: number, next: number) => {
    if (next >= (unread.get(`${topic}/${partition}`) ?? 0)) unread.delete(`${topic}/${partition}`)
  }
  const consumer = kafka.consumer({ groupId: `drill-${randomUUID()}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: [...topics], fromBeginning: true })
  // Marks of transactions and aborted records are not delivered.
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) passed(payload.topic, payload.partition, Number(payload.lastOffset) + 1)
  })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const { topic, partition } = batch
      const copies = batch.messages.map(({ key, value, headers = {}, timestamp }) => ({
        ...{ key, value, headers, timestamp, partition },
      }))
      await take(topic, copies)
      passed(topic, partition, Number(batch.lastOffset()) + 1)
    },
  })
  await waitUntil('the ends of all topics', 120_000, () => unread.size === 0)
  await consumer.disconnect()
}

/** Of the partitions that hold anything, by `topic/partition`. */
async function endsOf(kafka: InstanceType<typeof Kafka>, topics: readonly string[]) {
  const admin = kafka.admin()
  await admin.connect()
  const ends = new Map<string, number>()
  for (const topic of topics)
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      if (Number(high) > Number(low)) ends.set(`${topic}/${partition}`, Number(high))
  await admin.disconnect()
  return ends
}

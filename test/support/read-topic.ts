/** Everything that is on topics now. */
import { randomUUID } from 'node:crypto'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'

export interface StoredRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly key: string
  readonly value: string
  readonly headers: Readonly<Record<string, string>>
}

/** In the order of offsets within a partition, up to the ends that the topics had when asked. */
export async function readTopics(kafka: KafkaClient, topics: readonly string[]): Promise<StoredRecord[]> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = new Map<string, bigint>()
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) ends.set(`${topic} ${partition}`, BigInt(high))
    }
  }
  await admin.disconnect()
  const records: StoredRecord[] = []
  if (ends.size === 0) return records
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: [...topics], fromBeginning: true })
  await new Promise<void>(resolve => {
    void consumer.run({
      autoCommit: false,
      async eachMessage({ topic, partition, message }) {
        const offset = BigInt(message.offset)
        const end = ends.get(`${topic} ${partition}`)
        records.push({
          topic,
          partition,
          offset,
          key: String(message.key),
          value: String(message.value),
          headers: Object.fromEntries(
            Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
          ),
        })
        if (end !== undefined && offset + 1n >= end) ends.delete(`${topic} ${partition}`)
        if (ends.size === 0) resolve()
      },
    })
  })
  await consumer.disconnect()
  return records
}

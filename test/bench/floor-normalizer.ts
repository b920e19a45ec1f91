/**
 * The least that reads, changes and writes records exactly once on this platform: one kafkajs consumer, JSON.parse,
 * a record of 25 fields in Avro, and one transaction for some thousand records. No state, no checks, no headers; safe
 * as one instance only.
 */
import { createServer } from 'node:http'
import avro from 'avsc'
import { Kafka, logLevel, Partitioners } from '../../services/platform/kafkajs/kafkajs.ts'

const { KAFKA_BROKERS = '', FLOOR_TOPICS = '', FLOOR_OUTPUT = '', FLOOR_GROUP = '', FLOOR_PORT } = process.env
const TRANSACTION = { records: 4_000, ms: 100 }

const text = (name: string) => ({ name, type: ['null', 'string'] as ['null', 'string'] })
const NAMES = Array.from({ length: 24 }, (_, index) => `field_${index}`)
const type = avro.Type.forSchema({
  type: 'record',
  name: 'Floor',
  fields: [{ name: 'key', type: 'string' }, ...NAMES.map(text)],
})

/** The first 24 leaves of a payload, whatever they are. */
function flatten(value: unknown, leaves: string[]): string[] {
  if (leaves.length === NAMES.length) return leaves
  if (typeof value !== 'object' || value === null) leaves.push(String(value))
  else for (const member of Object.values(value)) flatten(member, leaves)
  return leaves
}

function transform(key: string, value: Buffer): Buffer {
  const leaves = flatten(JSON.parse(value.toString()), [])
  return type.toBuffer({
    key,
    ...Object.fromEntries(NAMES.map((name, index) => [name, leaves[index] ?? null])),
  })
}

const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR })
const producer = kafka.producer({
  idempotent: true,
  maxInFlightRequests: 1,
  transactionalId: FLOOR_GROUP,
  createPartitioner: Partitioners.DefaultPartitioner,
})
const consumer = kafka.consumer({ groupId: FLOOR_GROUP, maxWaitTimeInMs: 100 })
const fail = (error: unknown): never => {
  console.error(error)
  process.exit(1)
}

let pending: { key: string; value: Buffer }[] = []
let offsets = new Map<string, { topic: string; partition: number; offset: string }>()
let sinceMs = performance.now()
let committing: Promise<void> | null = null

async function commit(): Promise<void> {
  const [messages, positions] = [pending, [...offsets.values()]]
  pending = []
  offsets = new Map()
  sinceMs = performance.now()
  const transaction = await producer.transaction()
  await transaction.send({ topic: FLOOR_OUTPUT, acks: -1, messages })
  const topics = positions.map(({ topic, partition, offset }) => ({
    topic,
    partitions: [{ partition, offset }],
  }))
  await transaction.sendOffsets({ consumerGroupId: FLOOR_GROUP, topics })
  await transaction.commit()
  committing = null
}

const isDue = () =>
  pending.length >= TRANSACTION.records ||
  (pending.length > 0 && performance.now() - sinceMs >= TRANSACTION.ms)
setInterval(() => {
  if (committing === null && isDue()) committing = commit().catch(fail)
}, 20)

await Promise.all([producer.connect(), consumer.connect()])
await consumer.subscribe({ topics: FLOOR_TOPICS.split(','), fromBeginning: true })
createServer((_request, response) => response.end()).listen(Number(FLOOR_PORT), '127.0.0.1')
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch, heartbeat }) => {
    const { topic, partition, messages } = batch
    for (const { key, value } of messages)
      if (key !== null && value !== null)
        pending.push({ key: key.toString(), value: transform(key.toString(), value) })
    offsets.set(`${topic}/${partition}`, {
      topic,
      partition,
      offset: String(BigInt(batch.lastOffset()) + 1n),
    })
    if (pending.length >= TRANSACTION.records) await committing
    if (committing === null && isDue()) committing = commit().catch(fail)
    await heartbeat()
  },
})
process.on('SIGTERM', () => process.exit(0))

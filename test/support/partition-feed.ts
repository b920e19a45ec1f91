/** Feeds both inputs of a sample: one by an idempotent producer, one in transactions of which a tenth is aborted. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Message, Producer } from 'kafkajs'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import type { SampleTopics } from './partition-sample.ts'

export interface FeedOptions {
  readonly records: number
  readonly perSecond: number
  readonly keys: number
  /** Numbers from 0 up to 1, the same for the same seed. */
  readonly random: () => number
}

const BATCH = 60

/** Mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export async function feed(kafka: KafkaClient, topics: SampleTopics, options: FeedOptions): Promise<void> {
  const { records, perSecond, random } = options
  const plain = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  const transactional = kafka.producer({
    ...{ transactionalId: `${topics.group}-feed`, idempotent: true, maxInFlightRequests: 1 },
  })
  await Promise.all([plain.connect(), transactional.connect()])
  const next = versionsFor(options)
  const startedMs = performance.now()
  for (let sent = 0; sent < records; sent += BATCH) {
    const isLast = sent + BATCH >= records
    await Promise.all([
      plain.send({ topic: topics.plain, acks: -1, messages: next('p', BATCH / 2) }),
      inTransaction(transactional, topics.transactional, next('t', BATCH / 2), !isLast && random() < 0.1),
    ])
    await delay(Math.max(0, startedMs + (sent / perSecond) * 1000 - performance.now()))
  }
  await Promise.all([plain.disconnect(), transactional.disconnect()])
}

/** What an aborted transaction says must never be seen: its versions would win over every other. */
async function inTransaction(
  producer: Producer,
  topic: string,
  messages: Message[],
  isAborted: boolean,
): Promise<void> {
  const transaction = await producer.transaction()
  const value = JSON.stringify({ version: 1e9 })
  await transaction.send({
    topic,
    acks: -1,
    messages: isAborted ? messages.map(message => ({ ...message, value })) : messages,
  })
  await (isAborted ? transaction.abort() : transaction.commit())
}

/** Mostly the next version of some key, sometimes an older one again, now and then one to skip. */
function versionsFor({ keys, random }: FeedOptions): (prefix: string, count: number) => Message[] {
  const newest = new Map<string, number>()
  const one = (prefix: string): Message => {
    const key = `${prefix}-${Math.floor(random() * keys)}`
    const last = newest.get(key) ?? 0
    const isAgain = last > 0 && random() < 0.2
    const version = isAgain ? 1 + Math.floor(random() * last) : last + 1
    newest.set(key, Math.max(last, version))
    const skip = !isAgain && random() < 0.01
    return { key, value: JSON.stringify({ version, ...(skip && { skip }), pad: 'x'.repeat(200) }) }
  }
  return (prefix, count) => Array.from({ length: count }, () => one(prefix))
}

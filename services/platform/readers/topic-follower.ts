/**
 * Topics read whole by one instance, all partitions, for ever. Its consumer is alone in a group of its own and commits
 * nothing: whoever takes the records keeps the positions beside them, so that both are stored or neither is.
 */
import { randomUUID } from 'node:crypto'
import type { Admin, Consumer, IHeaders } from 'kafkajs'
import type { KafkaClient } from '../kafka/client.ts'
import { waitForCoordinator } from '../kafka/group-coordinator.ts'
import type { FetchedBatch } from '../kafkajs/kafkajs.ts'
import type { Bounds } from '../partitions/store.ts'

export interface FollowedRecord {
  readonly offset: number
  readonly key: string
  /** Null is a tombstone. */
  readonly value: Buffer | null
  readonly headers: IHeaders
  readonly timestampMs: number
}

/** What stands between the last position and the next one; `records` may be empty. */
export interface FollowedBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly FollowedRecord[]
  /** Offset to read on from once the records are kept. */
  readonly next: number
}

export interface TopicFollowerOptions {
  readonly kafka: KafkaClient
  readonly topics: readonly string[]
  /** Names the group, for people who list groups. */
  readonly reader: string
  /** Where to read on, by `partitionName`; a partition without one is read from its beginning. */
  readonly positions: ReadonlyMap<string, number>
  /** Awaited before `accept`, such as to fetch the schemas of the values. */
  readonly prepare: (topic: string, values: readonly (Buffer | null)[]) => Promise<void>
  /** Each offset comes once and in order. A promise holds the next fetch back. */
  readonly accept: (batch: FollowedBatch) => Promise<void> | void
  readonly crash: (error: unknown) => never
}

export const partitionName = (topic: string, partition: number): string => `${topic}/${partition}`

/** First offset and end of every partition, by `partitionName`. */
export async function topicBounds(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Bounds>> {
  const all = await Promise.all(
    topics.map(async topic =>
      (await admin.fetchTopicOffsets(topic)).map(
        ({ partition, low, high }) =>
          [partitionName(topic, partition), { low: Number(low), end: Number(high) }] as const,
      ),
    ),
  )
  return new Map(all.flat())
}

export class TopicFollower {
  readonly #options: TopicFollowerOptions
  readonly #group: string
  readonly #admin: Admin
  readonly #consumer: Consumer
  readonly #positions: Map<string, number>
  readonly #joined = Promise.withResolvers<void>()

  constructor(options: TopicFollowerOptions) {
    this.#options = options
    this.#positions = new Map(options.positions)
    this.#group = `${options.reader}-follower-${randomUUID()}`
    this.#admin = options.kafka.admin()
    this.#consumer = options.kafka.consumer({
      groupId: this.#group,
      maxWaitTimeInMs: 100,
      maxBytesPerPartition: 4 * 1024 * 1024,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 40 },
    })
  }

  /** What was accepted so far, by `partitionName`. */
  get positions(): ReadonlyMap<string, number> {
    return this.#positions
  }

  /** Returns once the consumer reads. */
  async start(): Promise<void> {
    const { topics, crash } = this.#options
    const consumer = this.#consumer
    const { GROUP_JOIN, START_BATCH_PROCESS, CRASH } = consumer.events
    await Promise.all([this.#admin.connect(), consumer.connect()])
    await waitForCoordinator(this.#admin, this.#group, topics)
    await this.#admin.disconnect()
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#seek(payload.memberAssignment)
      this.#joined.resolve()
    })
    consumer.on(CRASH, ({ payload }) => crash(payload.error))
    consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return
      const next = Number(payload.lastOffset) + 1
      void this.#pass({ topic: payload.topic, partition: payload.partition, records: [], next })
    })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        await this.#options.prepare(
          batch.topic,
          batch.messages.map(({ value }) => value),
        )
        if (!isStale()) await this.#accept(batch as FetchedBatch)
      },
    })
    await this.#joined.promise
  }

  async stop(): Promise<void> {
    await this.#consumer.disconnect()
  }

  /** kafkajs starts anew at every join, also of partitions that it had. */
  #seek(assignment: Readonly<Record<string, readonly number[]>>): void {
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const offset = this.#positions.get(partitionName(topic, partition))
        if (offset !== undefined) this.#consumer.seek({ topic, partition, offset: String(offset) })
      }
    }
  }

  async #accept(batch: FetchedBatch): Promise<void> {
    const { topic, partition, messages } = batch
    const position = this.#positions.get(partitionName(topic, partition))
    // Fetched before a seek.
    if (position !== undefined && Number(batch.fetchedOffset) !== position) return
    const records = messages.map(({ offset, key, value, headers, timestamp }) => ({
      offset: Number(offset),
      key: key?.toString() ?? '',
      value,
      headers: headers ?? {},
      timestampMs: Number(timestamp),
    }))
    await this.#pass({ topic, partition, records, next: Number(batch.lastOffset()) + 1 })
  }

  async #pass(batch: FollowedBatch): Promise<void> {
    const name = partitionName(batch.topic, batch.partition)
    if (batch.next <= (this.#positions.get(name) ?? -1)) return
    this.#positions.set(name, batch.next)
    try {
      await this.#options.accept(batch)
    } catch (error) {
      // kafkajs would fetch the batch again, and its records would be taken twice.
      this.#options.crash(error)
    }
  }
}

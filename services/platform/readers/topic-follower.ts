/**
 * Topics, read by one instance from given positions on: read-committed, alone in a group of its own, committing nothing.
 * Whoever takes the records keeps the positions beside them, so that both are stored or neither is. It counts positions,
 * never records: the end of a partition may be a control, aborted or compacted record, which is never delivered.
 */
import { randomUUID } from 'node:crypto'
import type { Admin, Consumer, IHeaders } from 'kafkajs'
import { type KafkaClient, principalOf } from '../kafka/client.ts'
import { deniedSentence } from '../kafka/denied.ts'
import { waitForCoordinator } from '../kafka/group-coordinator.ts'
import { LastingConsumer } from '../kafka/lasting-consumer.ts'
import { deniedResource } from '../kafkajs/denial.ts'
import type { FetchedBatch } from '../kafkajs/reading.ts'
import type { Bounds } from '../partitions/store.ts'

export interface FollowedRecord {
  readonly offset: number
  /** As text; null when it has none. */
  readonly key: string | null
  readonly keyBytes: Buffer | null
  /** Null is a tombstone. */
  readonly value: Buffer | null
  readonly headers: IHeaders
  /** When it was written, ms UTC: by the clock of who wrote it. */
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

export interface Place {
  readonly topic: string
  readonly partition: number
}

export interface TopicFollowerOptions {
  readonly kafka: KafkaClient
  readonly topics: readonly string[]
  /** Names the group, for people who list groups. */
  readonly reader: string
  /** Where to read on, by `partitionName`; a partition without one is not read. */
  readonly positions: ReadonlyMap<string, number>
  /** Awaited before `accept`, such as to fetch the schemas of the values. */
  readonly prepare?: (topic: string, values: readonly (Buffer | null)[]) => Promise<void>
  /** Each offset comes once and in order. A promise holds the next fetch back. */
  readonly accept: (batch: FollowedBatch) => Promise<void> | void
  /** Reading broke off for a while; it goes on by itself. */
  readonly interrupted?: (error: unknown) => void
  /** Told once when the cluster takes a right from us, in words, and once when it reads again: null. */
  readonly denied?: (sentence: string | null) => void
  readonly crash: (error: unknown) => void
}

/** Batches of a partition in a row that are not where it stands, before there is no going back. */
const STRAY_BATCHES_MAX = 3

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
  readonly #consumer: Consumer
  readonly #running: LastingConsumer
  readonly #positions: Map<string, number>
  readonly #strays = new Map<string, number>()
  readonly #paused = new Set<string>()
  readonly #joined = Promise.withResolvers<void>()
  #denied: string | null = null

  constructor(options: TopicFollowerOptions) {
    this.#options = options
    this.#positions = new Map(options.positions)
    this.#group = `${options.reader}-${randomUUID()}`
    // Whoever starts it awaits it; before that, a crash is told by `crash` alone.
    this.#joined.promise.catch(() => undefined)
    this.#consumer = options.kafka.consumer({
      groupId: this.#group,
      maxWaitTimeInMs: 100,
      maxBytesPerPartition: 4 * 1024 * 1024,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 40 },
    })
    this.#running = new LastingConsumer({
      consumer: this.#consumer,
      config: {
        autoCommit: false,
        eachBatch: async ({ batch, isStale }) => {
          await options.prepare?.(
            batch.topic,
            batch.messages.map(({ value }) => value),
          )
          if (!isStale()) await this.#accept(batch as FetchedBatch)
        },
      },
      interrupted: error => {
        this.#refused(error)
        options.interrupted?.(error)
      },
      crash: error => {
        this.#joined.reject(error)
        options.crash(error)
      },
    })
  }

  /** What was accepted so far, by `partitionName`. */
  get positions(): ReadonlyMap<string, number> {
    return this.#positions
  }

  /** Which right the cluster denies us, in words; null while it denies none. */
  get denied(): string | null {
    return this.#denied
  }

  /** Returns once the consumer reads. @throws when it crashed before that */
  async start(): Promise<void> {
    const { topics } = this.#options
    const consumer = this.#consumer
    await Promise.all([consumer.connect(), this.#waitForCoordinator()])
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    this.#listen()
    await this.#running.run()
    await this.#joined.promise
  }

  async stop(): Promise<void> {
    this.#running.end()
    await this.#consumer.disconnect()
  }

  /** What was fetched already still comes. */
  pause(places: readonly Place[]): void {
    for (const { topic, partition } of places) this.#paused.add(partitionName(topic, partition))
    this.#consumer.pause(partitionsOf(places))
  }
  resume(places: readonly Place[]): void {
    for (const { topic, partition } of places) this.#paused.delete(partitionName(topic, partition))
    this.#consumer.resume(partitionsOf(places))
  }

  async #waitForCoordinator(): Promise<void> {
    const admin = this.#options.kafka.admin()
    await admin.connect()
    await waitForCoordinator(admin, this.#group, this.#options.topics, {
      principal: principalOf(this.#options.kafka),
    }).finally(() => admin.disconnect())
  }

  #listen(): void {
    const { GROUP_JOIN, START_BATCH_PROCESS, FETCH } = this.#consumer.events
    // To join a group takes another right.
    this.#consumer.on(FETCH, () => this.#setDenied(null))
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#begin(payload.memberAssignment)
      this.#joined.resolve()
    })
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, batchSize, firstOffset, lastOffset } = payload
      if (batchSize === 0 && this.#isNext(topic, partition, Number(firstOffset)))
        void this.#pass({ topic, partition, records: [], next: Number(lastOffset) + 1 })
    })
  }

  #refused(error: unknown): void {
    const { kafka, topics, reader } = this.#options
    const resource = deniedResource(error)
    if (resource === null) return
    const right = resource === 'GROUP' ? `groups "${reader}-*"` : `topics ${topics.join(', ')}`
    this.#setDenied(deniedSentence(`Read on the ${right}`, principalOf(kafka)))
  }

  #setDenied(sentence: string | null): void {
    if (this.#denied === sentence) return
    this.#denied = sentence
    this.#options.denied?.(sentence)
  }

  /** kafkajs starts anew at every join, also where it was; it fetches at once after this. */
  #begin(assignment: Readonly<Record<string, readonly number[]>>): void {
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const name = partitionName(topic, partition)
        const position = this.#positions.get(name)
        if (position !== undefined) this.#seek(topic, partition, position)
        if (position === undefined || this.#paused.has(name))
          this.#consumer.pause(partitionsOf([{ topic, partition }]))
      }
    }
  }

  #seek(topic: string, partition: number, position: number): void {
    this.#consumer.seek({ topic, partition, offset: String(position) })
  }

  /**
   * Whether what was fetched at `from` is what comes next. Otherwise kafkajs has moved by itself, and is sent back; when
   * the topic no longer has where we stand, only a new start helps.
   */
  #isNext(topic: string, partition: number, from: number): boolean {
    const name = partitionName(topic, partition)
    const position = this.#positions.get(name)
    if (position === undefined) return false
    if (from === position) return this.#strays.delete(name) || true
    const strays = (this.#strays.get(name) ?? 0) + 1
    this.#strays.set(name, strays)
    if (strays <= STRAY_BATCHES_MAX) this.#seek(topic, partition, position)
    else this.#options.crash(new Error(`${name}: read at ${from}, although we stand at ${position}`))
    return false
  }

  async #accept(batch: FetchedBatch): Promise<void> {
    const { topic, partition, messages } = batch
    if (!this.#isNext(topic, partition, Number(batch.fetchedOffset))) return
    const records = messages.map(({ offset, key, value, headers, timestamp }) => ({
      offset: Number(offset),
      key: key?.toString() ?? null,
      keyBytes: key,
      value,
      headers: headers ?? {},
      timestampMs: Number(timestamp),
    }))
    await this.#pass({ topic, partition, records, next: Number(batch.lastOffset()) + 1 })
  }

  async #pass(batch: FollowedBatch): Promise<void> {
    this.#positions.set(partitionName(batch.topic, batch.partition), batch.next)
    try {
      await this.#options.accept(batch)
    } catch (error) {
      // kafkajs would fetch the batch again, and its records would be taken twice.
      this.#options.crash(error)
    }
  }
}

const partitionsOf = (places: readonly Place[]) =>
  places.map(({ topic, partition }) => ({ topic, partitions: [partition] }))

/**
 * Topics, read from somewhere to somewhere by whoever owns none of them: read-committed, no offsets committed, alone in
 * a group of its own. It ends by the consumer's position, never by the last record: the end of a partition may be a
 * control, aborted or compacted record, which is never delivered.
 */
import { randomUUID } from 'node:crypto'
import type { Consumer, IHeaders } from 'kafkajs'
import type { KafkaClient } from '../kafka/client.ts'
import { waitForCoordinator } from '../kafka/group-coordinator.ts'
import type { FetchedBatch } from '../kafkajs/kafkajs.ts'
import { type Place, RangeProgress } from './range-progress.ts'
import { type OffsetRange, rangesOf, type Selection } from './topic-ranges.ts'

export interface TopicRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** When it was written, ms UTC: by the clock of who wrote it. */
  readonly timestampMs: number
  /** As text; null when it has none. */
  readonly key: string | null
  readonly keyBytes: Buffer | null
  /** Null: a tombstone. */
  readonly value: Buffer | null
  readonly headers: IHeaders
}

export interface ReadOptions {
  /** Names the reader's group, for people who list groups. */
  readonly reader: string
  readonly signal?: AbortSignal
  /** Offsets passed, of how many; not told while following. */
  readonly onProgress?: (passed: number, all: number) => void
}

/** What may wait for whoever iterates before fetching pauses. It goes on when all of it has been taken. */
const QUEUE_RECORDS_MAX = 5_000
const QUEUE_BYTES_MAX = 32 * 1024 * 1024

/**
 * The records of `ranges`, in order within a partition. Ends when every range has been passed, or when `signal` says
 * so; a range whose end is infinite never is. Leaving the loop early closes the reader.
 */
export async function* readRanges(
  kafka: KafkaClient,
  ranges: readonly OffsetRange[],
  options: ReadOptions,
): AsyncGenerator<TopicRecord> {
  const open = ranges.filter(({ from, end }) => from < end)
  if (open.length === 0 || options.signal?.aborted) return
  const reading = new Reading(kafka, open, options)
  try {
    await reading.start()
    yield* reading.records()
  } finally {
    await reading.stop()
  }
}

/** The records of a selection, up to its end as it is now. */
export async function* readTopics(
  kafka: KafkaClient,
  selection: Selection,
  options: ReadOptions,
): AsyncGenerator<TopicRecord> {
  yield* readRanges(kafka, await rangesOf(kafka, selection), options)
}

class Reading {
  readonly #kafka: KafkaClient
  readonly #groupId: string
  readonly #consumer: Consumer
  readonly #options: ReadOptions
  readonly #progress: RangeProgress
  #queue: TopicRecord[] = []
  #queuedBytes = 0
  #paused = false
  #failure: Error | null = null
  #wake: () => void = () => {}
  readonly #onAbort = () => this.#wake()

  constructor(kafka: KafkaClient, ranges: readonly OffsetRange[], options: ReadOptions) {
    this.#kafka = kafka
    this.#options = options
    this.#progress = new RangeProgress(ranges)
    this.#groupId = `${options.reader}-${randomUUID()}`
    this.#consumer = kafka.consumer({
      groupId: this.#groupId,
      maxWaitTimeInMs: 100,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 },
    })
  }

  async start(): Promise<void> {
    const consumer = this.#consumer
    const { GROUP_JOIN, START_BATCH_PROCESS, CRASH } = consumer.events
    await Promise.all([consumer.connect(), this.#waitForCoordinator()])
    await consumer.subscribe({ topics: [...this.#progress.topics], fromBeginning: true })
    consumer.on(GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment))
    consumer.on(CRASH, ({ payload }) => {
      // Who follows outlives a restart of the broker; who reads to an end wants to hear of it.
      if (!payload.restart || Number.isFinite(this.#progress.counts.all)) this.#fail(payload.error)
    })
    consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      // Control, aborted and compacted records; unless it was fetched before a seek.
      const isNext = Number(payload.firstOffset) === this.#progress.positionOf(payload)
      if (payload.batchSize === 0 && isNext) this.#pass(payload, Number(payload.lastOffset) + 1)
    })
    this.#options.signal?.addEventListener('abort', this.#onAbort)
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        if (!isStale()) this.#accept(batch as FetchedBatch)
      },
    })
  }

  async *records(): AsyncGenerator<TopicRecord> {
    for (;;) {
      const batch = this.#queue
      this.#queue = []
      this.#queuedBytes = 0
      yield* batch
      if (this.#paused && this.#queue.length === 0) this.#resume()
      if (this.#failure !== null) throw this.#failure
      if (this.#options.signal?.aborted) return
      if (this.#queue.length > 0) continue
      if (this.#progress.open.length === 0) return
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  async stop(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    await this.#consumer.disconnect()
  }

  async #waitForCoordinator(): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    await waitForCoordinator(admin, this.#groupId, this.#progress.topics).finally(() => admin.disconnect())
  }

  /** kafkajs fetches at once after this: what is not wanted must be paused before the listener returns. */
  #joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const position = this.#progress.positionOf({ topic, partition })
        if (position !== undefined) this.#consumer.seek({ topic, partition, offset: String(position) })
        if (this.#paused || !this.#progress.isOpen({ topic, partition }))
          this.#consumer.pause(partitionsOf([{ topic, partition }]))
      }
    }
  }

  #accept(batch: FetchedBatch): void {
    if (Number(batch.fetchedOffset) !== this.#progress.positionOf(batch)) return
    const end = this.#progress.endOf(batch)
    for (const { offset, timestamp, key, value, headers } of batch.messages) {
      if (Number(offset) >= end) break
      this.#queue.push({
        topic: batch.topic,
        partition: batch.partition,
        offset: Number(offset),
        timestampMs: Number(timestamp),
        key: key?.toString() ?? null,
        keyBytes: key,
        value,
        headers: headers ?? {},
      })
      this.#queuedBytes += value?.length ?? 0
    }
    this.#pass(batch, Number(batch.lastOffset()) + 1)
    if (this.#queue.length > QUEUE_RECORDS_MAX || this.#queuedBytes > QUEUE_BYTES_MAX) this.#pause()
  }

  #pass(place: Place, next: number): void {
    if (!this.#progress.pass(place, next)) return
    if (!this.#progress.isOpen(place)) this.#consumer.pause(partitionsOf([place]))
    const { passed, all } = this.#progress.counts
    this.#options.onProgress?.(passed, all)
    this.#wake()
  }

  #pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#consumer.pause(partitionsOf(this.#progress.open))
  }
  #resume(): void {
    this.#paused = false
    this.#consumer.resume(partitionsOf(this.#progress.open))
  }

  #fail(error: Error): void {
    this.#failure = error
    this.#wake()
  }
}

const partitionsOf = (places: readonly Place[]) =>
  places.map(({ topic, partition }) => ({ topic, partitions: [partition] }))

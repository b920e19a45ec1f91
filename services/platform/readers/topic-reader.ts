/** Topics, read from somewhere to somewhere by whoever owns none of them, as one stream of records. */
import type { KafkaClient } from '../kafka/client.ts'
import { RangeProgress } from './range-progress.ts'
import {
  type FollowedBatch,
  type FollowedRecord,
  type Place,
  partitionName,
  TopicFollower,
} from './topic-follower.ts'
import { type OffsetRange, rangesOf, type Selection } from './topic-ranges.ts'

export interface TopicRecord extends FollowedRecord, Place {}

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
  readonly #options: ReadOptions
  readonly #progress: RangeProgress
  readonly #follower: TopicFollower
  #queue: TopicRecord[] = []
  #queuedBytes = 0
  #isFull = false
  #failure: unknown = null
  #wake: () => void = () => {}
  readonly #failed = Promise.withResolvers<never>()
  readonly #onAbort = () => this.#wake()

  constructor(kafka: KafkaClient, ranges: readonly OffsetRange[], options: ReadOptions) {
    this.#options = options
    // After the start, whoever takes the records hears of it.
    this.#failed.promise.catch(() => undefined)
    this.#progress = new RangeProgress(ranges)
    this.#follower = new TopicFollower({
      ...{ kafka, topics: this.#progress.topics, reader: options.reader },
      positions: new Map(ranges.map(({ topic, partition, from }) => [partitionName(topic, partition), from])),
      accept: batch => this.#accept(batch),
      // Who follows outlives the absence of brokers; who reads to an end wants to hear of it.
      interrupted: error => {
        if (Number.isFinite(this.#progress.counts.all)) this.#fail(error)
      },
      crash: error => this.#fail(error),
    })
  }

  async start(): Promise<void> {
    this.#options.signal?.addEventListener('abort', this.#onAbort)
    await Promise.race([this.#follower.start(), this.#failed.promise])
  }

  async *records(): AsyncGenerator<TopicRecord> {
    for (;;) {
      const batch = this.#queue
      this.#queue = []
      this.#queuedBytes = 0
      yield* batch
      if (this.#isFull && this.#queue.length === 0) this.#goOn()
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
    await this.#follower.stop()
  }

  #accept({ topic, partition, records, next }: FollowedBatch): void {
    const place = { topic, partition }
    const end = this.#progress.endOf(place)
    for (const record of records) {
      if (record.offset >= end) break
      this.#queue.push({ ...place, ...record })
      this.#queuedBytes += record.value?.length ?? 0
    }
    this.#progress.pass(place, next)
    if (!this.#progress.isOpen(place)) this.#follower.pause([place])
    if (this.#queue.length > QUEUE_RECORDS_MAX || this.#queuedBytes > QUEUE_BYTES_MAX) this.#stopFetching()
    const { passed, all } = this.#progress.counts
    this.#options.onProgress?.(passed, all)
    this.#wake()
  }

  #stopFetching(): void {
    if (this.#isFull) return
    this.#isFull = true
    this.#follower.pause(this.#progress.open)
  }
  #goOn(): void {
    this.#isFull = false
    this.#follower.resume(this.#progress.open)
  }

  #fail(error: unknown): void {
    this.#failure = error
    this.#failed.reject(error)
    this.#wake()
  }
}

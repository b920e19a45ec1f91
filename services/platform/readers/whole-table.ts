/**
 * A compacted topic, read whole by every instance: all partitions, into one local store, followed for ever.
 * Its consumer is alone in a group of its own and commits nothing; the store holds the checkpoints.
 */
import { randomUUID } from 'node:crypto'
import type { Admin, Consumer } from 'kafkajs'
import type { KafkaClient } from '../kafka/client.ts'
import { waitForCoordinator } from '../kafka/group-coordinator.ts'
import type { FetchedBatch } from '../kafkajs/kafkajs.ts'
import type { StoreEntry } from '../partitions/processor.ts'
import type { Bounds, PartitionStore } from '../partitions/store.ts'
import { openPartitionStore } from '../partitions/store.ts'

export interface WholeTableOptions {
  readonly kafka: KafkaClient
  readonly topic: string
  /** Names the group, for people who list groups. */
  readonly reader: string
  readonly path: string
  readonly prepare: (values: readonly (Buffer | null)[]) => Promise<void>
  /** What the store keeps of one record; a null value is a tombstone. Pure. */
  readonly entries: (key: string, value: Buffer | null) => readonly StoreEntry[]
  readonly crash: (error: unknown) => never
}

/** Batches in a row that are not where the table stands, before that is a bug. */
const STRAY_BATCHES_MAX = 3

export class WholeTable {
  readonly #options: WholeTableOptions
  readonly #group: string
  readonly #admin: Admin
  readonly #consumer: Consumer
  readonly #store: PartitionStore
  readonly #listeners = new Set<(keys: readonly string[]) => void>()
  readonly #positions = new Map<number, number>()
  readonly #targets = new Map<number, number>()
  readonly #complete = Promise.withResolvers<void>()
  #strayBatches = 0

  constructor(options: WholeTableOptions) {
    this.#options = options
    this.#store = openPartitionStore(options.path, Date.now)
    this.#admin = options.kafka.admin()
    this.#group = `${options.reader}-table-${randomUUID()}`
    this.#consumer = options.kafka.consumer({
      groupId: this.#group,
      maxWaitTimeInMs: 100,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 40 },
    })
  }

  get(key: string): unknown {
    return this.#store.get(key)
  }
  scan(prefix: string): Iterable<StoreEntry> {
    return this.#store.scan(prefix)
  }

  /** Calls `listener` with the record keys of each batch, once the store shows them. Returns how to stop. */
  onChange(listener: (keys: readonly string[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Returns when the table is as complete as the topic was when this was called. */
  async start(): Promise<void> {
    const { topic, prepare } = this.#options
    const consumer = this.#consumer
    await Promise.all([this.#admin.connect(), consumer.connect()])
    await waitForCoordinator(this.#admin, this.#group, [topic])
    await this.#findPositions()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    this.#listen()
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        await prepare(batch.messages.map(({ value }) => value))
        if (!isStale()) this.#accept(batch as FetchedBatch)
      },
    })
    this.#finishIfComplete()
    await this.#complete.promise
  }

  async #findPositions(): Promise<void> {
    const bounds = new Map<string, Bounds>()
    for (const { partition, low, high } of await this.#admin.fetchTopicOffsets(this.#options.topic)) {
      bounds.set(String(partition), { low: Number(low), end: Number(high) })
      this.#targets.set(partition, Number(high))
    }
    for (const [partition, offset] of this.#store.checkpoints(bounds))
      this.#positions.set(Number(partition), offset)
  }

  #listen(): void {
    const { GROUP_JOIN, START_BATCH_PROCESS, CRASH } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, () => {
      for (const partition of this.#positions.keys()) this.#seek(partition)
    })
    this.#consumer.on(CRASH, ({ payload }) => this.#options.crash(payload.error))
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      const { partition, batchSize, firstOffset, lastOffset } = payload
      if (batchSize === 0 && Number(firstOffset) === this.#positions.get(partition))
        this.#pass(partition, Number(lastOffset) + 1, [])
    })
  }

  async stop(): Promise<void> {
    await this.#consumer.disconnect()
    await this.#admin.disconnect()
    await this.#store.close()
  }

  #seek(partition: number): void {
    const { topic } = this.#options
    this.#consumer.seek({ topic, partition, offset: String(this.#positions.get(partition) ?? 0) })
  }

  #accept(batch: FetchedBatch): void {
    const { partition, fetchedOffset, messages } = batch
    if (Number(fetchedOffset) !== this.#positions.get(partition)) return this.#stray(batch)
    this.#strayBatches = 0
    const entries = messages.flatMap(({ key, value }) =>
      key === null ? [] : this.#options.entries(key.toString(), value),
    )
    this.#pass(partition, Number(batch.lastOffset()) + 1, entries)
    const keys = messages.flatMap(({ key }) => (key === null ? [] : [key.toString()]))
    for (const listener of this.#listeners) listener(keys)
  }

  /** kafkajs moved by itself: go back. When the topic no longer has where we stand, only a new start helps. */
  #stray({ partition, fetchedOffset }: FetchedBatch): void {
    this.#strayBatches++
    if (this.#strayBatches <= STRAY_BATCHES_MAX) return this.#seek(partition)
    const { topic, crash } = this.#options
    crash(new Error(`${topic}/${partition}: read at ${fetchedOffset}, not where the table stands`))
  }

  #pass(partition: number, next: number, entries: readonly StoreEntry[]): void {
    this.#positions.set(partition, next)
    this.#store.apply(entries, [[String(partition), next]], this.#isComplete())
    this.#finishIfComplete()
  }

  #isComplete(): boolean {
    return [...this.#targets].every(([partition, end]) => (this.#positions.get(partition) ?? 0) >= end)
  }
  #finishIfComplete(): void {
    if (this.#isComplete()) this.#complete.resolve()
  }
}

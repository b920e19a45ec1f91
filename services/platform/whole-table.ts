/**
 * A compacted topic, read whole by every instance: all partitions, into one local store, followed for ever.
 * Its consumer is alone in a group of its own and commits nothing; the store holds the checkpoints.
 */
import { randomUUID } from 'node:crypto'
import type { Admin, Consumer } from 'kafkajs'
import type { KafkaClient } from './kafka.ts'
import type { FetchedBatch } from './kafkajs.ts'
import type { Bounds, PartitionStore } from './partition-store.ts'
import { openPartitionStore } from './partition-store.ts'
import type { StoreEntry } from './processor.ts'

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

export class WholeTable {
  readonly #options: WholeTableOptions
  readonly #admin: Admin
  readonly #consumer: Consumer
  readonly #store: PartitionStore
  readonly #listeners = new Set<(keys: readonly string[]) => void>()
  readonly #positions = new Map<number, number>()
  readonly #targets = new Map<number, number>()
  readonly #complete = Promise.withResolvers<void>()

  constructor(options: WholeTableOptions) {
    this.#options = options
    this.#store = openPartitionStore(options.path, Date.now)
    this.#admin = options.kafka.admin()
    this.#consumer = options.kafka.consumer({
      groupId: `${options.reader}-table-${randomUUID()}`,
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
    const { topic, crash, prepare } = this.#options
    const consumer = this.#consumer
    const { GROUP_JOIN, START_BATCH_PROCESS, CRASH } = consumer.events
    await Promise.all([this.#admin.connect(), consumer.connect()])
    const bounds = new Map<string, Bounds>()
    for (const { partition, low, high } of await this.#admin.fetchTopicOffsets(topic)) {
      bounds.set(String(partition), { low: Number(low), end: Number(high) })
      this.#targets.set(partition, Number(high))
    }
    for (const [partition, offset] of await this.#store.checkpoints(bounds))
      this.#positions.set(Number(partition), offset)
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    consumer.on(GROUP_JOIN, () => this.#seek())
    consumer.on(CRASH, ({ payload }) => crash(payload.error))
    consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#pass(payload.partition, Number(payload.lastOffset) + 1, [])
    })
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

  async stop(): Promise<void> {
    await this.#consumer.disconnect()
    await this.#admin.disconnect()
    await this.#store.close()
  }

  #seek(): void {
    const { topic } = this.#options
    for (const [partition, offset] of this.#positions) {
      this.#consumer.seek({ topic, partition, offset: String(offset) })
    }
  }

  #accept(batch: FetchedBatch): void {
    if (Number(batch.fetchedOffset) !== this.#positions.get(batch.partition)) return
    const entries = batch.messages.flatMap(({ key, value }) =>
      key === null ? [] : this.#options.entries(key.toString(), value),
    )
    this.#pass(batch.partition, Number(batch.lastOffset()) + 1, entries)
    const keys = batch.messages.flatMap(({ key }) => (key === null ? [] : [key.toString()]))
    for (const listener of this.#listeners) listener(keys)
  }

  #pass(partition: number, next: number, entries: readonly StoreEntry[]): void {
    if (next <= (this.#positions.get(partition) ?? 0)) return
    this.#positions.set(partition, next)
    this.#store.apply(entries, [[String(partition), next]])
    this.#finishIfComplete()
  }

  #finishIfComplete(): void {
    const complete = [...this.#targets].every(
      ([partition, end]) => (this.#positions.get(partition) ?? 0) >= end,
    )
    if (complete) this.#complete.resolve()
  }
}

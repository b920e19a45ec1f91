/**
 * A compacted topic, read whole by every instance: all partitions, into one local store, followed for ever. The store
 * holds the checkpoints.
 */
import { type AdminClient, createAdminClient } from '../kafka/admin.ts'
import type { KafkaClient } from '../kafka/client.ts'
import { logIdsOf } from '../partitions/log-id.ts'
import type { Losses } from '../partitions/losses.ts'
import type { StoreEntry, Table } from '../partitions/processor.ts'
import { entriesOf, namesOf, type SetAside, setAside, setAsideKey } from '../partitions/set-aside.ts'
import { openPartitionStore, type PartitionStore, readThrough } from '../partitions/store.ts'
import { WriteBehind } from '../partitions/write-behind.ts'
import {
  type FollowedBatch,
  type Place,
  partitionName,
  TopicFollower,
  topicBounds,
} from './topic-follower.ts'

export interface WholeTableOptions {
  readonly kafka: KafkaClient
  readonly topic: string
  /** Names the group, for people who list groups. */
  readonly reader: string
  readonly path: string
  readonly prepare: (values: readonly (Buffer | null)[]) => Promise<void>
  /** What the store keeps of one record; a null value is a tombstone. Pure. */
  readonly entries: Table['entries']
  /**
   * Told when the topic holds less of a partition than the table knows: it is read again from its beginning, and what
   * it says no more stays known.
   */
  readonly lost: (partition: number, losses: Losses) => void
  /** Told of each record that nobody can read; the table keeps what it knew. */
  readonly unreadable: (at: Place & { readonly offset: number }) => void
  /** Told once when the cluster takes the right to read the topic from us, in words, and once when it gives it back: null. */
  readonly denied: (sentence: string | null) => void
  readonly crash: (error: unknown) => never
}

export class WholeTable {
  readonly #options: WholeTableOptions
  readonly #store: PartitionStore
  readonly #behind: WriteBehind
  readonly #admin: AdminClient
  readonly #listeners = new Set<(keys: readonly string[]) => void>()
  /** What the topic held when this started, by `partitionName`. */
  readonly #targets = new Map<string, number>()
  readonly #setAside: Set<string>
  readonly #awaited = new Set<Awaited>()
  #follower: TopicFollower | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: WholeTableOptions) {
    this.#options = options
    this.#store = openPartitionStore(options.path, Date.now)
    this.#behind = new WriteBehind(this.#store)
    this.#admin = createAdminClient(options.kafka)
    this.#setAside = namesOf(this.#store)
  }

  get(key: string): unknown {
    return this.#behind.get(key)
  }
  scan(prefix: string): Iterable<StoreEntry> {
    return this.#behind.scan(prefix)
  }

  /** Records that nobody can read and that nothing has replaced yet. */
  setAside(): Iterable<SetAside> {
    return setAside(this.#behind)
  }

  /** Which right the cluster denies us, in words: what the table shows may be old then. */
  get denied(): string | null {
    return this.#follower?.denied ?? null
  }

  /** Calls `listener` with the record keys of each batch, once the store shows them. Returns how to stop. */
  onChange(listener: (keys: readonly string[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Returns when the table is as complete as the topic was when this was called. */
  async start(): Promise<void> {
    const { kafka, topic, reader, prepare, denied, crash } = this.#options
    this.#follower = new TopicFollower({
      ...{ kafka, topics: [topic], reader: `${reader}-table`, positions: await this.#findPositions() },
      ...{ denied, crash },
      prepare: (_topic, values) => prepare(values),
      accept: batch => this.#accept(batch),
    })
    await this.#follower.start()
    await this.#reach(this.#targets)
  }

  /**
   * Returns when the table is as complete as the topic was when this was called: before that, what it does not know may
   * have been said already.
   * @throws when the brokers do not answer, or the signal aborts
   */
  async untilLevel(signal: AbortSignal): Promise<void> {
    const bounds = await this.#admin.use(admin => topicBounds(admin, [this.#options.topic]))
    signal.throwIfAborted()
    const read = [...bounds].filter(([name]) => this.#follower?.positions.has(name))
    await this.#reach(new Map(read.map(([name, { end }]) => [name, end])), signal)
  }

  async stop(): Promise<void> {
    await Promise.all([this.#follower?.stop(), this.#admin.close()])
    this.#storeNow()
    await this.#store.close()
  }

  async #findPositions(): Promise<ReadonlyMap<string, number>> {
    const { topic } = this.#options
    const [found, logs] = await this.#admin.use(admin =>
      Promise.all([topicBounds(admin, [topic]), logIdsOf(admin, [topic])]),
    )
    const log = logs.get(topic) ?? ''
    const bounds = new Map([...found].map(([name, of]) => [name, { ...of, log }]))
    for (const [name, { end }] of bounds) this.#targets.set(name, end)
    const losses = this.#store.losses(bounds)
    for (const name of losses) this.#options.lost(Number(name.split('/')[1]), { open: [], rebuilt: [topic] })
    return losses.length === 0 ? this.#store.checkpoints(bounds) : this.#store.rememberLost(bounds)
  }

  #accept({ topic, partition, records, next }: FollowedBatch): void {
    const keyed = records.flatMap(({ key, value, offset }) => (key === null ? [] : [{ key, value, offset }]))
    const entries = new Map<string, unknown>()
    const state = readThrough(entries, this.#behind)
    for (const record of keyed) {
      for (const [name, kept] of entriesOf(this.#options, record, state, this.#setAside))
        entries.set(name, kept)
      if (this.#setAside.has(setAsideKey(topic, record.key)))
        this.#options.unreadable({ topic, partition, offset: record.offset })
    }
    this.#behind.add(entries, [[partitionName(topic, partition), next]], performance.now())
    this.#storeInTime()
    for (const awaited of this.#awaited) if (this.#holds(awaited.ends)) awaited.reached()
    for (const listener of this.#listeners) listener(keyed.map(({ key }) => key))
  }

  #storeInTime(): void {
    const waitMs = this.#behind.dueMs - performance.now()
    if (waitMs <= 0) this.#storeNow()
    else this.#timer ??= setTimeout(() => this.#storeOrCrash(), waitMs)
  }

  #storeOrCrash(): void {
    try {
      this.#storeNow()
    } catch (error) {
      this.#options.crash(error)
    }
  }
  #storeNow(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#behind.store(this.#isComplete())
  }

  #isComplete = (): boolean => this.#holds(this.#targets)

  #holds(ends: Ends): boolean {
    const positions = this.#follower?.positions
    return [...ends].every(([name, end]) => (positions?.get(name) ?? 0) >= end)
  }

  async #reach(ends: Ends, signal?: AbortSignal): Promise<void> {
    if (this.#holds(ends)) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const awaited = { ends, reached: resolve }
    const aborted = () => reject(signal?.reason)
    this.#awaited.add(awaited)
    signal?.addEventListener('abort', aborted, { once: true })
    try {
      await promise
    } finally {
      this.#awaited.delete(awaited)
      signal?.removeEventListener('abort', aborted)
    }
  }
}

/** By `partitionName`. */
type Ends = ReadonlyMap<string, number>
interface Awaited {
  readonly ends: Ends
  readonly reached: () => void
}

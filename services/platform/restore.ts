/** Brings the store of one partition up to its topics: what happens between the fence and the first decision. */
import type { FetchedBatch } from './kafkajs.ts'
import type { Bounds, PartitionStore } from './partition-store.ts'
import type { State, StoreEntry, Table } from './processor.ts'

interface Progress {
  readonly table: Table
  readonly target: number
  position: number
}

export class Restore {
  readonly #store: PartitionStore
  readonly #progress: ReadonlyMap<string, Progress>
  readonly done: Promise<void>
  readonly #finish: () => void
  /** Records between the checkpoints and the targets. */
  readonly behind: number

  private constructor(store: PartitionStore, progress: readonly Progress[]) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#store = store
    this.#progress = new Map(progress.map(item => [item.table.topic, item]))
    this.behind = progress.reduce((sum, { position, target }) => sum + Math.max(0, target - position), 0)
    this.done = promise
    this.#finish = resolve
    this.#finishIfComplete()
  }

  /** @param bounds of each table: `low` as the topic has it, `end` as far as the store shall go */
  static async begin(
    store: PartitionStore,
    tables: readonly Table[],
    bounds: ReadonlyMap<string, Bounds>,
  ): Promise<Restore> {
    const checkpoints = await store.checkpoints(bounds)
    return new Restore(
      store,
      tables.map(table => ({
        table,
        target: bounds.get(table.topic)?.end ?? 0,
        position: checkpoints.get(table.topic) ?? 0,
      })),
    )
  }

  /** Topics still to be read, with the offset to read on from. */
  get pending(): readonly { topic: string; position: number }[] {
    return [...this.#progress]
      .filter(([, { position, target }]) => position < target)
      .map(([topic, { position }]) => ({ topic, position }))
  }

  reads(topic: string): boolean {
    const progress = this.#progress.get(topic)
    return progress !== undefined && progress.position < progress.target
  }

  /** @throws when the batch does not continue where the last one ended: it was fetched before a seek. */
  accept(batch: FetchedBatch): void {
    const progress = this.#progress.get(batch.topic)
    if (progress === undefined) return
    if (Number(batch.fetchedOffset) !== progress.position) {
      throw new Error(`${batch.topic}: batch at ${batch.fetchedOffset}, expected ${progress.position}`)
    }
    const entries = new Map<string, unknown>()
    const state = readThrough(entries, this.#store)
    for (const { key, value, offset } of batch.messages) {
      if (key === null || Number(offset) >= progress.target) continue
      for (const [name, kept] of progress.table.entries(key.toString(), value, state)) entries.set(name, kept)
    }
    this.#passTo(progress, Number(batch.lastOffset()) + 1, entries)
  }

  /** Offsets that carry nothing were passed. */
  skip(topic: string, next: number): void {
    const progress = this.#progress.get(topic)
    if (progress !== undefined && next > progress.position) this.#passTo(progress, next, [])
  }

  #passTo(progress: Progress, next: number, entries: Iterable<StoreEntry>): void {
    progress.position = next
    this.#store.apply(entries, [[progress.table.topic, Math.min(next, progress.target)]])
    this.#finishIfComplete()
  }

  #finishIfComplete(): void {
    if (this.pending.length === 0) this.#finish()
  }
}

const readThrough = (entries: ReadonlyMap<string, unknown>, store: PartitionStore): State => ({
  get: key => (entries.has(key) ? entries.get(key) : store.get(key)),
  scan: prefix => store.scan(prefix),
})

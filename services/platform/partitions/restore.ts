/** Brings the store of one partition up to its topics: what happens between the fence and the first decision. */
import type { FetchedBatch } from '../kafkajs/reading.ts'
import type { StoreEntry, Table } from './processor.ts'
import { entriesOf, namesOf } from './set-aside.ts'
import { type PartitionStore, readThrough, type TableBounds } from './store.ts'

interface Progress {
  readonly table: Table
  readonly target: number
  position: number
}

export class Restore {
  readonly #store: PartitionStore
  readonly #progress: ReadonlyMap<string, Progress>
  readonly #setAside: Set<string>
  readonly #done = Promise.withResolvers<void>()

  /** @param bounds of each table: `low` as the topic has it, `end` as far as the store shall go */
  constructor(store: PartitionStore, tables: readonly Table[], bounds: ReadonlyMap<string, TableBounds>) {
    const checkpoints = store.checkpoints(bounds)
    this.#store = store
    this.#setAside = namesOf(store)
    this.#progress = new Map(
      tables.map(table => [
        table.topic,
        {
          table,
          target: bounds.get(table.topic)?.end ?? 0,
          position: checkpoints.get(table.topic) ?? 0,
        },
      ]),
    )
    this.#finishIfComplete()
  }

  get done(): Promise<void> {
    return this.#done.promise
  }

  /** Offsets between the positions and the targets. */
  get behind(): number {
    return [...this.#progress.values()].reduce(
      (sum, { position, target }) => sum + Math.max(0, target - position),
      0,
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
      const record = { key: key.toString(), value, offset: Number(offset) }
      for (const [name, kept] of entriesOf(progress.table, record, state, this.#setAside))
        entries.set(name, kept)
    }
    this.#passTo(progress, Number(batch.lastOffset()) + 1, entries)
  }

  /** Offsets from `from` up to `next` carry nothing. Ignored when they were fetched before a seek. */
  skip(topic: string, from: number, next: number): void {
    const progress = this.#progress.get(topic)
    if (progress !== undefined && from === progress.position) this.#passTo(progress, next, [])
  }

  #passTo(progress: Progress, next: number, entries: Iterable<StoreEntry>): void {
    progress.position = next
    const checkpoint = Math.min(next, progress.target)
    this.#store.apply(entries, [[progress.table.topic, checkpoint]], this.pending.length === 0)
    this.#finishIfComplete()
  }

  #finishIfComplete(): void {
    if (this.pending.length === 0) this.#done.resolve()
  }
}

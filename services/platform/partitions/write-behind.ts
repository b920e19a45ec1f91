/**
 * What is on its way to a store, and the store as it will be then. Each transaction of the store waits for the disk, and
 * holds up everything else meanwhile. The store is a cache of topics: what it lacks after a crash is read again, so that
 * much may go into it together.
 */
import type { StoreEntry } from './processor.ts'
import { type PartitionStore, readThrough } from './store.ts'

/** What waits in memory, and what is read again after a crash, at the most. */
const LIMITS = { entries: 500, ms: 200 }

export class WriteBehind {
  readonly #store: Pick<PartitionStore, 'get' | 'scan' | 'apply'>
  #entries = new Map<string, unknown>()
  #checkpoints = new Map<string, number>()
  #dueMs = Number.POSITIVE_INFINITY

  constructor(store: Pick<PartitionStore, 'get' | 'scan' | 'apply'>) {
    this.#store = store
  }

  get(key: string): unknown {
    return this.#entries.has(key) ? this.#entries.get(key) : this.#store.get(key)
  }
  scan(prefix: string): Iterable<StoreEntry> {
    return readThrough(this.#entries, this.#store).scan(prefix)
  }

  /** When it shall be stored; infinite while nothing waits. Milliseconds of the clock that `add` is given. */
  get dueMs(): number {
    return this.#entries.size >= LIMITS.entries ? Number.NEGATIVE_INFINITY : this.#dueMs
  }

  /** @param checkpoints up to where each topic is true with the entries */
  add(
    entries: Iterable<StoreEntry>,
    checkpoints: Iterable<readonly [topic: string, offset: number]>,
    nowMs: number,
  ): void {
    this.#dueMs = Math.min(this.#dueMs, nowMs + LIMITS.ms)
    for (const [key, value] of entries) this.#entries.set(key, value)
    for (const [topic, offset] of checkpoints) this.#checkpoints.set(topic, offset)
  }

  /**
   * Synchronous, as the store is: whoever may use it before may use it after.
   * @param isComplete whether the store is level with its topics then
   */
  store(isComplete: boolean): void {
    if (this.#dueMs === Number.POSITIVE_INFINITY) return
    this.#store.apply(this.#entries, this.#checkpoints, isComplete)
    this.#entries = new Map()
    this.#checkpoints = new Map()
    this.#dueMs = Number.POSITIVE_INFINITY
  }
}

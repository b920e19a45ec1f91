/**
 * Committed steps on their way to the store. Each transaction of the store waits for the disk, and the store is a cache
 * of topics: what it lacks after a crash is read again, so that several steps may go into it together.
 */

import type { PartitionStore } from '../store.ts'
import type { Step, Steps } from './steps.ts'

/** What waits in memory, and what is read again after a crash, at the most. */
const LIMITS = { entries: 500, ms: 200 }

export class WriteBehind<Effect> {
  readonly #steps: Pick<Steps<Effect>, 'stored'>
  readonly #store: Pick<PartitionStore, 'apply'>
  #waiting: Step<Effect>[] = []
  #entries = new Map<string, unknown>()
  #checkpoints = new Map<string, number>()
  #dueMs = Number.POSITIVE_INFINITY

  constructor(steps: Pick<Steps<Effect>, 'stored'>, store: Pick<PartitionStore, 'apply'>) {
    this.#steps = steps
    this.#store = store
  }

  /** When it shall be stored; infinite while nothing waits. Milliseconds of the clock that `add` is given. */
  get dueMs(): number {
    return this.#entries.size >= LIMITS.entries ? Number.NEGATIVE_INFINITY : this.#dueMs
  }

  /** @param checkpoints up to where each topic is true with the step */
  add(
    step: Step<Effect>,
    checkpoints: Iterable<readonly [topic: string, offset: number]>,
    nowMs: number,
  ): void {
    if (this.#waiting.length === 0) this.#dueMs = nowMs + LIMITS.ms
    this.#waiting.push(step)
    for (const [key, value] of step.entries) this.#entries.set(key, value)
    for (const [topic, offset] of checkpoints) this.#checkpoints.set(topic, offset)
  }

  /** Synchronous, as the store is: whoever may use it before may use it after. */
  store(): void {
    this.#store.apply(this.#entries, this.#checkpoints, true)
    for (const step of this.#waiting) this.#steps.stored(step)
    this.#waiting = []
    this.#entries = new Map()
    this.#checkpoints = new Map()
    this.#dueMs = Number.POSITIVE_INFINITY
  }
}

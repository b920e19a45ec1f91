/**
 * Where one input topic of one partition stands, and what became of every offset so far.
 *
 * `fetched` is what the consumer asks for next, `decided` what may be committed. They differ only while a record waits
 * for a fact from outside; records behind it wait too, so that offsets are decided in order.
 */
import { OUTCOMES, type OutcomeName } from './processor.ts'

/** Cumulative since `first`. They ride in the metadata of the offset commit, so that they survive a kill. */
export type Counts = { first: number; void: number } & Record<OutcomeName, number>

interface Waiting {
  ready: boolean
  readonly apply: () => void
}

export class InputCursor {
  readonly topic: string
  readonly counts: Counts
  fetched: number
  decided: number
  readonly #waiting: Waiting[] = []

  /**
   * @param committed the group's committed offset, -1 when there is none
   * @param low first offset that the topic still has: what retention took before it was read is void, and an alarm
   */
  constructor(topic: string, committed: number, metadata: string | null, low: number) {
    const position = Math.max(committed, low)
    this.topic = topic
    this.counts = readCounts(metadata) ?? newCounts(position)
    this.decided = Math.max(committed, this.counts.first)
    this.fetched = position
    this.#decideUpTo(position)
  }

  /** Records whose fact is still awaited. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Offsets before `next` hold nothing that is delivered: control, aborted or compacted records. */
  pass(next: number): void {
    this.fetched = Math.max(this.fetched, next)
    this.#inOrder(null, () => this.#decideUpTo(next))
  }

  /** Calls `decide` once every earlier offset is decided and `fact` is there. */
  arrive(offset: number, fact: Promise<unknown> | null, decide: (fact: unknown) => OutcomeName): void {
    this.fetched = offset + 1
    let known: unknown = null
    const settled = fact?.then(value => {
      known = value
    })
    this.#inOrder(settled ?? null, () => {
      this.#decideUpTo(offset)
      this.counts[decide(known)]++
      this.decided = offset + 1
    })
  }

  /** 0, or a bug. */
  get delta(): number {
    const { first, void: nothing } = this.counts
    return this.decided - first - nothing - OUTCOMES.reduce((sum, name) => sum + this.counts[name], 0)
  }

  #decideUpTo(next: number): void {
    if (next <= this.decided) return
    this.counts.void += next - this.decided
    this.decided = next
  }

  #inOrder(fact: Promise<void> | null, apply: () => void): void {
    if (fact === null && this.#waiting.length === 0) {
      apply()
      return
    }
    const waiting: Waiting = { ready: fact === null, apply }
    this.#waiting.push(waiting)
    fact?.then(() => {
      waiting.ready = true
      this.#drain()
    })
  }

  #drain(): void {
    while (this.#waiting[0]?.ready) this.#waiting.shift()?.apply()
  }
}

const newCounts = (first: number): Counts => ({
  first,
  void: 0,
  published: 0,
  duplicate: 0,
  skipped: 0,
  dead_lettered: 0,
})

function readCounts(metadata: string | null): Counts | null {
  if (metadata === null || metadata === '') return null
  const counts: unknown = JSON.parse(metadata)
  return isCounts(counts) ? counts : null
}

const isCounts = (value: unknown): value is Counts =>
  typeof value === 'object' &&
  value !== null &&
  ['first', 'void', ...OUTCOMES].every(name => Number.isInteger(Reflect.get(value, name)))

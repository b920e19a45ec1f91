/**
 * Where one input topic of one partition stands, and what became of every offset so far.
 *
 * `fetched` is what the consumer asks for next, `decided` what may be committed. They differ only while a record waits
 * for a fact from outside; records behind it wait too, so that offsets are decided in order.
 */
import { type CountedAs, OUTCOMES, type OutcomeName } from './processor.ts'

/**
 * Cumulative since `first`. They ride in the metadata of the offset commit, so that they survive a kill. `void` counts
 * offsets that hold nothing, canaries among them; of these, `lost` were taken by retention before they were read.
 */
export type Counts = { first: number; void: number; lost: number } & Record<OutcomeName, number>

/** Facts asked for at the same time. A batch can hold thousands of records that need one. */
const ASKED_MAX = 50

/** Something from outside that a record cannot be decided without; null when it needs nothing. */
type Fact = Promise<unknown> | null

interface Waiting {
  readonly lookUp: () => Fact
  readonly apply: (fact: unknown) => void
  isReady: boolean
  fact: unknown
}

export class InputCursor {
  readonly topic: string
  readonly counts: Counts
  /** What the group has committed, where this began; where nothing is committed, the beginning itself. */
  readonly committed: number
  fetched: number
  decided: number
  readonly #waiting: Waiting[] = []
  /** How many of `#waiting`, from the front, were asked for their fact; and how many of those have no answer yet. */
  #asked = 0
  #unanswered = 0

  /**
   * @param committed the group's committed offset, negative when there is none
   * @param metadata of that commit; what is not ours counts as none
   * @param low first offset that the topic still has: what retention took before it was read is lost
   */
  constructor(topic: string, committed: number, metadata: string | null, low: number) {
    const position = Math.max(committed, low)
    this.topic = topic
    this.counts = readCounts(metadata) ?? newCounts(position)
    this.decided = Math.max(committed, this.counts.first)
    this.fetched = position
    this.committed = committed >= 0 ? committed : position
    if (committed >= 0) this.counts.lost += position - committed
    this.#decideUpTo(position)
  }

  /** What waits for a fact, or behind a record that does. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Offsets before `next` hold nothing that is delivered: control, aborted or compacted records. */
  pass(next: number): void {
    this.fetched = Math.max(this.fetched, next)
    this.#inOrder(
      () => null,
      () => this.#decideUpTo(next),
    )
  }

  /**
   * Calls `decide` once every earlier offset is decided and the fact is there.
   * @param fact or how to ask for it, which happens when few others are awaited; must not reject
   */
  arrive(offset: number, fact: Fact | (() => Fact), decide: (fact: unknown) => CountedAs): void {
    this.fetched = offset + 1
    this.#inOrder(typeof fact === 'function' ? fact : () => fact, known => {
      this.#decideUpTo(offset)
      this.counts[decide(known)]++
      this.decided = offset + 1
    })
  }

  #decideUpTo(next: number): void {
    if (next <= this.decided) return
    this.counts.void += next - this.decided
    this.decided = next
  }

  #inOrder(lookUp: () => Fact, apply: (fact: unknown) => void): void {
    this.#waiting.push({ lookUp, apply, isReady: false, fact: null })
    this.#ask()
    this.#drain()
  }

  #ask(): void {
    while (this.#unanswered < ASKED_MAX) {
      const item = this.#waiting[this.#asked]
      if (item === undefined) return
      this.#asked++
      const fact = item.lookUp()
      item.isReady = fact === null
      if (fact !== null) this.#await(item, fact)
    }
  }

  #await(item: Waiting, fact: Promise<unknown>): void {
    this.#unanswered++
    void fact.then(value => {
      item.fact = value
      item.isReady = true
      this.#unanswered--
      this.#ask()
      this.#drain()
    })
  }

  #drain(): void {
    for (let item = this.#waiting[0]; item?.isReady; item = this.#waiting[0]) {
      this.#waiting.shift()
      this.#asked--
      item.apply(item.fact)
    }
  }
}

const newCounts = (first: number): Counts => ({
  first,
  void: 0,
  lost: 0,
  published: 0,
  duplicate: 0,
  skipped: 0,
  dead_lettered: 0,
})

/** Null when it is not ours: somebody set the offset with a tool of their own, and counting starts there. */
export function readCounts(metadata: string | null): Counts | null {
  try {
    const counts: unknown = JSON.parse(metadata ?? '')
    return isCounts(counts) ? { ...counts, lost: counts.lost ?? 0 } : null
  } catch {
    return null
  }
}

/** `lost` is younger than the others. */
const isCounts = (value: unknown): value is Omit<Counts, 'lost'> & Partial<Counts> =>
  typeof value === 'object' &&
  value !== null &&
  ['first', 'void', ...OUTCOMES].every(name => Number.isInteger(Reflect.get(value, name)))

/**
 * Offsets up to `committed` that were counted as nothing: 0, or a bug. NaN when nobody can know, since the commit
 * carries no counts of ours.
 */
export function deltaOf(committed: number, metadata: string | null): number {
  if (committed < 0) return 0
  const counts = readCounts(metadata)
  if (counts === null) return Number.NaN
  return committed - counts.first - counts.void - OUTCOMES.reduce((sum, name) => sum + counts[name], 0)
}

/** How far a reader has come in each of its ranges. Pure. */
import type { Place } from './topic-follower.ts'
import type { OffsetRange } from './topic-ranges.ts'

export class RangeProgress {
  readonly #ranges: ReadonlyMap<string, OffsetRange>
  readonly #positions = new Map<string, number>()

  constructor(ranges: readonly OffsetRange[]) {
    this.#ranges = new Map(ranges.map(range => [nameOf(range), range]))
    for (const range of ranges) this.#positions.set(nameOf(range), range.from)
  }

  get topics(): readonly string[] {
    return [...new Set([...this.#ranges.values()].map(({ topic }) => topic))]
  }

  /** Offset that comes next; undefined where nothing is to be read. */
  positionOf(place: Place): number | undefined {
    return this.#positions.get(nameOf(place))
  }

  endOf(place: Place): number {
    return this.#ranges.get(nameOf(place))?.end ?? 0
  }

  /** Offsets before `next` have been read. False when that is not new. */
  pass(place: Place, next: number): boolean {
    const position = this.positionOf(place)
    if (position === undefined || next <= position) return false
    this.#positions.set(nameOf(place), next)
    return true
  }

  isOpen(place: Place): boolean {
    return (this.positionOf(place) ?? 0) < this.endOf(place)
  }

  /** Where something is still to be read. */
  get open(): readonly Place[] {
    return [...this.#ranges.values()].filter(range => this.isOpen(range))
  }

  /** Offsets read, and offsets in all: infinite when a range has no end. */
  get counts(): { readonly passed: number; readonly all: number } {
    let passed = 0
    let all = 0
    for (const range of this.#ranges.values()) {
      passed += Math.min(this.positionOf(range) ?? range.from, range.end) - range.from
      all += range.end - range.from
    }
    return { passed, all }
  }
}

const nameOf = ({ topic, partition }: Place): string => `${topic}/${partition}`

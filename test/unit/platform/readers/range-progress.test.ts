import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RangeProgress } from '../../../../services/platform/readers/range-progress.ts'

const range = (partition: number, from: number, end: number) => ({ topic: 'topic', partition, from, end })
const place = (partition: number) => ({ topic: 'topic', partition })

describe('the progress of a reader', () => {
  it('is complete when every range has been passed, also beyond its end', () => {
    const progress = new RangeProgress([range(0, 5, 7), range(1, 0, 3)])
    progress.pass(place(0), 7)
    expect(progress.open).toMatchObject([place(1)])
    progress.pass(place(1), 9)
    expect(progress.open).toEqual([])
    expect(progress.counts).toEqual({ passed: 5, all: 5 })
  })

  it('never goes back, and ignores partitions that nobody asked for', () => {
    const progress = new RangeProgress([range(0, 5, 9)])
    expect([progress.pass(place(0), 7), progress.pass(place(0), 6), progress.pass(place(3), 1)]).toEqual([
      true,
      false,
      false,
    ])
    expect(progress.positionOf(place(0))).toBe(7)
  })

  it('has no end where a range has none', () => {
    const progress = new RangeProgress([range(0, 5, Number.POSITIVE_INFINITY)])
    progress.pass(place(0), 1_000_000)
    expect(progress.open).toHaveLength(1)
    expect(progress.counts.all).toBe(Number.POSITIVE_INFINITY)
  })

  it('counts offsets between nothing and all, whatever is passed', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.array(fc.nat(200)), (from, length, passes) => {
        const progress = new RangeProgress([range(0, from, from + length)])
        for (const next of passes) progress.pass(place(0), next)
        const { passed, all } = progress.counts
        expect(passed).toBeGreaterThanOrEqual(0)
        expect(passed).toBeLessThanOrEqual(all)
        expect(progress.isOpen(place(0))).toBe(passed < all)
      }),
    )
  })
})

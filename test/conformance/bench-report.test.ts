import { expect, it } from 'vitest'
import type { Measurement } from '../bench/measurement.ts'
import { replaceBlock } from '../bench/publish.ts'
import { rowsOf, tablesOf } from '../bench/report.ts'

const measured = (subject: Measurement['subject'], round: number, perSecond: number): Measurement => ({
  ...{ benchmark: 'ingress', case: '2 KB', subject, round },
  figures: { perSecond },
})

it('tells the median of the rounds after the one that warms up, beside the floor of the same run', () => {
  const all = [
    ...[1, 10, 30].map((value, round) => measured('atsflow', round, value)),
    ...[2, 40, 40].map((value, round) => measured('floor', round, value)),
  ]
  expect(rowsOf(all)).toEqual([
    { benchmark: 'ingress', case: '2 KB', figures: { perSecond: 20 }, floor: { perSecond: 40 }, rounds: 2 },
  ])
  expect(tablesOf(rowsOf(all))).toContain('| 2 KB | 2 | 20 (0.50 × floor) |')
})

it('counts the warm-up of a case that has no other round, whatever other cases have', () => {
  const other = { ...measured('atsflow', 1, 7), case: '20 KB' }
  const figures = rowsOf([measured('atsflow', 0, 5), other]).map(row => row.figures.perSecond)
  expect(figures).toEqual([5, 7])
})

it('replaces what stands between the marks and nothing else, as often as it is told', () => {
  const text = 'before\n<!-- bench -->\nold\n<!-- /bench -->\nafter'
  const once = replaceBlock(text, 'new')
  expect(once).toBe('before\n<!-- bench -->\nnew\n<!-- /bench -->\nafter')
  expect(replaceBlock(once, 'new')).toBe(once)
})

it.each(['no marks', '<!-- /bench --> <!-- bench -->'])('refuses a text without a place: %s', text => {
  expect(() => replaceBlock(text, 'new')).toThrow('no place')
})

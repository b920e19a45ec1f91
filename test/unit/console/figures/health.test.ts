import { expect, it } from 'vitest'
import { readingOf } from '../../../../services/console/figures/health.ts'

const AT = Date.parse('2026-03-01T12:00:00Z')

it.each([
  [0, true],
  [14_999, true],
  [15_000, false],
  [3_600_000, false],
])('a look of %d ms ago, told with its time: %s', (ageMs, isCurrent) => {
  expect(readingOf({ behind: 3, total: 10, atMs: AT }, AT + ageMs)).toEqual({
    behind: 3,
    total: 10,
    as_of: '2026-03-01T12:00:00.000Z',
    is_current: isCurrent,
  })
})

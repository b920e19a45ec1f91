import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTime, renderTable } from '../../../../services/ops/cli/table.ts'

describe('a table', () => {
  const columns = [
    { title: 'name', value: (item: { name: string | null; count: number }) => item.name },
    { title: 'count', value: (item: { name: string | null; count: number }) => item.count },
  ]

  it('aligns text to the left and numbers to the right, and shows nothing as a dash', () => {
    const items = [
      { name: 'longer', count: 1 },
      { name: null, count: 1_000_000 },
    ]
    expect(renderTable(items, columns)).toBe('name    count\nlonger        1\n-       1000000')
  })

  it('never lets a control character reach the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        const lines = renderTable([{ name: `\u001b[31m${name}\u0007\r\n`, count: 1 }], columns).split('\n')
        expect(lines).toHaveLength(2)
        expect(lines.join('')).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})

it('times are UTC to the second; what is no time is nothing', () => {
  expect([formatTime(Date.UTC(2026, 1, 3, 4, 5, 6, 789)), formatTime(null), formatTime(Number.NaN)]).toEqual([
    '2026-02-03 04:05:06Z',
    null,
    null,
  ])
})

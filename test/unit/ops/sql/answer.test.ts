import { expect, it } from 'vitest'
import { renderTable } from '../../../../services/ops/cli/table.ts'
import { columnsOf, csvOf, objectsOf } from '../../../../services/ops/sql/answer.ts'

const answer = {
  columns: ['name', 'name', 'count', 'reasons'].map(name => ({ name, type: 'VARCHAR' })),
  rows: [
    ['a, "b"', null, 12, ['X', 'Y']],
    ['line\nline', true, 0.5, []],
  ],
  is_truncated: false,
}

it('names every column once in JSON, so that none is lost', () => {
  expect(objectsOf(answer)).toEqual([
    { name: 'a, "b"', name_2: null, count: 12, reasons: ['X', 'Y'] },
    { name: 'line\nline', name_2: true, count: 0.5, reasons: [] },
  ])
})

it('writes CSV that keeps commas, quotes and line ends in their field', () => {
  expect(csvOf(answer)).toBe(
    'name,name,count,reasons\r\n"a, ""b""",,12,"[""X"",""Y""]"\r\n"line\nline",true,0.5,[]\r\n',
  )
})

it('shows a table with numbers as numbers', () => {
  const [head, first, second] = renderTable(answer.rows, columnsOf(answer)).split('\n')
  expect([head, first, second]).toEqual([
    'name       name  count  reasons',
    'a, "b"     -        12  ["X","Y"]',
    'line·line  true    0.5  []',
  ])
})

import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { harmlessCell, harmlessColumn } from '../../../../services/platform/duckdb/spreadsheet-cell.ts'

it.each([
  ['=1+1', "'=1+1"],
  ['=HYPERLINK("http://example.com")', '\'=HYPERLINK("http://example.com")'],
  ['+33 6 12 34 56 78', "'+33 6 12 34 56 78"],
  ['-2+3', "'-2+3"],
  ['@SUM(1)', "'@SUM(1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ['\n=1', "'\n=1"],
  ['-12.5', '-12.5'],
  ['+7', '+7'],
  ['-1e-9', '-1e-9'],
  ['a=1', 'a=1'],
  ['', ''],
])('makes %j harmless as %j, in a cell and in a column', async (text, harmless) => {
  expect(harmlessCell(text)).toBe(harmless)
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const reader = await connection.runAndReadAll(`SELECT ${harmlessColumn('c')} FROM (SELECT $text AS c)`, {
    text,
  })
  expect(reader.getRows()[0]?.[0]).toBe(harmless)
  connection.closeSync()
})

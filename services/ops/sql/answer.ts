/** The answer to a SELECT as people and programs read it. Pure. */
import type { SelectAnswer } from '../../platform/duckdb/select-only.ts'
import { harmlessCell } from '../../platform/duckdb/spreadsheet-cell.ts'
import type { Column } from '../cli/table.ts'

type Value = SelectAnswer['rows'][number][number]
type Row = SelectAnswer['rows'][number]

export const columnsOf = ({ columns }: SelectAnswer): readonly Column<Row>[] =>
  columns.map(({ name }, at) => ({ title: name, value: row => cellOf(row[at] ?? null) }))

const cellOf = (value: Value): string | number | null =>
  typeof value === 'number' || value === null ? value : textOf(value)

const textOf = (value: Value): string => {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** One object a row. A column whose name came before gets a number, so that none is lost. */
export function objectsOf({ columns, rows }: SelectAnswer): readonly Readonly<Record<string, Value>>[] {
  const names: string[] = []
  for (const { name } of columns) {
    let unique = name
    for (let count = 2; names.includes(unique); count++) unique = `${name}_${count}`
    names.push(unique)
  }
  return rows.map(row => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])))
}

/** RFC 4180, with a header; null is an empty field. What a spreadsheet would run is made harmless. */
export const csvOf = ({ columns, rows }: SelectAnswer): string =>
  [columns.map(({ name }) => name), ...rows.map(row => row.map(textOf))]
    .map(fields => `${fields.map(csvField).join(',')}\r\n`)
    .join('')

function csvField(text: string): string {
  const cell = harmlessCell(text)
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

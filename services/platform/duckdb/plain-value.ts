/** DuckDB's values as JSON has them. */
import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'

export type Plain = string | number | boolean | null | readonly Plain[]

export const plainRow = (row: Readonly<Record<string, DuckDBValue>>): Record<string, Plain> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))

/** Times as ISO 8601 in UTC with milliseconds; whole numbers beyond 2^53 and everything unusual as text. */
export function plain(value: DuckDBValue): Plain {
  switch (typeof value) {
    case 'bigint': {
      const number = Number(value)
      return Number.isSafeInteger(number) ? number : String(value)
    }
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'string':
    case 'boolean':
      return value
  }
  if (value === null || value === undefined) return null
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return new Date(Number(value.micros / 1000n)).toISOString()
  if (value instanceof DuckDBDateValue) return value.toString()
  if (value instanceof DuckDBListValue) return value.items.map(plain)
  if (value instanceof DuckDBDecimalValue) return value.toDouble()
  return String(value)
}

/** SQL of strangers: one SELECT, bounded, over a database that cannot reach files or the network. */
import { type DuckDBConnection, StatementType } from '@duckdb/node-api'
import { type Plain, plain } from './plain-value.ts'
import { SelectRefused } from './select-refused.ts'

export const SELECT_ROWS_MAX = 10_000
export const SELECT_SECONDS_MAX = 10

export interface SelectAnswer {
  readonly columns: { readonly name: string; readonly type: string }[]
  readonly rows: Plain[][]
  readonly is_truncated: boolean
}

/** @throws SelectRefused for what is not one SELECT, what DuckDB refuses, and what takes too long. */
export async function selectOnly(
  connection: DuckDBConnection,
  text: string,
  rowLimit: number,
  timeoutMs: number,
): Promise<SelectAnswer> {
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    connection.interrupt()
  }, timeoutMs)
  try {
    const statements = await connection.extractStatements(text)
    if (statements.count !== 1) throw new SelectRefused('NOT_ONE_SELECT', 'expected one statement')
    // Before anything of the text is bound: binding a read-only transaction is what the second fence is for.
    await connection.run('BEGIN TRANSACTION READ ONLY')
    const prepared = await statements.prepare(0)
    if (prepared.statementType !== StatementType.SELECT)
      throw new SelectRefused('NOT_ONE_SELECT', 'expected a SELECT')
    const reader = await prepared.streamAndReadUntil(rowLimit + 1)
    const types = reader.columnTypes()
    return {
      columns: reader.columnNames().map((name, at) => ({ name, type: String(types[at]) })),
      rows: reader
        .getRows()
        .slice(0, rowLimit)
        .map(row => row.map(plain)),
      is_truncated: reader.currentRowCount > rowLimit,
    }
  } catch (error) {
    if (error instanceof SelectRefused) throw error
    if (isOver) throw new SelectRefused('TIME_OVER', `the statement took longer than ${timeoutMs / 1000} s`)
    throw new SelectRefused('SQL_REFUSED', error instanceof Error ? error.message : 'refused')
  } finally {
    clearTimeout(timer)
    await connection.run('ROLLBACK').catch(() => undefined)
  }
}

/** SQL of strangers: one SELECT of what is allowed, bounded in time and size. */
import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api'
import { objectionTo } from './allowed-statement.ts'
import { type Plain, plain } from './plain-value.ts'
import { SelectRefused } from './select-refused.ts'

export const SELECT_ROWS_MAX = 10_000
export const SELECT_SECONDS_MAX = 10
export const ANSWER_MIB_MAX = 16

export interface SelectAnswer {
  readonly columns: { readonly name: string; readonly type: string }[]
  readonly rows: Plain[][]
  readonly is_truncated: boolean
}

/** @throws SelectRefused for what is not one allowed SELECT, what DuckDB refuses, what takes too long or is too large. */
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
    // Before anything of the text is bound: binding alone can write, and a read-only transaction is the second fence.
    await connection.run('BEGIN TRANSACTION READ ONLY')
    await check(connection, text)
    const statements = await connection.extractStatements(text)
    if (statements.count !== 1) throw new SelectRefused('NOT_ONE_SELECT', 'expected one statement')
    const prepared = await statements.prepare(0)
    if (prepared.statementType !== StatementType.SELECT)
      throw new SelectRefused('NOT_ONE_SELECT', 'expected a SELECT')
    return await answerOf(prepared, rowLimit)
  } catch (error) {
    if (error instanceof SelectRefused) throw error
    if (isOver) throw new SelectRefused('TIME_OVER', `the statement took longer than ${timeoutMs / 1000} s`)
    throw new SelectRefused('SQL_REFUSED', error instanceof Error ? error.message : 'refused')
  } finally {
    clearTimeout(timer)
    await connection.run('ROLLBACK').catch(() => undefined)
  }
}

/** DuckDB parses, and binds nothing. */
async function check(connection: DuckDBConnection, text: string): Promise<void> {
  const parsed = await connection.runAndReadAll('SELECT json_serialize_sql($text::VARCHAR)', { text })
  const tables = await connection.runAndReadAll(
    `SELECT table_name FROM duckdb_tables() WHERE NOT temporary
     UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT temporary AND NOT internal`,
  )
  const names = new Set(tables.getRows().map(([name]) => String(name).toLowerCase()))
  const objection = objectionTo(JSON.parse(String(parsed.getRows()[0]?.[0])), names)
  if (objection !== null) throw new SelectRefused('NOT_ONE_SELECT', objection)
}

/** Chunk by chunk, so that no more is held than is answered. */
async function answerOf(prepared: DuckDBPreparedStatement, rowLimit: number): Promise<SelectAnswer> {
  const result = await prepared.stream()
  const types = result.columnTypes()
  const columns = result.columnNames().map((name, at) => ({ name, type: String(types[at]) }))
  const rows: Plain[][] = []
  let bytes = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { columns, rows, is_truncated: false }
    for (const values of chunk.getRows()) {
      if (rows.length === rowLimit) return { columns, rows, is_truncated: true }
      const row = values.map(plain)
      bytes += JSON.stringify(row).length
      if (bytes > ANSWER_MIB_MAX * 2 ** 20)
        throw new SelectRefused('TOO_LARGE', `the answer is larger than ${ANSWER_MIB_MAX} MiB`)
      rows.push(row)
    }
  }
}

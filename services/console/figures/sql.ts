import type { DuckDBConnection } from '@duckdb/node-api'
import { StatementType } from '@duckdb/node-api'
import { z } from 'zod'
import { ApiError, endpoint, NO_QUERY } from '../endpoint.ts'
import { type Plain, plain } from '../plain.ts'

const ROWS_MAX = 10_000
const SECONDS_MAX = 10

export const sql = endpoint({
  method: 'post',
  path: '/api/sql',
  name: 'runSql',
  tag: 'sql',
  summary: 'One SELECT over everything the console holds',
  description: [
    `DuckDB SQL, one SELECT in a read-only transaction; at most ${ROWS_MAX} rows and ${SECONDS_MAX} seconds. Files, the network`,
    'and settings are out of reach. SHOW TABLES and DESCRIBE tell what there is.',
  ].join('\n'),
  query: NO_QUERY,
  body: z.strictObject({
    sql: z.string().min(1).max(20_000),
    row_limit: z.int().min(1).max(ROWS_MAX).default(1_000),
  }),
  response: z.object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.unknown())),
    is_truncated: z.boolean().describe('there are more rows'),
    elapsed_ms: z.number(),
  }),
  followsData: false,
  answer: ({ body }, { database }) =>
    database.use(async connection => {
      const startedMs = performance.now()
      const answer = await selectOnly(connection, body.sql, body.row_limit, SECONDS_MAX * 1000)
      return { ...answer, elapsed_ms: Math.round(performance.now() - startedMs) }
    }),
})

export interface SqlAnswer {
  readonly columns: { readonly name: string; readonly type: string }[]
  readonly rows: Plain[][]
  readonly is_truncated: boolean
}

/** @throws ApiError with status 400 for what is not one SELECT or what DuckDB refuses, 408 when the time is over. */
export async function selectOnly(
  connection: DuckDBConnection,
  text: string,
  rowLimit: number,
  timeoutMs: number,
): Promise<SqlAnswer> {
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    connection.interrupt()
  }, timeoutMs)
  try {
    const statements = await connection.extractStatements(text)
    if (statements.count !== 1) throw new ApiError(400, 'NOT_ONE_SELECT', 'expected one statement')
    // Before anything of the text is bound: binding a read-only transaction is what the second fence is for.
    await connection.run('BEGIN TRANSACTION READ ONLY')
    const prepared = await statements.prepare(0)
    if (prepared.statementType !== StatementType.SELECT)
      throw new ApiError(400, 'NOT_ONE_SELECT', 'expected a SELECT')
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
    if (error instanceof ApiError) throw error
    if (isOver) throw new ApiError(408, 'TIME_OVER', `the statement took longer than ${timeoutMs / 1000} s`)
    throw new ApiError(400, 'SQL_REFUSED', error instanceof Error ? error.message : 'refused')
  } finally {
    clearTimeout(timer)
    await connection.run('ROLLBACK').catch(() => undefined)
  }
}

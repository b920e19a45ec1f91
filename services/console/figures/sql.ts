import { z } from 'zod'
import { SELECT_ROWS_MAX, SELECT_SECONDS_MAX, selectOnly } from '../../platform/duckdb/select-only.ts'
import { SelectRefused } from '../../platform/duckdb/select-refused.ts'
import { ApiError, endpoint, NO_QUERY } from './endpoint.ts'

export const sql = endpoint({
  method: 'post',
  path: '/api/sql',
  name: 'runSql',
  tag: 'sql',
  summary: 'One SELECT over everything the console holds',
  description: [
    `DuckDB SQL, one SELECT in a read-only transaction; at most ${SELECT_ROWS_MAX} rows and ${SELECT_SECONDS_MAX} seconds. Files, the network`,
    'and settings are out of reach. Not for users who are limited to tenants. SHOW TABLES and DESCRIBE tell what there is.',
  ].join('\n'),
  query: NO_QUERY,
  body: z.strictObject({
    sql: z.string().min(1).max(20_000),
    row_limit: z.int().min(1).max(SELECT_ROWS_MAX).default(1_000),
  }),
  response: z.object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.unknown())),
    is_truncated: z.boolean().describe('there are more rows'),
    elapsed_ms: z.number(),
  }),
  asks: 'all-tenants',
  followsData: false,
  answer: ({ body }, { database }) =>
    database.use(async connection => {
      const startedMs = performance.now()
      const answer = await selectOnly(connection, body.sql, body.row_limit, SELECT_SECONDS_MAX * 1000).catch(
        (error: unknown) => {
          if (!(error instanceof SelectRefused)) throw error
          throw new ApiError(error.code === 'TIME_OVER' ? 408 : 400, error.code, error.message)
        },
      )
      return { ...answer, elapsed_ms: Math.round(performance.now() - startedMs) }
    }),
})

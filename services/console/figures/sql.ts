import { z } from 'zod'
import { ANSWER_MIB_MAX, SELECT_ROWS_MAX, SELECT_SECONDS_MAX } from '../../platform/duckdb/select-only.ts'
import { SelectRefused } from '../../platform/duckdb/select-refused.ts'
import { ApiError, endpoint, NO_QUERY } from './endpoint.ts'

export const sql = endpoint({
  method: 'post',
  path: '/api/sql',
  name: 'runSql',
  tag: 'sql',
  summary: 'One SELECT over everything the console holds',
  description: [
    `DuckDB SQL, one SELECT over a copy of the tables, in a process of its own; at most ${SELECT_ROWS_MAX} rows, ${ANSWER_MIB_MAX} MiB and`,
    `${SELECT_SECONDS_MAX} seconds. Functions that only compute are allowed; files, the network, settings and the queries of others are out of`,
    'reach. Not for users who are limited to tenants. SHOW TABLES and DESCRIBE tell what there is.',
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
  audited: () => ({ kind: 'LOOK', subjects: [] }),
  lasts: 'never',
  async answer({ body }, { select }) {
    const startedMs = performance.now()
    const answer = await select(body.sql, body.row_limit).catch((error: unknown) => {
      if (!(error instanceof SelectRefused)) throw error
      throw new ApiError(STATUS[error.code], error.code, error.message)
    })
    return { ...answer, elapsed_ms: Math.round(performance.now() - startedMs) }
  },
})

const STATUS: Readonly<Record<SelectRefused['code'], number>> = {
  NOT_ONE_SELECT: 400,
  SQL_REFUSED: 400,
  TOO_LARGE: 400,
  TIME_OVER: 408,
  BUSY: 503,
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../../../services/console/store/database.ts'
import { selectOnly } from '../../../../services/platform/duckdb/select-only.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase({ path: ':memory:', memoryMib: 256, keepsPersonalData: false })
})
afterAll(() => database.close())

const run = (sql: string, rows = 10, timeoutMs = 5_000) =>
  database.use(connection => selectOnly(connection, sql, rows, timeoutMs))

describe('SQL over the API', () => {
  it('answers a SELECT with columns, types and rows', async () => {
    expect(await run("SELECT 1 AS one, TIMESTAMP '2026-01-02 03:04:05' AS at, [1, 2] AS list")).toEqual({
      columns: [
        { name: 'one', type: 'INTEGER' },
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'list', type: 'INTEGER[]' },
      ],
      rows: [[1, '2026-01-02T03:04:05.000Z', [1, 2]]],
      is_truncated: false,
    })
  })

  it('stops at the row limit and says so', async () => {
    const answer = await run('SELECT * FROM range(1000000)', 5)
    expect(answer.rows).toEqual([[0], [1], [2], [3], [4]])
    expect(answer.is_truncated).toBe(true)
  })

  it.each([
    'DELETE FROM application',
    'INSERT INTO meta VALUES (1, 2)',
    'DROP TABLE score',
    'SELECT 1; DROP TABLE score',
    '',
    "COPY (SELECT 1) TO '/tmp/out.csv'",
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM 'https://example.com/file.parquet'",
    'SET threads = 1',
    'PRAGMA enable_profiling',
    "ATTACH '/tmp/other.duckdb' AS other",
    'INSTALL httpfs',
    'SELECT nonsense',
    'BEGIN',
  ])('refuses %j', async sql => {
    await expect(run(sql)).rejects.toMatchObject({ name: 'SelectRefused' })
    expect(await database.read('SELECT count(*) AS n FROM meta')).toEqual([{ n: 1 }])
  })

  it('ends what takes too long', async () => {
    await expect(
      run('SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b', 10, 100),
    ).rejects.toMatchObject({
      code: 'TIME_OVER',
    })
    expect(await run('SELECT 1')).toMatchObject({ rows: [[1]] })
  })
})

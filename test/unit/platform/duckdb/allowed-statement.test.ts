import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { objectionTo } from '../../../../services/platform/duckdb/allowed-statement.ts'

const TABLES = new Set(['application', 'score'])
let parse: (text: string) => Promise<unknown>

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  parse = async text => {
    const reader = await connection.runAndReadAll('SELECT json_serialize_sql($text::VARCHAR)', { text })
    return JSON.parse(String(reader.getRows()[0]?.[0]))
  }
})
const objection = async (text: string) => objectionTo(await parse(text), TABLES)

describe('a statement is answered', () => {
  it.each([
    'SELECT 1',
    'FROM application',
    'VALUES (1), (2)',
    'SHOW TABLES',
    'DESCRIBE application',
    'SUMMARIZE score',
    'SELECT count(*) FILTER (WHERE a > 1), "Count"(*) FROM main.score GROUP BY ALL HAVING count(*) > 1',
    'SELECT CASE WHEN a BETWEEN 1 AND 2 THEN a::DATE END, a || b, -a, a IN (1, 2), l[1:2], #1 FROM score s(a, b, l)',
    'SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC), lag(a) OVER w FROM score WINDOW w AS (ORDER BY b)',
    'SELECT list_transform(l, x -> x + 1), [x * 2 FOR x IN l IF x > 1], {x: 1}, MAP {1: 2} FROM score',
    'SELECT * EXCLUDE (b) REPLACE (a + 1 AS a) FROM score QUALIFY row_number() OVER () = 1 ORDER BY 1 LIMIT 5 OFFSET 2',
    'SELECT DISTINCT ON (a) * FROM score UNION ALL BY NAME SELECT * FROM application LIMIT 10%',
    'WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b JOIN score ON true, LATERAL (SELECT 2)',
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) FROM r',
    "SELECT * FROM score PIVOT (sum(a) FOR b IN ('x', 'y'))",
    'SELECT * FROM score UNPIVOT (v FOR n IN (a)), range(3), unnest([1])',
    'SELECT extract(year FROM current_date), EXISTS (SELECT 1 FROM application WHERE a = score.a) FROM score',
  ])('%s', async text => {
    expect(await objection(text)).toBeNull()
  })
})

describe('a statement is refused', () => {
  it.each([
    // what it is
    ...['', 'SELECT 1; SELECT 2', "EXPORT DATABASE 'x'", "COPY score TO 'x'", "ATTACH 'x'", 'CHECKPOINT'],
    ...[
      'CREATE TABLE t (a INT)',
      'DELETE FROM score',
      'SET threads = 9',
      'EXPLAIN ANALYZE SELECT 1',
      'CALL duckdb_logs()',
    ],
    ...[
      "PRAGMA enable_profiling = 'json'",
      'PREPARE p AS SELECT 1',
      'INSTALL httpfs',
      'LOAD httpfs',
      'SELECT $1',
    ],
    // what it calls
    "SELECT * FROM enable_logging(storage = 'file', storage_config = {'path': '/tmp/x'})",
    "SELECT * FROM query('select * from ena' || 'ble_logging()')",
    "SELECT * FROM query_table('score')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "SELECT json_serialize_plan('SELECT 1')",
    ...[
      'SELECT * FROM duckdb_settings()',
      'FROM duckdb_logs',
      'SELECT * FROM duckdb_secrets()',
      'FROM duckdb_temporary_files()',
    ],
    ...[
      "SELECT current_setting('temp_directory')",
      'SELECT current_query()',
      "SELECT getvariable('x')",
      "SELECT getenv('HOME')",
    ],
    ...[
      "SELECT write_log('x')",
      'SELECT sleep_ms(9000)',
      'SELECT pg_sleep(9)',
      "SELECT nextval('s')",
      'SELECT "main"."sleep_ms"(9)',
    ],
    ...[
      "FROM read_csv('/etc/passwd')",
      "SELECT * FROM read_text('/etc/passwd')",
      "FROM glob('/*')",
      "FROM parquet_scan('x')",
    ],
    "SELECT 1 FROM score ORDER BY (SELECT current_setting('threads'))",
    "SELECT list_transform([1], x -> current_setting('threads'))",
    "SELECT sum(1) FILTER (WHERE current_query() = '') OVER (PARTITION BY sleep_ms(1)) FROM score",
    "SELECT * FROM score PIVOT (sum(length(current_query())) FOR b IN ('x'))",
    'SELECT * FROM range((SELECT length(current_query())))',
    'SELECT a FROM score LIMIT (SELECT length(current_query()))',
    // whom it reads
    ...[
      "FROM '/etc/passwd'",
      'FROM sqlite_master',
      'FROM pg_catalog.pg_settings',
      'FROM information_schema.tables',
    ],
    ...[
      'FROM other.main.score',
      'FROM system.main.duckdb_settings',
      'FROM staged_score',
      'SHOW DATABASES',
      'SHOW ALL TABLES',
    ],
    // a name that means something else where WITH does not reach
    'WITH duckdb_settings AS (FROM duckdb_settings) FROM duckdb_settings',
    'SELECT * FROM (WITH duckdb_settings AS (SELECT 1) FROM duckdb_settings), duckdb_settings',
    'WITH a AS (FROM duckdb_logs), duckdb_logs AS (SELECT 1) FROM a',
    'WITH sqlite_master AS (SELECT 1) FROM main.sqlite_master',
  ])('%s', async text => {
    expect(await objection(text)).toEqual(expect.any(String))
  })
})

it('is refused in a form that nobody has looked at', () => {
  expect(objectionTo({ error: false, statements: [{ node: { type: 'NEW_NODE' } }] }, TABLES)).not.toBeNull()
  expect(objectionTo({ error: false, statements: [{ node: { class: 'NEW' } }] }, TABLES)).not.toBeNull()
  expect(objectionTo(null, TABLES)).not.toBeNull()
})

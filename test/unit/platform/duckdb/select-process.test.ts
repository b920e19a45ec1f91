import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { limited, selectInProcess } from '../../../../services/platform/duckdb/select-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'atsflow-select-'))
const path = join(folder, 'copy.duckdb')
const select = (sql: string) => selectInProcess({ path, sql, rowLimit: 1_000, memoryMib: 256 })

beforeAll(async () => {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run(
    'CREATE TABLE score AS SELECT range AS n, hash(range)::VARCHAR AS text FROM range(1000)',
  )
  connection.closeSync()
  instance.closeSync()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('answers from a file that it cannot change', async () => {
  expect(await select('SELECT count(*) AS n, max(n) FROM score')).toEqual({
    columns: [
      { name: 'n', type: 'BIGINT' },
      { name: 'max(n)', type: 'BIGINT' },
    ],
    rows: [[1000, 999]],
    is_truncated: false,
  })
  await expect(select('INSERT INTO score VALUES (1)')).rejects.toMatchObject({ code: 'NOT_ONE_SELECT' })
})

it.each([
  ['one value', "SELECT repeat('x', 2000000000)"],
  ['many rows', "SELECT repeat('x', 1000000) FROM range(1000)"],
  ['one list', 'SELECT list(text) FROM score, range(100000)'],
])(
  'refuses a statement that wants too much memory, by %s, and answers the next one',
  async (_what, sql) => {
    await expect(select(sql)).rejects.toMatchObject({
      code: expect.stringMatching(/^(SQL_REFUSED|TOO_LARGE)$/),
    })
    expect((await select('SELECT 1')).rows).toEqual([[1]])
  },
  60_000,
)

it('fails alone where no process can be started', async () => {
  const asked = selectInProcess({
    path: join(folder, 'no-such-folder', 'copy.duckdb'),
    sql: 'SELECT 1',
    rowLimit: 1,
    memoryMib: 256,
  })
  await expect(asked).rejects.toMatchObject({ code: 'ENOENT' })
})

it.runIf(process.platform === 'linux')(
  'has the same limit where there is a shell and where there is none',
  () => {
    const script =
      "console.log(/Max data size +(\\d+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'))[1])"
    for (const hasShell of [true, false]) {
      const [file, args] = limited(700, ['-e', script], () => hasShell)
      expect(Number(execFileSync(file, args))).toBe(700 * 1024 * 1024)
    }
  },
)

it('is refused when its process ends without an answer', async () => {
  const broken = selectInProcess({
    path: join(folder, 'missing'),
    sql: 'SELECT 1',
    rowLimit: 1,
    memoryMib: 256,
  })
  await expect(broken).rejects.toMatchObject({ name: 'SelectRefused' })
})

it.each([
  ['a log of its own', "SELECT * FROM enable_logging(storage = 'file', storage_config = {'path': './logs'})"],
  ['an export', "EXPORT DATABASE './export'"],
  ['a copy', "COPY score TO './score.csv'"],
  ['a database', "ATTACH './other.duckdb'"],
])('leaves no file of %s', async (_what, sql) => {
  await expect(select(sql)).rejects.toMatchObject({ name: 'SelectRefused' })
  expect(readdirSync(folder)).toEqual(['copy.duckdb'])
  expect(existsSync('./logs')).toBe(false)
})

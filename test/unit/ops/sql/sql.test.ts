import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ops, opsJson } from '../../../support/ops.ts'

const directory = mkdtempSync(join(tmpdir(), 'atsflow-sql-'))
const file = join(directory, 'console.duckdb')
const asked: { authorization: string | undefined; body: unknown }[] = []
let answer: { readonly status: number; readonly body: string }
let server: Server
let closedPort: string

const listening = (listener: Parameters<typeof createServer>[1]): Promise<Server> =>
  new Promise(resolve => {
    const made = createServer(listener ?? (() => undefined)).listen(0, '127.0.0.1', () => resolve(made))
  })
const portOf = (of: Server): string => String((of.address() as AddressInfo).port)

beforeAll(async () => {
  server = await listening((request, response) => {
    let text = ''
    request.on('data', part => {
      text += String(part)
    })
    request.on('end', () => {
      asked.push({ authorization: request.headers.authorization, body: JSON.parse(text) })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
  })
  const closed = await listening(undefined)
  closedPort = portOf(closed)
  await new Promise(resolve => closed.close(resolve))
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run('CREATE TABLE job AS SELECT range AS n FROM range(5)')
  connection.closeSync()
  instance.closeSync()
})
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('SQL, asked of the running console', () => {
  const running = () => ({ CONSOLE_PORT: portOf(server), CONSOLE_TOKEN: 'right', CONSOLE_DB: file })
  const rows = { columns: [{ name: 'n', type: 'BIGINT' }], rows: [[1], [2]], is_truncated: true }

  it('sends the statement with the token, and prints the rows', async () => {
    answer = { status: 200, body: JSON.stringify({ ...rows, elapsed_ms: 1 }) }
    const { code, stdout, stderr } = await ops(running(), 'sql', 'SELECT 1', '--limit', '2')
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 0, stdout: 'n\n1\n2\n' },
      stderr: 'the first 2 rows: --limit shows more, up to 10,000\n',
    })
    expect(asked.at(-1)).toEqual({ authorization: 'Bearer right', body: { sql: 'SELECT 1', row_limit: 2 } })
    expect(await opsJson(running(), 'sql', 'SELECT 1')).toEqual([{ n: 1 }, { n: 2 }])
    expect((await ops(running(), 'sql', 'SELECT 1', '--csv')).stdout).toBe('n\r\n1\r\n2\r\n')
  })

  it.each([
    [400, '{"error":{"code":"SQL_REFUSED","message":"no such column"}}', 'error: no such column\n'],
    [401, '{}', /wants a token: set CONSOLE_TOKEN/],
    [200, 'hello', /is no console/],
  ])('ends with 1 when it is answered %i %s', async (status, body, why) => {
    answer = { status, body }
    const { code, stderr } = await ops(running(), 'sql', 'SELECT 1')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: typeof why === 'string' ? why : expect.stringMatching(why),
    })
  })
})

describe('SQL, while no console runs', () => {
  const alone = () => ({ CONSOLE_PORT: closedPort, CONSOLE_DB: file })

  it('is read from its file, and changes nothing', async () => {
    expect(await opsJson(alone(), 'sql', 'SELECT sum(n)::INTEGER AS sum FROM job')).toEqual([{ sum: 10 }])
    expect(await ops(alone(), 'sql', 'DROP TABLE job')).toMatchObject({ code: 1 })
    expect(await ops(alone(), 'sql', "SELECT * FROM read_text('/etc/hostname')")).toMatchObject({ code: 1 })
    expect(await opsJson(alone(), 'sql', 'SELECT count(*)::INTEGER AS n FROM job')).toEqual([{ n: 5 }])
  })

  it('ends with 69 when there is no file either, and says how to start one', async () => {
    const nothing = { ...alone(), CONSOLE_DB: join(directory, 'none.duckdb') }
    expect(await ops(nothing, 'sql', 'SELECT 1')).toMatchObject({
      ...{ code: 69, stderr: expect.stringContaining('npm run start:console') },
    })
  })

  it('of a console elsewhere is not answered from the file here', async () => {
    const elsewhere = ['--console', `http://127.0.0.1:${closedPort}`]
    expect(await ops(alone(), 'sql', 'SELECT 1', ...elsewhere)).toMatchObject({ code: 69 })
  })
})

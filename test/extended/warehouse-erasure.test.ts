/** What PostgreSQL keeps on disk of rows that were removed, and what becomes of it. No process of the pipeline is needed. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type WarehouseTarget, warehouseTarget } from '../../infra/warehouse/config.ts'
import { type Forgotten, forgetRemovedRows } from '../../infra/warehouse/removed-rows.ts'
import { createTables } from '../../infra/warehouse/tables.ts'
import { waitUntil } from '../chaos/wait-until.ts'
import { filesHolding } from '../support/bytes-on-disk.ts'
import { otherPostgres } from '../support/warehouse-process.ts'

const DONE = { wasNeeded: true, held: [], beyond: [] }
let dataDir: string
let server: Awaited<ReturnType<typeof otherPostgres>>
let target: WarehouseTarget
let database: pg.Client

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'atsflow-removed-rows-'))
  // The server's account, which is not root, has to pass through.
  chmodSync(dataDir, 0o711)
  server = await otherPostgres(dataDir)
  target = warehouseTarget(server.url)
  await createTables(target)
  database = await connected()
})
afterEach(async () => {
  await database?.end()
  await server?.part.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function connected(url = server.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

/** Several rows each, as the connectors write them: a version after the other, and looked at by the planner between. */
async function write(person: string): Promise<void> {
  for (let at = 0; at < 20; at++)
    await database.query('INSERT INTO score (event_id, application_key, normalized) VALUES ($1, $2, 0.5)', [
      `score-${person}-${at}`,
      `application-${person}`,
    ])
  await database.query('UPDATE score SET normalized = 0.6 WHERE application_key = $1', [
    `application-${person}`,
  ])
  await database.query('INSERT INTO status (status_key, reason) VALUES ($1, $2)', [
    `status-${person}`,
    person,
  ])
  await database.query('INSERT INTO application (application_key) VALUES ($1)', [`application-${person}`])
  await database.query('INSERT INTO job (job_key, title) VALUES ($1, $2)', [`job-${person}`, person])
  await database.query('ANALYZE')
  await database.query('CHECKPOINT')
}

async function remove(person: string): Promise<void> {
  await database.query('DELETE FROM score WHERE application_key = $1', [`application-${person}`])
  await database.query('DELETE FROM status WHERE reason = $1', [person])
  await database.query('DELETE FROM application WHERE application_key = $1', [`application-${person}`])
  await database.query('DELETE FROM job WHERE title = $1', [person])
  await untilCounted()
}

/** Else the server counts a second later. */
async function untilCounted(): Promise<void> {
  await database.query('SELECT pg_stat_force_next_flush()')
  await database.query('SELECT 1')
}

/** The server's own housekeeping may be looking at a table just then. */
async function untilForgotten(): Promise<Forgotten> {
  let last: Forgotten | null = null
  await waitUntil('nothing to be held', 60_000, async () => {
    last = await forgetRemovedRows(target)
    return last.held.length === 0
  })
  return last ?? { wasNeeded: false, held: [], beyond: [] }
}

const holding = (text: string) => filesHolding([text], dataDir)
/** By folder: names of files are numbers. */
const places = (text: string) =>
  new Set(holding(text).map(file => file.replace(/^other\/warehouse\/postgres\/([^/]+).*/, '$1')))
const scoresOf = async (person: string) => {
  const { rows } = await database.query('SELECT * FROM scores WHERE application_key = $1', [
    `application-${person}`,
  ])
  return rows.length
}

it('leaves nothing of them in tables, indexes, statistics and log, and all of everybody else', async () => {
  await write('qzxgone')
  await write('qzxother')
  await remove('qzxgone')
  await database.query('VACUUM')
  expect([...places('qzxgone')].toSorted()).toEqual(['base', 'pg_wal'])
  expect(await untilForgotten()).toEqual(DONE)
  expect(holding('qzxgone')).toEqual([])
  expect(await scoresOf('qzxother')).toBe(20)
  expect(holding('qzxother')).not.toEqual([])
})

it('leaves nothing in the statistics of a table in which nobody else is', async () => {
  await write('qzxgone')
  await remove('qzxgone')
  expect(await untilForgotten()).toEqual(DONE)
  expect(holding('qzxgone')).toEqual([])
  expect((await database.query('SELECT FROM score')).rows).toEqual([])
})

it('writes nothing anew as long as nothing was removed', async () => {
  await write('qzxother')
  const fileOf = async () =>
    (await database.query(`SELECT pg_relation_filepath('score') AS file`)).rows[0].file
  expect((await untilForgotten()).wasNeeded).toBe(true)
  const before = await fileOf()
  await write('qzxnext')
  expect(await forgetRemovedRows(target)).toEqual({ wasNeeded: false, held: [], beyond: [] })
  expect(await fileOf()).toBe(before)
  await remove('qzxnext')
  expect(await untilForgotten()).toEqual(DONE)
  expect(await fileOf()).not.toBe(before)
})

it('leaves nothing of the texts of a job that its source has deleted', async () => {
  await write('qzxother')
  await database.query(`INSERT INTO job (job_key, title) VALUES ('job-of-another', 'qzxgone')`)
  await database.query('ANALYZE')
  await database.query('CHECKPOINT')
  await untilForgotten()
  expect(holding('qzxgone')).not.toEqual([])
  await database.query(`UPDATE job SET title = NULL, lifecycle = 'DELETED' WHERE title = 'qzxgone'`)
  expect(await untilForgotten()).toEqual(DONE)
  expect(holding('qzxgone')).toEqual([])
  expect(await forgetRemovedRows(target)).toMatchObject({ wasNeeded: false })
})

it.each([
  [
    'may still see them',
    /^an open transaction may still see \d+ removed rows of score$/,
    'SELECT FROM atsflow_warehouse',
  ],
  ['reads the table', /^somebody reads score, and keeps it/, 'SELECT FROM scores'],
])('says that it is to be tried again while somebody %s', async (_what, held, statement) => {
  await write('qzxgone')
  const reader = await connected()
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await reader.query(statement)
  await remove('qzxgone')
  const tried = await forgetRemovedRows(target)
  await reader.end()
  expect(tried.held).toContainEqual(expect.stringMatching(held))
  expect(holding('qzxgone')).not.toEqual([])
  expect(await untilForgotten()).toEqual(DONE)
  expect(holding('qzxgone')).toEqual([])
})

it('says what it has no right to, and does the rest', async () => {
  await write('qzxgone')
  await database.query(`CREATE ROLE lesser LOGIN PASSWORD 'lesser-password'`)
  for (const table of ['job', 'application', 'status', 'score', 'atsflow_warehouse'])
    await database.query(`ALTER TABLE ${table} OWNER TO lesser`)
  await remove('qzxgone')
  target = warehouseTarget(server.url.replace(/\/\/[^@]+@/, '//lesser:lesser-password@'))
  const { held, beyond } = await untilForgotten()
  expect([held, beyond]).toEqual([
    [],
    [expect.stringContaining('VACUUM FULL pg_statistic'), expect.stringContaining('pg_switch_wal')],
  ])
  const { rows } = await database.query(`SELECT pg_relation_filepath('score') AS file`)
  expect(holding('qzxgone')).not.toContain(`other/warehouse/postgres/${rows[0].file}`)
})

it('says that files of the log are kept for somebody else', async () => {
  await write('qzxgone')
  await database.query(`SELECT pg_create_physical_replication_slot('replica', true)`)
  await remove('qzxgone')
  const { held, beyond } = await untilForgotten()
  expect([held, beyond]).toEqual([
    [],
    [expect.stringMatching(/^\d+ files of the write-ahead log: a replica/)],
  ])
})

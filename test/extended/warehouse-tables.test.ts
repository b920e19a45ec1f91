/** The tables of the warehouse and what answers in their place. No process of the pipeline is needed. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { warehouseTarget } from '../../infra/warehouse/config.ts'
import { createTables } from '../../infra/warehouse/tables.ts'
import { EXPORTS, type ExportName } from '../../services/console/api/exports.ts'
import { COMMANDS, QUESTIONS } from '../support/printed-sql.ts'
import { otherPostgres } from '../support/warehouse-process.ts'

const NAMES = Object.keys(EXPORTS) as ExportName[]
const KEYS = ['job_key', 'source', 'tenant_id']
let dataDir: string
let server: Awaited<ReturnType<typeof otherPostgres>>
let database: pg.Client

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'atsflow-warehouse-tables-'))
  // The server's account, which is not root, has to pass through.
  chmodSync(dataDir, 0o711)
  server = await otherPostgres(dataDir)
})
afterAll(async () => {
  await server?.part.stop()
  rmSync(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  database = new pg.Client({ connectionString: server.url })
  await database.connect()
  await database.query('DROP SCHEMA public CASCADE')
  await database.query('CREATE SCHEMA public')
})
afterEach(() => database?.end())

const make = () => createTables(warehouseTarget(server.url))
const rows = async (sql: string) => (await database.query(sql)).rows

/** One person with one job, some of it from before a version named source and tenant. */
async function fill(): Promise<void> {
  const [application, candidate, job] = ['direct:acme:c1#j1', 'direct:acme:c1', 'direct:acme:j1']
  const keys = [application, candidate, job]
  await database.query(
    `INSERT INTO job (job_key, title, organization, lifecycle, recorded_at)
     VALUES ($1, 'Baker', 'Bread & Co', 'ACTIVE', '2026-01-01 12:00')`,
    [job],
  )
  await database.query(
    `INSERT INTO application (application_key, candidate_key, job_key, outcome, state, occurred_at, reasons)
     VALUES ($1, $2, $3, 'INVITED', 'completed', '2026-01-04 12:00', '{}')`,
    keys,
  )
  for (const [number, state] of ['received', 'invited', 'completed'].entries())
    await database.query(
      `INSERT INTO status (status_key, application_key, candidate_key, job_key, source, tenant_id, number, to_state,
         occurred_at, ingested_at)
       VALUES ($4, $1, $2, $3, 'direct', 'acme', $5, $6, $7, $7)`,
      [...keys, `k${number}`, number + 1, state, `2026-01-0${number + 1} 12:00`],
    )
  for (const [id, type, day] of [
    ['a', 'role_fit', 1],
    ['b', 'role_fit', 2],
    ['c', 'hard_skill', 1],
  ] as const)
    await database.query(
      `INSERT INTO score (event_id, application_key, candidate_key, job_key, source, tenant_id, score_type, kind,
         normalized, observed_at)
       VALUES ($4, $1, $2, $3, 'direct', 'acme', $5, 'FIT', 0.5, $6)`,
      [...keys, id, type, `2026-01-0${day} 12:00`],
    )
}

describe('the views', () => {
  beforeEach(async () => {
    await make()
    await fill()
  })

  it.each(NAMES)('%s has no column that the console would call otherwise, and all keys', async name => {
    const columns = await rows(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = '${name}'`,
    )
    const names = columns.map(column => String(column.name))
    const known = Object.keys(EXPORTS[name].row.shape)
    const OF_THE_TOPIC_ALONE = [
      ...['closed_at', 'deleted_at', 'employment_type', 'workplace_type', 'total_job_openings'],
      ...['pulsifi_job_id', 'ext_reference_id', 'result_content_sha256', 'event_id', 'recorded_at'],
    ]
    expect(names.filter(column => !known.includes(column) && !OF_THE_TOPIC_ALONE.includes(column))).toEqual(
      [],
    )
    const keys = name === 'jobs' ? KEYS : [...KEYS, 'application_key', 'candidate_key', 'job_title']
    expect(names).toEqual(expect.arrayContaining(keys))
    expect(columns.filter(({ type }) => type === 'timestamp without time zone')).toEqual([])
  })

  it('say where an application stands, since when, and for which job', async () => {
    expect(await rows('SELECT * FROM applications')).toMatchObject([
      {
        ...{ application_key: 'direct:acme:c1#j1', job_title: 'Baker', source: 'direct', tenant_id: 'acme' },
        ...{ state: 'completed', reached: 'completed', outcome: 'INVITED', opened_at: null },
        received_at: new Date('2026-01-01T12:00:00Z'),
        invited_at: new Date('2026-01-02T12:00:00Z'),
        completed_at: new Date('2026-01-03T12:00:00Z'),
        decided_at: new Date('2026-01-04T12:00:00Z'),
      },
    ])
  })

  it('mark the newest score of each type', async () => {
    const current = 'SELECT event_id, job_title FROM scores WHERE is_current ORDER BY event_id'
    expect(await rows(current)).toEqual([
      { event_id: 'b', job_title: 'Baker' },
      { event_id: 'c', job_title: 'Baker' },
    ])
  })

  it('keep an application whose job is not there', async () => {
    await database.query('DELETE FROM job')
    for (const name of ['applications', 'statuses', 'scores'])
      expect((await rows(`SELECT job_title FROM ${name}`))[0]).toEqual({ job_title: null })
  })

  it('tell one moment, whatever zone it is told in', async () => {
    await database.query(`SET TimeZone = 'Asia/Tokyo'`)
    expect(await rows('SELECT recorded_at, recorded_at::text AS text FROM jobs')).toEqual([
      { recorded_at: new Date('2026-01-01T12:00:00Z'), text: '2026-01-01 21:00:00+09' },
    ])
  })
})

describe('SQL that is printed', () => {
  beforeEach(async () => {
    await make()
    await fill()
  })

  it.each(QUESTIONS)('is answered in PostgreSQL: $place', async ({ sql }) => {
    expect(await rows(sql)).not.toEqual([])
  })

  it.each(COMMANDS)('is carried out: $sql', async ({ sql }) => {
    await database.query(sql.replace(/= …$/, "= 'direct:acme:c1#j1'").replace(/TO …$/, 'TO CURRENT_USER'))
  })
})

describe('a database of a version without jobs', () => {
  beforeEach(async () => {
    await database.query(FORMER)
    await database.query(`DO $$ BEGIN CREATE ROLE analyst; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
    await database.query('GRANT SELECT ON scores, invitations TO analyst')
    await database.query('GRANT USAGE ON SCHEMA public TO analyst')
    await database.query(`INSERT INTO scores (event_id, observed_at) VALUES ('s', '2026-01-01 12:00')`)
    await database.query(
      `INSERT INTO invitations (application_key, outcome) VALUES ('direct:acme:c1#j1', 'INVITED')`,
    )
    await database.query(`INSERT INTO statuses (status_key, to_state) VALUES ('k', 'received')`)
  })

  it('keeps rows and rights, and answers to the names that it had', async () => {
    const id = await make()
    expect(await make()).toBe(id)
    await database.query('SET ROLE analyst')
    expect(await rows('SELECT event_id, observed_at FROM scores')).toEqual([
      { event_id: 's', observed_at: new Date('2026-01-01T12:00:00Z') },
    ])
    const applications = await rows('SELECT source, tenant_id, outcome FROM applications')
    expect(applications).toEqual([{ source: 'direct', tenant_id: 'acme', outcome: 'INVITED' }])
    expect(await rows('SELECT outcome, is_anonymous_candidate FROM invitations')).toEqual([
      { outcome: 'INVITED', is_anonymous_candidate: null },
    ])
    await expect(rows('SELECT FROM statuses')).rejects.toThrow(/permission denied/)
    await database.query('RESET ROLE')
    expect(await rows('SELECT to_state FROM statuses')).toEqual([{ to_state: 'received' }])
  })
})

/** Its tables, as it made them. */
const FORMER = `
  CREATE TABLE scores (event_id text PRIMARY KEY, application_key text, candidate_key text, job_key text, source text,
    tenant_id text, pulsifi_candidate_id text, pulsifi_job_id text, ext_reference_id text, score_type text, kind text,
    score_value double precision, score_format integer, normalized double precision, result_content_sha256 text,
    observed_at timestamp(3));
  CREATE INDEX scores_current ON scores (application_key, score_type, observed_at DESC);
  CREATE TABLE invitations (application_key text PRIMARY KEY, event_id text, candidate_key text, job_key text,
    ext_reference_id text, pulsifi_job_id text, pulsifi_candidate_id text, outcome text, reasons text[], status text,
    invitation_expired_at timestamp(3), created_at timestamp(3), http_status integer, is_anonymous_candidate boolean,
    attempt integer, first_attempt_at timestamp(3), next_attempt_at timestamp(3), call_deadline_at timestamp(3),
    occurred_at timestamp(3), source text, tenant_id text, state text);
  CREATE TABLE statuses (status_key text PRIMARY KEY, event_id text, application_key text, candidate_key text, job_key text,
    source text, tenant_id text, number integer, from_state text, to_state text, reason text, reason_number integer,
    actor text, occurred_at timestamp(3), ingested_at timestamp(3));
  CREATE INDEX statuses_of ON statuses (application_key, number);
  CREATE TABLE atsflow_warehouse (is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    id uuid NOT NULL DEFAULT gen_random_uuid(), forgotten_rows bigint, forgotten_at timestamptz);
  INSERT INTO atsflow_warehouse DEFAULT VALUES;
`

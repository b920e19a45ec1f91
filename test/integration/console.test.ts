import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { AuditEntry, PulsifiInvitation } from '../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../services/core/topics.ts'
import { type Counted, countTopics } from '../support/console-counts.ts'
import { type ConsoleProcess, startConsoleProcess } from '../support/console-process.ts'
import { binding, candidate, invitation, job, result, score } from '../support/console-records.ts'
import { opsJson } from '../support/ops.ts'
import { connectPipeline, partitionOf } from '../support/ops-records.ts'
import { eventually } from '../support/partition-eventually.ts'

const TENANT = `c${Date.now().toString(36)}`
const place = { source: 'jobylon', tenant: TENANT }
const keyOf = (id: string) => `jobylon:${TENANT}:${id}`
const JOBS = ['j0', 'j1', 'j2']
const infrastructure = {
  KAFKA_BROKERS: String(inject('kafkaBrokers')),
  SCHEMA_REGISTRY_URL: String(inject('registryUrl')),
}

let pipeline: Awaited<ReturnType<typeof connectPipeline>>
let directory: string
let file: string
let running: ConsoleProcess | undefined

const start = async (env: Record<string, string> = {}): Promise<ConsoleProcess> => {
  running = await startConsoleProcess({
    ...infrastructure,
    CONSOLE_DB: file,
    LOCAL_DATA_DIR: directory,
    ...env,
  })
  return running
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-console-'))
  file = join(directory, 'console.duckdb')
  pipeline = await connectPipeline(infrastructure)
  for (const id of JOBS) {
    await pipeline.writeRecord(CANONICAL_JOB, keyOf(id), job(place, id))
    await pipeline.writeRecord(PULSIFI_JOB_BINDING, keyOf(id), binding(place, id))
  }
  await writePeople(0, 60)
  // A deleted person, and a result that was deleted with its scores.
  await pipeline.writeRecord(
    CANONICAL_CANDIDATE,
    keyOf('p1'),
    candidate(place, 'p1', [], { lifecycle: 'DELETED' }),
  )
  await pipeline.write({
    topic: PULSIFI_RESULT,
    key: `${keyOf('p0')}#j0`,
    value: null,
    partition: partitionOf(keyOf('p0')),
  })
})
afterEach(() => running?.stop())
afterAll(async () => {
  await pipeline.close()
  rmSync(directory, { recursive: true, force: true })
})

/** People in every state that an application can be in. */
async function writePeople(from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const jobId = JOBS[n % 3] ?? 'j0'
    await pipeline.writeRecord(CANONICAL_CANDIDATE, keyOf(`p${n}`), candidate(place, `p${n}`, [jobId]))
    for (const known of ledgerOf(n)) {
      const record = invitation(place, `p${n}`, jobId, known)
      await pipeline.writeRecord(
        PULSIFI_INVITATION,
        record.application_key,
        record,
        partitionOf(keyOf(`p${n}`)),
      )
    }
    if (n === 0 || (n % 4 === 3 && n % 10 < 7)) await writeResult(n, jobId)
  }
}

function ledgerOf(n: number): Partial<PulsifiInvitation>[] {
  const waiting = { outcome: 'WAITING', reasons: ['JOB_UNBOUND'], occurred_at: 2_000 + n } as const
  const blocked = {
    outcome: 'BLOCKED',
    reasons: [`JOB_BLOCKED:DESCRIPTION_TOO_SHORT:${n}`],
    occurred_at: 3_000,
  } as const
  const invited = ['invited', 'opened', 'started', 'completed']
    .slice(0, 1 + (n % 4))
    .map((status, at) => ({ outcome: 'INVITED', status, occurred_at: 4_000 + n * 10 + at * 1_000 }) as const)
  switch (n % 10) {
    case 9:
      return []
    case 8:
      return [waiting]
    case 7:
      return [waiting, blocked]
    default:
      return [waiting, ...invited]
  }
}

/** Seen twice: the second time counts. */
async function writeResult(n: number, jobId: string): Promise<void> {
  const partition = partitionOf(keyOf(`p${n}`))
  const record = result(place, `p${n}`, jobId)
  await pipeline.writeRecord(PULSIFI_RESULT, record.application_key, record, partition)
  for (const observed_at of [8_000, 9_000]) {
    for (const [score_type, kind] of [
      ['role_fit', 'FIT'],
      ['hard_skill', 'ADDITIONAL'],
    ] as const) {
      const score_value = (n + observed_at / 1_000) % 101
      const known = { event_id: randomUUID(), score_type, kind, score_value, observed_at }
      const one = score(place, `p${n}`, jobId, known)
      await pipeline.writeRecord(PULSIFI_SCORE, one.event_id, one, partition)
    }
  }
}

/** What the console says, in the shape of what was counted. */
async function told({ get }: ConsoleProcess): Promise<Counted> {
  const of = <T>(path: string) => get(`${path}?tenant_id=${TENANT}`) as Promise<T>
  type Row = { stage: string; outcome: string; code: string; count: number; score_type: string; mean: number }
  const funnel = await of<{ stages: Row[]; outcomes: Row[]; reasons: Row[] }>('/api/funnel')
  const { types } = await of<{ types: Row[] }>('/api/scores/types')
  const { total } = await of<{ total: number }>('/api/jobs')
  const counts = (rows: Row[], name: (row: Row) => string) =>
    Object.fromEntries(rows.map(row => [name(row), row.count]))
  return {
    stages: counts(funnel.stages, ({ stage }) => stage),
    outcomes: counts(funnel.outcomes, ({ outcome }) => outcome),
    reasons: counts(funnel.reasons, ({ outcome, code }) => `${outcome} ${code}`),
    scores: Object.fromEntries(
      types.map(({ score_type, count, mean }) => [score_type, { count, sum: Math.round(count * mean) }]),
    ),
    jobs: total,
  }
}

async function counted(): Promise<Counted> {
  const found = await countTopics(pipeline.kafka, pipeline.codec, TENANT)
  const scores = Object.entries(found.scores).map(([name, { count, sum }]) => [
    name,
    { count, sum: Math.round(sum) },
  ])
  return { ...found, scores: Object.fromEntries(scores) }
}

/** Waits until both say the same, and shows how they differ when they never do. */
async function expectSame(console: ConsoleProcess, expected: Counted): Promise<void> {
  let last: Counted | undefined
  const isSame = async () => {
    last = await told(console)
    return JSON.stringify(sorted(last)) === JSON.stringify(sorted(expected))
  }
  await eventually('the figures', isSame, 40_000).catch(() => undefined)
  expect(last).toEqual(expected)
}

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, inner]): [string, unknown] => [name, sorted(inner)])
        .toSorted(([a], [b]) => a.localeCompare(b))
    : value

describe('the console', () => {
  it('tells what a count of the topics finds, with names out of its file', async () => {
    const console = await start()
    const expected = await counted()
    // The deleted person among them: the ledger keeps the invitation.
    expect(expected.stages.canonical).toBe(60)
    await expectSame(console, expected)
    expect(await console.sql('SELECT count(*) FROM person')).toEqual([[0]])
    expect(
      await console.sql(`SELECT count(*) FROM score WHERE application_key = '${keyOf('p0')}#j0'`),
    ).toEqual([[0]])
  })

  it('tells the same after a kill in the middle of reading', async () => {
    const first = await start()
    const writing = writePeople(60, 160)
    await eventually('some of them', async () => Number((await told(first)).stages.canonical) > 70, 40_000)
    await first.kill()
    await writing
    const second = await start()
    await expectSame(second, await counted())
    const twice =
      'SELECT count(*) FROM (SELECT 1 FROM invitation_event GROUP BY kafka_partition, kafka_offset HAVING count(*) > 1)'
    expect(await second.sql(twice)).toEqual([[0]])
  })

  it('tells the same when its file was deleted', async () => {
    for (const name of readdirSync(directory))
      if (name.startsWith('console.duckdb')) rmSync(join(directory, name), { recursive: true })
    await expectSame(await start(), await counted())
  })

  it('keeps names when told to, and those of deleted people never', async () => {
    const console = await start({ CONSOLE_PERSONAL_DATA: 'true' })
    const read = `SELECT candidate_key, last_name FROM person WHERE candidate_key IN ('${keyOf('p1')}', '${keyOf('p2')}')`
    const everybody = `SELECT count(*) FROM person WHERE candidate_key LIKE 'jobylon:${TENANT}:%'`
    await eventually('all names', async () => Number((await console.sql(everybody))[0]?.[0]) === 159, 40_000)
    expect(await console.sql(read)).toEqual([[keyOf('p2'), 'Person p2']])
  })

  it('gives its tables away as files', async () => {
    const console = await start()
    await expectSame(console, await counted())
    const csv = await (await fetch(`${console.url}/api/exports/invitations.csv`)).text()
    expect(csv.split('\n').filter(line => line.includes(`jobylon:${TENANT}:`))).toHaveLength(160)
    expect(csv).not.toContain('secret')
    const parquet = Buffer.from(
      await (await fetch(`${console.url}/api/exports/scores.parquet`)).arrayBuffer(),
    )
    expect(parquet.subarray(0, 4).toString()).toBe('PAR1')
    await eventually('the files to be gone', () => readdirSync(`${file}.exports`).length === 0)
  })

  it('finds the same in its lists, in files and in SQL, and refuses a filter that it does not know', async () => {
    const console = await start()
    const expected = await counted()
    await expectSame(console, expected)
    const filters = `tenant_id=${TENANT}&state=blocked&from=1970-01-01&to=1970-01-01`
    const { total } = (await console.get(`/api/applications?${filters}&limit=1`)) as { total: number }
    expect(total).toBe(expected.outcomes.BLOCKED)
    const csv = await (await fetch(`${console.url}/api/exports/applications.csv?${filters}`)).text()
    const [head = '', ...lines] = csv.trimEnd().split('\n')
    expect(lines).toHaveLength(total)
    for (const line of lines)
      expect(line).toMatch(/The job is blocked: the job description has \d+ characters/)
    const columns = await console.sql('SELECT * FROM (DESCRIBE applications)')
    expect(columns.map(([name]) => name)).toEqual(head.split(','))
    const rows = await console.sql(
      `SELECT count(*) FROM applications WHERE tenant_id = '${TENANT}' AND state = 'blocked'`,
    )
    expect(rows).toEqual([[total]])
    expect(
      (await console.get(`/api/applications?tenant_id=${TENANT}&from=1970-01-02`)) as object,
    ).toMatchObject({
      total: 0,
    })
    for (const path of ['/api/applications', '/api/funnel', '/api/exports/scores.csv'])
      expect([path, (await fetch(`${console.url}${path}?tenant=${TENANT}`)).status]).toEqual([path, 400])
  })

  it('answers nothing new with 304', async () => {
    const console = await start()
    const address = `${console.url}/api/steps?tenant_id=${TENANT}`
    await expectSame(console, await counted())
    const first = await fetch(address)
    const second = await fetch(address, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    expect([first.status, second.status]).toEqual([200, 304])
  })

  it('puts on record who has looked at people, from where and at what, before it answers', async () => {
    const console = await start()
    const key = `${keyOf('p2')}#j2`
    for (let asked = 0; asked < 3; asked++)
      await console.get(`/api/applications/timeline?key=${encodeURIComponent(key)}`)
    await console.get('/api/applications?q=Person')
    const entries = (await opsJson(infrastructure, 'audit', '--subject', key)) as AuditEntry[]
    expect(entries).toMatchObject([
      { kind: 'LOOK', action: 'getTimeline', subjects: [key], actor: 'this machine', address: '127.0.0.1' },
    ])
    expect(JSON.stringify(await opsJson(infrastructure, 'audit'))).not.toContain('Person')
  })
})

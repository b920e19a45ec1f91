/** After an erasure, and once compaction has been there, no disk of this installation holds the person any more. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stack, startStack } from '../../infra/stack.ts'
import { portSettings, SANDBOX, stackProcesses } from '../../infra/stack-processes.ts'
import type { PulsifiStatus } from '../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  PULSIFI_ACCESS,
  PULSIFI_INVITATION,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../../services/core/topics.ts'
import type { Codec } from '../../services/platform/avro/codec.ts'
import { waitUntil } from '../chaos/wait-until.ts'
import { filesHolding } from '../support/bytes-on-disk.ts'
import { directJob } from '../support/direct-job.ts'
import { ops } from '../support/ops.ts'
import { connectPipeline, type Pipeline } from '../support/ops-records.ts'
import { startWarehouse, type Warehouse } from '../support/warehouse-process.ts'
import { score } from '../support/warehouse-records.ts'

const TOPICS = [
  CANONICAL_CANDIDATE,
  PULSIFI_ACCESS,
  PULSIFI_INVITATION,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
] as const
/** What the certificate lists as going by age, or as elsewhere: freed pages of the caches. */
const BY_AGE = /^kafka\/log\/(ats\.raw\.|pulsifi\.raw|.*dead-letter|.*redrive|pulsifi\.inbox)/
const CACHES = /^state\/|^console\.duckdb(\.wal)?$/
/** The stand-in for Pulsifi: a person has to ask it. */
const PULSIFI = /^sandbox/
const WITHIN_MS = 180_000

const dataDir = mkdtempSync(join(tmpdir(), 'atsflow-erasure-'))
// The account of the database, which is not root, has to pass through.
chmodSync(dataDir, 0o711)
const directory = join(dataDir, 'console.duckdb')
let stack: Stack
let pipeline: Pipeline
let warehouse: Warehouse | null = null
/** What the tables of the warehouse have of each alone: ids of scores, of changes and of results. */
let rowsOf: { readonly gone: readonly string[]; readonly other: readonly string[] }

/** Texts that occur nowhere else. */
const valuesOf = (id: string) => ({
  first: `Vorname${id}`,
  last: `Nachname${id}`,
  email: `post.${id}@example.org`,
  note: `Bemerkung äöü / ${id}`,
})
const [gone, other] = [valuesOf('qzxgone'), valuesOf('qzxother')]

const candidate = (id: string, values: ReturnType<typeof valuesOf>) => ({
  type: 'candidate',
  action: 'upsert',
  data: {
    external_id: id,
    ...{
      first_name: values.first,
      last_name: values.last,
      email: values.email,
      recruiter_notes: values.note,
    },
    applications: [{ external_id: `${id}-1`, job: { external_id: 'j1' }, cover_message: values.note }],
  },
})

beforeAll(async () => {
  const named = [...[SANDBOX, ...stackProcesses()].flatMap(portSettings).map(({ variable }) => variable)]
  const ports = Object.fromEntries(
    [...named, 'LOCAL_KAFKA_PORT', 'LOCAL_REGISTRY_PORT'].map(name => [name, 0]),
  )
  const { PATH, HOME, JAVA_HOME } = process.env
  stack = await startStack({
    env: {
      ...{ PATH, HOME, JAVA_HOME, LOG_LEVEL: 'warn', SANDBOX_FINISH_SECONDS: '1', RESULT_POLL_SECONDS: '1' },
      ...{ CONSOLE_PERSONAL_DATA: 'true', CONSOLE_DB: directory },
    },
    dataDir,
    ports,
  })
  pipeline = await connectPipeline(stack.env)
  await post(directJob)
  await post(candidate('gone', gone))
  await post(candidate('other', other))
  await waitUntil('scores of both', WITHIN_MS, async () => (await scored()).size === 2)
})
beforeAll(async () => {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = stack.env
  const soon = { WAREHOUSE_FORGET_HOURS: '0.001' }
  warehouse = await startWarehouse(dataDir, '', { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, ...soon })
  await waitUntil('rows of both', WITHIN_MS, async () => {
    rowsOf = { gone: await idsIn('gone'), other: await idsIn('other') }
    return rowsOf.gone.length > 10 && rowsOf.other.length > 10
  })
})
afterAll(async () => {
  await warehouse?.stop()
  await pipeline?.close()
  await stack?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function post(event: object): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'x-hook-token': stack.secrets.SOURCE_DIRECT_SECRET ?? '',
  }
  const answer = await fetch(`${stack.urls.ingress}/hooks/direct/default`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify(event),
  })
  expect(answer.status).toBe(200)
}

/** Applications of which a score stands. */
async function scored(): Promise<ReadonlySet<string>> {
  const { codec }: { codec: Codec } = pipeline
  const live = new Map<string, string>()
  for (const { key, value } of await pipeline.readAll({ topics: [PULSIFI_SCORE] })) {
    if (value !== null) await codec.prepare([value])
    if (value === null) live.delete(key ?? '')
    else live.set(key ?? '', codec.decode(PULSIFI_SCORE, value).application_key)
  }
  return new Set(live.values())
}

async function idsIn(candidate: string): Promise<string[]> {
  const sql = `SELECT event_id FROM scores WHERE application_key = $1
    UNION SELECT result_content_sha256 FROM scores WHERE application_key = $1
    UNION SELECT event_id FROM statuses WHERE application_key = $1`
  const rows = await warehouse?.database.query(sql, [`direct:default:${candidate}-1`]).catch(() => null)
  return rows?.rows.flatMap(({ event_id: id }) => id ?? []) ?? []
}

const inWarehouse = (ids: readonly string[]) => filesHolding(ids, join(dataDir, 'warehouse'))

/** What the history says of an application. */
async function historyOf(application: string): Promise<readonly string[]> {
  const live = new Map<string, PulsifiStatus>()
  for (const { key, value } of await pipeline.readAll({ topics: [PULSIFI_STATUS] })) {
    if (value !== null) await pipeline.codec.prepare([value])
    if (value === null) live.delete(key ?? '')
    else live.set(key ?? '', pipeline.codec.decode(PULSIFI_STATUS, value))
  }
  return [...live.values()].flatMap(({ application_key, to }) => (application_key === application ? to : []))
}

/** Knows nothing of this project: prints the keys of whatever it is given. */
const PLAIN_READER = `
  const { Kafka, logLevel } = require('kafkajs')
  const kafka = new Kafka({ brokers: process.env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: 'plain' })
  consumer.connect()
    .then(() => consumer.subscribe({ topic: '${PULSIFI_SCORE}', fromBeginning: true }))
    .then(() => consumer.run({ eachMessage: async ({ message }) => console.log(String(message.key)) }))
`

/** Segments are closed by a record that comes after them, and the cleaner comes round every 15 s. */
async function compact(): Promise<void> {
  const admin = pipeline.kafka.admin()
  await admin.connect()
  const settings = {
    ...{ 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '0', 'max.compaction.lag.ms': '1000' },
    ...{ 'segment.ms': '1000', 'delete.retention.ms': '0', 'min.cleanable.dirty.ratio': '0' },
    'file.delete.delay.ms': '0',
  }
  await admin.alterConfigs({
    validateOnly: false,
    resources: TOPICS.map(name => ({
      ...{ type: 2, name },
      configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
    })),
  })
  await admin.disconnect()
}

async function closeSegments(): Promise<void> {
  for (const topic of TOPICS)
    for (let partition = 0; partition < 6; partition++)
      await pipeline.write({ topic, key: 'filler', value: null, partition })
}

const findings = (values: readonly string[], leftOut: readonly RegExp[]): string[] =>
  filesHolding(values, dataDir, leftOut)
const isCache = (file: string): boolean => CACHES.test(file)

it('finds the person on the disks while they are there, so that finding nothing says something', () => {
  const places = findings(Object.values(gone), [BY_AGE, CACHES, PULSIFI])
  expect(places.filter(place => place.includes(CANONICAL_CANDIDATE))).not.toEqual([])
  expect(inWarehouse(rowsOf.gone)).not.toEqual([])
})

it('erases the person from every disk that the certificate calls empty, and nobody else', async () => {
  await post({ type: 'candidate', action: 'delete', data: { external_id: 'gone' } })
  await waitUntil('the scores to go', WITHIN_MS, async () => (await scored()).size === 1)
  await compact()
  let left: string[] = []
  await waitUntil('compaction', WITHIN_MS, async () => {
    await closeSegments()
    await delay(2_000)
    left = findings(Object.values(gone), [BY_AGE, CACHES, PULSIFI])
    return left.length === 0
  }).catch(() => undefined)
  expect(left).toEqual([])
  expect([...(await scored())]).toEqual([expect.stringContaining('other')])
  expect(await historyOf('direct:default:gone-1')).toEqual(['erased'])
  expect(await historyOf('direct:default:other-1')).toEqual(expect.arrayContaining(['received', 'completed']))
  expect(findings([other.email], [BY_AGE, CACHES, PULSIFI])).not.toEqual([])
})

it('erases the person from tables, statistics and log of the warehouse, and nobody else', async () => {
  let left: string[] = []
  await waitUntil('the database to forget', WITHIN_MS, () => {
    left = inWarehouse(rowsOf.gone)
    return left.length === 0
  }).catch(() => undefined)
  expect([left, warehouse?.output()]).toEqual([[], expect.stringContaining('gone from them on disk')])
  expect(await idsIn('other')).toEqual(expect.arrayContaining([...rowsOf.other]))
  expect(inWarehouse(rowsOf.other)).not.toEqual([])
  await warehouse?.stop()
  warehouse = null
})

it('leaves a topic of scores that kafkajs as shipped reads to its end', async () => {
  const ends = Array.from({ length: 6 }, (_, partition) => `end-${partition}`)
  for (const [partition, key] of ends.entries())
    await pipeline.writeRecord(PULSIFI_SCORE, key, score('direct:default:end'), partition)
  const reader = spawn(process.execPath, ['-e', PLAIN_READER], {
    env: { ...process.env, KAFKA_BROKERS: stack.env.KAFKA_BROKERS },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const read: string[] = []
  createInterface({ input: reader.stdout }).on('line', line => read.push(line))
  try {
    await waitUntil('the last records', 60_000, () => ends.every(key => read.includes(key)))
  } finally {
    reader.kill()
  }
})

it('is certified, with what goes by age and what a person must ask Pulsifi for', async () => {
  const { code, stdout } = await ops(stack.env, '--json', 'erasure', 'direct:default:gone')
  const { certificate } = JSON.parse(stdout)
  // Complete it is once raw events have gone, too.
  expect({
    code,
    isComplete: certificate.is_complete,
    unfinished: certificate.places.filter(({ state }: { state: string }) => state === 'unfinished'),
  }).toEqual({ code: 1, isComplete: false, unfinished: [] })
  expect(Date.parse(certificate.complete_by)).toBeGreaterThan(Date.now())
  const of = (state: string) =>
    certificate.places
      .filter((item: { state: string }) => item.state === state)
      .map(({ place }: { place: string }) => place)
  expect(of('by-age')).toContain('ats.raw.direct')
  expect(of('by-a-person')).toHaveLength(1)
  expect(of('removed')).toEqual(
    expect.arrayContaining([
      'console: rows of person, result, score and status',
      'SPOOL_DIR of ingress',
      'normalizer.dead-letter',
    ]),
  )
  expect(stdout).not.toContain(gone.email)
})

it('leaves nothing in the caches once they are made again', async () => {
  await pipeline.close()
  await stack.stop()
  rmSync(join(dataDir, 'state'), { recursive: true })
  for (const end of ['', '.wal']) rmSync(`${directory}${end}`, { force: true })
  const env = Object.fromEntries(
    Object.entries(stack.env).filter(([name]) => name !== 'KAFKA_BROKERS' && name !== 'SCHEMA_REGISTRY_URL'),
  )
  stack = await startStack({ env, dataDir })
  pipeline = await connectPipeline(stack.env)
  await waitUntil('the console', WITHIN_MS, () => findings([other.email], [BY_AGE, PULSIFI]).some(isCache))
  expect(findings(Object.values(gone), [BY_AGE, PULSIFI])).toEqual([])
})

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Producer } from 'kafkajs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import {
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../../services/core/topics.ts'
import { type Codec, createCodec } from '../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'
import { Kafka, logLevel, Partitioners } from '../../services/platform/kafkajs/kafkajs.ts'
import { waitUntil } from '../chaos/wait-until.ts'
import { otherPostgres, startWarehouse, type Warehouse } from '../support/warehouse-process.ts'
import { invitation, job, score, status } from '../support/warehouse-records.ts'

const WITHIN_MS = 90_000

/** A key of this run: other tests write to the same topics. */
const keyOf = (name: string) => `direct:w${process.pid}-${Date.now().toString(36)}:${name}`
let dataDir: string
let codec: Codec
let kafka: InstanceType<typeof Kafka>
let producer: Producer
let warehouse: Warehouse

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'atsflow-warehouse-'))
  // The server's account, which is not root, has to pass through.
  chmodSync(dataDir, 0o711)
  const registry = createRegistryClient({ url: inject('registryUrl') })
  await registry.registerSubjects()
  codec = createCodec(registry)
  kafka = new Kafka({ brokers: [inject('kafkaBrokers')], logLevel: logLevel.NOTHING })
  producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    transactionalId: keyOf('producer'),
    idempotent: true,
    maxInFlightRequests: 1,
  })
  await producer.connect()
  // First of all, before there is a table: a deletion of what never was a row.
  await write([[PULSIFI_INVITATION, keyOf('never'), null]])
})
beforeAll(async () => {
  warehouse = await startWarehouse(dataDir)
})
afterAll(async () => {
  await warehouse.stop()
  await producer?.disconnect()
  rmSync(dataDir, { recursive: true, force: true })
})

type Written = readonly [topic: string, key: string, value: Buffer | null]

async function write(records: readonly Written[], end: 'commit' | 'abort' = 'commit'): Promise<void> {
  const transaction = await producer.transaction()
  for (const [topic, key, value] of records) await transaction.send({ topic, messages: [{ key, value }] })
  await transaction[end]()
}

const invited = (key: string, known: Parameters<typeof invitation>[1] = {}): Written => [
  PULSIFI_INVITATION,
  key,
  codec.encode(PULSIFI_INVITATION, invitation(key, known)),
]
/** Under its own key, unless it is one of an older version. */
function scored(key: string, known: Parameters<typeof score>[1] = {}, recordKey?: string): Written {
  const record = score(key, known)
  return [PULSIFI_SCORE, recordKey ?? record.event_id, codec.encode(PULSIFI_SCORE, record)]
}

const changed = (key: string, known: Parameters<typeof status>[1] = {}): Written => {
  const record = status(key, known)
  return [PULSIFI_STATUS, record.status_key, codec.encode(PULSIFI_STATUS, record)]
}

const offered = (key: string, known: Parameters<typeof job>[1] = {}): Written => [
  CANONICAL_JOB,
  key,
  codec.encode(CANONICAL_JOB, job(key, known)),
]

async function jobs(key: string): Promise<Record<string, unknown>[]> {
  return (await warehouse.database.query('SELECT * FROM jobs WHERE job_key = $1', [key])).rows
}

/** Rows of an application; none as long as there is no table. */
async function rows(
  table: 'scores' | 'applications' | 'statuses',
  key: string,
): Promise<Record<string, unknown>[]> {
  const query = `SELECT * FROM ${table} WHERE application_key = $1 ORDER BY event_id`
  return warehouse.database.query(query, [key]).then(
    result => result.rows,
    () => [],
  )
}

async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  await waitUntil(what, WITHIN_MS, isSo).catch(error => {
    throw new Error(`${error.message}; the warehouse printed: ${warehouse.output()}`)
  })
}

it('holds what was committed, and nothing that was aborted', async () => {
  const [kept, aborted] = [keyOf('kept'), keyOf('aborted')]
  // Under the same key as what is kept, so that it would be read before.
  await write([invited(aborted), scored(kept, { event_id: `${kept}-0` })], 'abort')
  await write([
    invited(kept, { reasons: ['EMAIL_MISSING', 'JOB_UNBOUND'] }),
    scored(kept, { event_id: `${kept}-1`, score_type: 'role_fit', score_value: 85.5, normalized: 0.855 }),
    scored(kept, { event_id: `${kept}-2`, score_type: 'reasoning_verbal' }),
  ])
  await eventually('the rows', async () => {
    return (await rows('applications', kept)).length === 1 && (await rows('scores', kept)).length >= 2
  })
  const [row] = await rows('applications', kept)
  const expected = invitation(kept)
  expect(row).toMatchObject({
    event_id: expected.event_id,
    outcome: 'INVITED',
    reasons: ['EMAIL_MISSING', 'JOB_UNBOUND'],
    attempt: 1,
    next_attempt_at: null,
    decided_at: new Date(expected.occurred_at),
  })
  const scores = await rows('scores', kept)
  expect(scores.map(({ event_id }) => event_id)).toEqual([`${kept}-1`, `${kept}-2`])
  const [first] = scores
  expect(first).toMatchObject({ score_type: 'role_fit', kind: 'FIT', score_value: 85.5, normalized: 0.855 })
  expect(first?.observed_at).toEqual(new Date(score(kept).observed_at))
  expect(await rows('applications', aborted)).toEqual([])
})

it('holds jobs, and their titles beside whatever is of them', async () => {
  const [key, application] = [keyOf('job'), keyOf('of-job')]
  const known = { job_key: key }
  await write([invited(application, known), scored(application, known), changed(application, known)])
  await eventually('the application', async () => (await rows('applications', application)).length === 1)
  await write([offered(key, { title: 'Baker', status: 'OPEN', date_posted: 20_000 })])
  await eventually('the job', async () => (await jobs(key))[0]?.title === 'Baker')
  expect(await jobs(key)).toMatchObject([
    {
      ...{ job_key: key, external_id: 'job', source: 'direct', kind: 'POSTING', status: 'OPEN' },
      ...{ tenant_id: key.split(':')[1], organization: 'Bread & Co', lifecycle: 'ACTIVE', closed_at: null },
      recorded_at: expect.any(Date),
    },
  ])
  expect(Object.keys((await jobs(key))[0] ?? {})).not.toContain('contacts')
  for (const table of ['applications', 'scores', 'statuses'] as const)
    expect(await rows(table, application)).toMatchObject([{ job_key: key, job_title: 'Baker' }])
})

it('empties the row of a job that its source has deleted, and removes it with the key', async () => {
  const key = keyOf('deleted-job')
  await write([offered(key, { title: 'Baker' })])
  await eventually('the job', async () => (await jobs(key))[0]?.title === 'Baker')
  const deleted = { lifecycle: 'DELETED', deleted_at: Date.UTC(2026, 0, 2) } as const
  await write([offered(key, { title: null, hiring_organization: null, ...deleted })])
  await eventually('the deletion', async () => (await jobs(key))[0]?.lifecycle === 'DELETED')
  expect(await jobs(key)).toMatchObject([
    { title: null, organization: null, deleted_at: new Date(deleted.deleted_at) },
  ])
  await write([[CANONICAL_JOB, key, null]])
  await eventually('the removal', async () => (await jobs(key)).length === 0)
})

it('goes on behind a record that nobody can read, and keeps it on a topic of its own', async () => {
  const key = keyOf('foreign')
  await write([
    [PULSIFI_INVITATION, key, Buffer.from('{"foreign":true}')],
    [PULSIFI_INVITATION, key, Buffer.from([0, 0, 255, 255, 255, 1])],
    invited(key),
  ])
  await eventually('the row behind it', async () => (await rows('applications', key)).length === 1)
  const consumer = kafka.consumer({ groupId: keyOf('dead-letters') })
  await consumer.connect()
  await consumer.subscribe({ topic: 'warehouse.dead-letter', fromBeginning: true })
  const letters: string[] = []
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (String(message.key) === key)
        letters.push(`${message.headers?.['__connect.errors.topic']} ${message.value?.length}`)
    },
  })
  await eventually('both dead letters', async () => letters.length === 2)
  await consumer.disconnect()
  expect(letters).toEqual([`${PULSIFI_INVITATION} 16`, `${PULSIFI_INVITATION} 6`])
})

it('keeps the way into an assessment out of the warehouse', async () => {
  const key = keyOf('secret')
  await write([invited(key, { invitation_link: 'https://example.com/i/abc', invite_code: 'abc' })])
  await eventually('the row', async () => (await rows('applications', key)).length === 1)
  expect(Object.keys((await rows('applications', key))[0] ?? {})).not.toContain('invitation_link')
  expect(JSON.stringify(await rows('applications', key))).not.toContain('abc')
})

it('changes the row of an application, and removes it with the key', async () => {
  const key = keyOf('changed')
  await write([invited(key, { outcome: 'INTENDED' })])
  await eventually('the first decision', async () => (await rows('applications', key)).length === 1)
  await write([invited(key, { outcome: 'INVITED', event_id: 'second' })])
  await eventually(
    'the second decision',
    async () => (await rows('applications', key))[0]?.outcome === 'INVITED',
  )
  expect(await rows('applications', key)).toHaveLength(1)
  await write([[PULSIFI_INVITATION, key, null]])
  await eventually('the deletion', async () => (await rows('applications', key)).length === 0)
})

it('removes the scores of a person who was erased, and those of nobody else', async () => {
  const [erased, other] = [keyOf('erased'), keyOf('other')]
  const [one, two] = [`${erased}-1`, `${erased}-2`]
  await write([
    scored(erased, { event_id: one }),
    scored(erased, { event_id: two, score_type: 'hard_skill' }),
    scored(other),
    scored(other, { event_id: `${other}-old` }, other),
  ])
  await eventually('all scores', async () => {
    return (await rows('scores', erased)).length === 2 && (await rows('scores', other)).length === 2
  })
  await write([...[one, two, erased].map((key): Written => [PULSIFI_SCORE, key, null]), scored(other)])
  await eventually('the erasure', async () => (await rows('scores', erased)).length === 0)
  expect(await rows('scores', other)).toHaveLength(2)
})

it('holds the history of an application, and of an erased person no more than that', async () => {
  const [key, other] = [keyOf('history'), keyOf('history-of-another')]
  const second = {
    event_id: 'b',
    status_key: `${key}-2`,
    number: 2,
    from: 'received',
    to: 'blocked',
  } as const
  const why = { reason: 'JOB_BLOCKED:DESCRIPTION_TOO_SHORT', reason_number: 151 }
  await write([changed(key, { event_id: 'a' }), changed(key, { ...second, ...why }), changed(other)])
  await eventually('both changes', async () => (await rows('statuses', key)).length === 2)
  expect(await rows('statuses', key)).toMatchObject([
    { from_state: null, to_state: 'received', reason: null, occurred_at: new Date(status(key).occurred_at) },
    { number: 2, from_state: 'received', to_state: 'blocked', ...why, actor: 'pipeline' },
  ])
  const erased = { event_id: 'c', status_key: `${key}-3`, number: 3, from: 'blocked', to: 'erased' } as const
  await write([
    ...[1, 2, 3].map((number): Written => [PULSIFI_STATUS, `${key}-${number}`, null]),
    [PULSIFI_STATUS, key, null],
    changed(key, erased),
  ])
  await eventually('the erasure', async () => (await rows('statuses', key)).length === 1)
  expect(await rows('statuses', key)).toMatchObject([{ number: 3, to_state: 'erased' }])
  expect(await rows('statuses', other)).toHaveLength(1)
})

it('fills an empty database from the beginning, and goes on when it was away for a while', async () => {
  const key = keyOf('away')
  await write([invited(key), scored(key)])
  await eventually('the row', async () => (await rows('applications', key)).length === 1)
  await warehouse.stop()
  const other = await otherPostgres(dataDir)
  try {
    warehouse = await startWarehouse(dataDir, other.url)
    await eventually('the row in the other database', async () => {
      return (await rows('applications', key)).length === 1 && (await rows('scores', key)).length === 1
    })
    await other.part.kill()
    await write([invited(key, { outcome: 'FAILED' })])
    await waitUntil('the failure to be told', WITHIN_MS, () => warehouse.output().includes('failed'))
    await other.part.start()
    await eventually('the change', async () => (await rows('applications', key))[0]?.outcome === 'FAILED')
    await warehouse.stop()
  } finally {
    await other.part.stop()
    warehouse = await startWarehouse(dataDir)
  }
})

it('doubles nothing when a score is published again, and goes on after a restart', async () => {
  const key = keyOf('again')
  await write([scored(key, { event_id: key })])
  await eventually('the score', async () => (await rows('scores', key)).length === 1)
  await warehouse.stop()
  await write([scored(key, { event_id: key }), scored(key, { event_id: `${key}-new` })])
  warehouse = await startWarehouse(dataDir)
  await eventually('the newer score', async () => (await rows('scores', key)).length === 2)
  expect((await rows('scores', key)).map(row => row.event_id)).toEqual([key, `${key}-new`])
})

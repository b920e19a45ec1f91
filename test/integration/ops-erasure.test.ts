import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import {
  CANONICAL_CANDIDATE,
  PULSIFI_ACCESS,
  PULSIFI_INVITATION,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  rawTopic,
} from '../../services/core/topics.ts'
import { candidateRecord } from '../support/candidate-record.ts'
import { result } from '../support/console-records.ts'
import { invitationRecord } from '../support/ledger-records.ts'
import { ops } from '../support/ops.ts'
import { connectPipeline, type Pipeline, partitionOf } from '../support/ops-records.ts'
import { score, status } from '../support/warehouse-records.ts'

/** Keys of this run alone: the broker is shared. */
const tenant = `t${randomUUID().slice(0, 8)}`
const key = `jobylon:${tenant}:person`
const folder = mkdtempSync(join(tmpdir(), 'atsflow-erasure-'))
const env = {
  KAFKA_BROKERS: inject('kafkaBrokers'),
  SCHEMA_REGISTRY_URL: inject('registryUrl'),
  BLOB_DIR: join(folder, 'blobs'),
  // Nobody listens there.
  CONSOLE_PORT: '9',
  HEALTH_PORT: '9',
}
const candidateId = randomUUID()
const scoreIds = [randomUUID(), randomUUID()]
const statusKeys = [randomUUID(), randomUUID()]
let pipeline: Pipeline
const partition = partitionOf(key)

const invited = invitationRecord({
  ...{ application_key: key, candidate_key: key, ext_reference_id: `jobylon_${tenant}_person` },
  ...{ outcome: 'INVITED', pulsifi_candidate_id: candidateId, attempt: 1 },
})

const access = {
  ...{ application_key: key, candidate_key: key, source: 'jobylon', tenant_id: tenant },
  ...{ pulsifi_candidate_id: candidateId, invitation_link: null, invite_code: 'code', updated_at: 0 },
}

beforeAll(async () => {
  pipeline = await connectPipeline(env)
  await pipeline.write({ topic: rawTopic('jobylon'), key, value: Buffer.from('{}') })
  await pipeline.writeRecord(
    CANONICAL_CANDIDATE,
    key,
    candidateRecord({ candidate_key: key, last_name: 'Example' }),
  )
  await pipeline.writeRecord(PULSIFI_INVITATION, key, invited)
  await pipeline.writeRecord(PULSIFI_ACCESS, key, access, partition)
  const reference = { reference: candidateId, kind: 'CANDIDATE_ID', application_key: key } as const
  const rest = { attempt: 1, partition, claims: [], updated_at: 0 }
  await pipeline.writeRecord(PULSIFI_REFERENCE, candidateId, { ...reference, ...rest }, partition)
  const place = { source: 'jobylon', tenant }
  await pipeline.writeRecord(PULSIFI_RESULT, key, { ...result(place, 'person', 'j'), application_key: key })
  for (const event_id of scoreIds)
    await pipeline.writeRecord(PULSIFI_SCORE, event_id, score(key, { event_id }), partition)
  for (const status_key of statusKeys)
    await pipeline.writeRecord(PULSIFI_STATUS, status_key, status(key, { status_key }), partition)
})
afterAll(async () => {
  await pipeline?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What normalizer and sink write when the person is deleted. */
async function erase(): Promise<void> {
  const deleted = candidateRecord({ candidate_key: key, lifecycle: 'DELETED', applications: [] })
  await pipeline.writeRecord(CANONICAL_CANDIDATE, key, deleted)
  const reasons = ['PULSIFI_ERASURE_REQUIRED']
  await pipeline.writeRecord(PULSIFI_INVITATION, key, { ...invited, reasons })
  await pipeline.write({ topic: PULSIFI_ACCESS, key, value: null, partition })
  for (const gone of [...scoreIds, key])
    await pipeline.write({ topic: PULSIFI_SCORE, key: gone, value: null, partition })
  for (const gone of [...statusKeys, key])
    await pipeline.write({ topic: PULSIFI_STATUS, key: gone, value: null, partition })
  const erased = { status_key: randomUUID(), to: 'erased' } as const
  await pipeline.writeRecord(PULSIFI_STATUS, erased.status_key, status(key, erased), partition)
  await pipeline.write({ topic: PULSIFI_RESULT, key, value: null, partition })
  await pipeline.write({ topic: PULSIFI_REFERENCE, key: candidateId, value: null, partition })
}

type Answer = {
  readonly certificate: {
    is_complete: boolean
    complete_by: string | null
    places: { place: string; state: string; gone_by: string | null }[]
  }
  readonly signature: string | null
}
async function certificate(more: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await ops({ ...env, ...more }, '--json', 'erasure', key)
  // Cast: what the command prints.
  return { code, stderr, ...(JSON.parse(stdout) as Answer) }
}
const placesOf = ({ certificate: { places } }: Answer, state: string) =>
  places.filter(item => item.state === state).map(({ place }) => place.split(':')[0])

it('says of somebody who is still there that nothing is erased', async () => {
  const answer = await certificate()
  expect(answer).toMatchObject({
    ...{ code: 1, signature: null },
    certificate: { is_complete: false, complete_by: null },
  })
  expect(placesOf(answer, 'unfinished')).toEqual([
    ...[
      CANONICAL_CANDIDATE,
      PULSIFI_ACCESS,
      PULSIFI_RESULT,
      PULSIFI_SCORE,
      PULSIFI_STATUS,
      PULSIFI_REFERENCE,
    ],
    PULSIFI_INVITATION,
  ])
  expect(answer.stderr).toContain('not signed')
})

it('certifies an erasure, signed, with what a person must still do and what goes by age', async () => {
  await erase()
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(join(folder, 'key.pem'), pem, { mode: 0o600 })
  const answer = await certificate({ ERASURE_SIGNING_KEY_FILE: join(folder, 'key.pem') })
  // What she sent is on the raw topic for as long as the broker keeps it.
  expect(answer).toMatchObject({ code: 1, certificate: { is_complete: false } })
  expect(placesOf(answer, 'unfinished')).toEqual([])
  expect(placesOf(answer, 'removed')).toEqual(
    expect.arrayContaining([
      ...[
        CANONICAL_CANDIDATE,
        PULSIFI_ACCESS,
        PULSIFI_RESULT,
        PULSIFI_SCORE,
        PULSIFI_STATUS,
        PULSIFI_REFERENCE,
      ],
    ]),
  )
  expect(placesOf(answer, 'by-a-person')).toEqual(['Pulsifi'])
  const raw = answer.certificate.places.find(({ place }) => place === rawTopic('jobylon'))
  expect(raw?.state).toBe('by-age')
  expect(Date.parse(raw?.gone_by ?? '')).toBeGreaterThan(Date.now())
  const by = answer.certificate.complete_by ?? ''
  expect(Date.parse(by)).toBeGreaterThanOrEqual(Date.parse(raw?.gone_by ?? ''))
  expect(answer.stderr).toContain(`what is left goes by ${by}`)
  const payload = Buffer.from(answer.signature?.split('.')[1] ?? '', 'base64url').toString()
  expect(JSON.parse(payload)).toEqual(answer.certificate)
  expect(payload).not.toContain('Example')
})

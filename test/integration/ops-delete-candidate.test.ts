import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import {
  CANONICAL_CANDIDATE,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  rawTopic,
} from '../../services/core/topics.ts'
import { decideRecord, written } from '../../services/normalizer/decide.ts'
import { versionEntries } from '../../services/normalizer/known-versions.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import type { InputRecord } from '../../services/platform/partitions/processor.ts'
import { candidateRecord } from '../support/candidate-record.ts'
import { invitationRecord } from '../support/ledger-records.ts'
import { ops, opsAsking, opsJson } from '../support/ops.ts'
import { connectPipeline, type Pipeline } from '../support/ops-records.ts'

const env = { KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') }
/** Keys of this run alone: the broker is shared. */
const tenant = `t${randomUUID().slice(0, 8)}`
const key = `jobylon:${tenant}:person`
let pipeline: Pipeline

const known = candidateRecord({
  candidate_key: key,
  external_id: 'person',
  last_name: 'Example',
  // By a clock that is ahead of ours.
  provenance: { ...candidateRecord({}).provenance, received_at: Date.now() + 5 * 60_000 },
})

beforeAll(async () => {
  pipeline = await connectPipeline(env)
  await pipeline.writeRecord(CANONICAL_CANDIDATE, key, known)
})
afterAll(() => pipeline?.close())

const rawRecords = async () =>
  (await pipeline.readAll({ topics: [rawTopic('jobylon')] })).filter(record => record.key === key)

/** What the normalizer decides about the raw record, with the candidate as it is known. */
async function normalizeRaw(): Promise<void> {
  const [record] = await rawRecords()
  if (record === undefined) throw new Error('no raw record')
  const { codec } = pipeline
  const input: InputRecord = { ...record, type: 'record', key: record.keyBytes, fact: null }
  const state = new Map(
    versionEntries('candidate', key, written(codec, { type: 'candidate', record: known }).version),
  )
  const sources = await discoverSources()
  const decision = decideRecord(
    input,
    { get: name => state.get(name), scan: () => [] },
    {
      sources,
      settingsOf: () => ({}),
      hostsOf: () => [],
      companyName: () => null,
      partitionOf: () => 0,
      codec,
      personKeySecret: 's',
      normalizerVersion: 'test',
    },
  )
  expect(decision).toMatchObject({
    outcome: { name: 'published', source: 'jobylon', tenant },
    effects: [{ do: 'erase-blobs', key }],
  })
  for (const { topic, value } of decision.outputs) await pipeline.write({ topic, key, value })
}

it('says what would be done, and does nothing, until it is told to', async () => {
  const asked: string[] = []
  const atTerminal = (answer: string) => async (question: string) => {
    asked.push(question)
    return answer
  }
  const refused = await ops(env, 'delete-candidate', key)
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('add --yes') })
  const shown = await ops(env, 'delete-candidate', key, '--dry-run')
  const declined = await opsAsking(atTerminal('n'), env, 'delete-candidate', key)
  expect([shown.code, declined.code]).toEqual([0, 1])
  for (const { stdout } of [shown, declined]) {
    expect(stdout).toContain('ACTIVE')
    expect(stdout).not.toContain('Example')
  }
  expect(asked).toEqual([`About to delete ${key}. Do it? [y/N] `])
  expect(await rawRecords()).toEqual([])
})

it('writes what the normalizer reads as a deletion, waits for it, and is done when it is done', async () => {
  const deleting = opsJson(env, 'delete-candidate', key, '--yes')
  await expect.poll(rawRecords, { timeout: 30_000 }).toHaveLength(1)
  await normalizeRaw()
  expect(await deleting).toMatchObject({ candidate_key: key, lifecycle: 'DELETED', applications: 0 })
  expect(await opsJson(env, 'delete-candidate', key, '--yes')).toMatchObject({ lifecycle: 'DELETED' })
  expect(await rawRecords()).toHaveLength(1)
})

it('asks the sink to erase what an older version left of somebody who is deleted', async () => {
  const application = invitationRecord({ application_key: key, candidate_key: key, outcome: 'INVITED' })
  await pipeline.writeRecord(PULSIFI_INVITATION, key, application)
  const { code, stderr } = await ops(env, 'delete-candidate', key, '--yes')
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('was asked to erase') })
  const asked = (await pipeline.readAll({ topics: [PULSIFI_INBOX] })).filter(record => record.key === key)
  const [{ value } = { value: null }] = asked
  await pipeline.codec.prepare([value])
  expect(value && pipeline.codec.decode(PULSIFI_INBOX, value)).toMatchObject({
    kind: 'COMMAND',
    body: JSON.stringify({ command: 'erase', candidateKey: key }),
  })
})

it('refuses a key that no candidate has, and so a mistyped one', async () => {
  const { code, stderr } = await ops(env, 'delete-candidate', `jobylon:${tenant}:nobody`, '--yes')
  expect(code).toBe(1)
  expect(stderr).toContain('no candidate has the key')
})

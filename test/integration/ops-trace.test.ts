import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { PulsifiScore } from '../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  HEADER,
  PULSIFI_INVITATION,
  PULSIFI_REFERENCE,
  PULSIFI_SCORE,
  rawTopic,
} from '../../services/core/topics.ts'
import { traceIdOf } from '../../services/platform/tracing/trace-context.ts'
import { candidateRecord } from '../support/candidate-record.ts'
import { invitationRecord } from '../support/ledger-records.ts'
import { ops, opsJson } from '../support/ops.ts'
import { connectPipeline, type Pipeline, partitionOf, rawEvent } from '../support/ops-records.ts'

const env = { KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') }
/** Keys of this run alone: the broker is shared. */
const tenant = `t${randomUUID().slice(0, 8)}`
let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await connectPipeline(env)
})
afterAll(async () => {
  await pipeline?.close()
})

describe('trace', () => {
  const key = `jobylon:${tenant}:traced`
  const eventId = randomUUID()
  const score: PulsifiScore = {
    event_id: 'score',
    application_key: key,
    candidate_key: key,
    job_key: null,
    source: 'jobylon',
    tenant_id: tenant,
    pulsifi_candidate_id: 'candidate',
    pulsifi_job_id: null,
    ext_reference_id: `jobylon_${tenant}_traced`,
    score_type: 'role_fit',
    kind: 'FIT',
    score_value: 81,
    score_format: 100,
    normalized: 0.81,
    result_content_sha256: '',
    observed_at: 0,
  }

  beforeAll(async () => {
    await pipeline.write(rawEvent('jobylon', tenant, key, eventId, '{"name":"Ada"}'))
    await pipeline.writeRecord(
      CANONICAL_CANDIDATE,
      key,
      candidateRecord({ candidate_key: key, first_name: 'Ada' }),
    )
    const { ext_reference_id } = score
    const record = invitationRecord({
      application_key: key,
      candidate_key: key,
      ext_reference_id,
      outcome: 'INVITED',
    })
    await pipeline.writeRecord(PULSIFI_INVITATION, key, record)
    const reference = {
      reference: ext_reference_id,
      kind: 'EXT_REFERENCE_ID',
      application_key: key,
      attempt: 1,
      claims: [],
      updated_at: 0,
    } as const
    await pipeline.writeRecord(
      PULSIFI_REFERENCE,
      ext_reference_id,
      { ...reference, partition: partitionOf(key) },
      partitionOf(key),
    )
    await pipeline.writeRecord(PULSIFI_SCORE, randomUUID(), score, partitionOf(key))
  })

  it.each([
    ['its key', key],
    ['its event', eventId],
    ['its id at Pulsifi', `jobylon_${tenant}_traced`],
  ])('finds an application by %s, from receipt to score', async (_what, name) => {
    const { code, stdout } = await ops(env, '--json', 'trace', name)
    expect(code).toBe(0)
    const entries: { what: string; topic: string; partition: number; offset: number }[] = JSON.parse(stdout)
    expect(entries.map(({ what }) => what)).toEqual([
      'received candidate/new',
      'published candidate.created',
      'INVITED',
      'reference',
      'score',
    ])
    expect(entries.every(({ offset, partition }) => offset >= 0 && partition === partitionOf(key))).toBe(true)
    expect(stdout).not.toContain('Ada')
  })

  it('names the trace of the candidate, as a collector has it', async () => {
    const { stderr } = await ops(env, 'trace', key)
    expect(stderr).toContain(`trace ${traceIdOf(key)} is that of ${key}\n`)
  })

  it('ends with 1 when nothing is known', async () => {
    expect(await ops(env, 'trace', `jobylon:${tenant}:nobody`)).toMatchObject({ code: 1 })
  })
})

describe('replay', () => {
  it('writes the newest raw record of a key again as it was, and only when told to', async () => {
    const key = `jobylon:${tenant}:replayed`
    for (const text of ['{"v":1}', '{"v":2}'])
      await pipeline.write(rawEvent('jobylon', tenant, key, randomUUID(), text))
    const topics = [rawTopic('jobylon')]
    const own = async () => (await pipeline.readAll({ topics })).filter(record => record.key === key)
    expect(await opsJson(env, 'replay', 'jobylon', '--key', key, '--dry-run')).toMatchObject({
      keys: 1,
      written: 0,
    })
    expect(await own()).toHaveLength(2)
    expect(await opsJson(env, 'replay', 'jobylon', '--key', key, '--yes')).toMatchObject({ written: 1 })
    const [, second, third] = await own()
    expect(third).toMatchObject({
      value: second?.value,
      headers: second?.headers,
      partition: second?.partition,
    })
    expect(await own()).toHaveLength(3)
  })

  it('leaves canaries out: what was posted long ago would only look late', async () => {
    const key = `jobylon:${tenant}:atsflow-canary-1`
    const event = rawEvent('jobylon', tenant, key, randomUUID(), '{}')
    await pipeline.write({ ...event, headers: { ...event.headers, [HEADER.canary]: '1' } })
    expect(await opsJson(env, 'replay', 'jobylon', '--key', key)).toMatchObject({ keys: 0, written: 0 })
  })
})

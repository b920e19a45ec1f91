import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  DEAD_LETTER_HEADER,
  deadLetterTopic,
  HEADER,
  rawTopic,
  redriveTopic,
} from '../../services/core/topics.ts'
import { openDesk } from '../../services/platform/dead-letters/desk.ts'
import { deadLetter } from '../../services/platform/dead-letters/letter.ts'
import { toDeadLetter } from '../../services/platform/dead-letters/view.ts'
import type { TopicRecord } from '../../services/platform/readers/topic-reader.ts'
import { readRanges } from '../../services/platform/readers/topic-reader.ts'
import { ops, opsAsking, opsJson } from '../support/ops.ts'
import { connectPipeline, type Pipeline, partitionOf, rawEvent } from '../support/ops-records.ts'
import { unreadWebhook } from '../support/unread-webhook.ts'

const execute = promisify(execFile)
const env = { KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') }
const MAIN = new URL('../../services/ops/main.ts', import.meta.url).pathname
let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await connectPipeline(env)
})
afterAll(() => pipeline?.close())

/** A tenant of its own for each test: the broker is shared. */
const newTenant = () => `t${randomUUID().slice(0, 8)}`

/** A raw event that the normalizer refused. */
async function refuse(tenant: string, id: string) {
  const key = `jobylon:${tenant}:${id}`
  const { topic, value, headers = {} } = rawEvent('jobylon', tenant, key, randomUUID(), '{"name":"Ada"}')
  const record = {
    ...({
      type: 'record',
      topic,
      partition: partitionOf(key),
      offset: 12,
      key: Buffer.from(key),
      value,
    } as const),
    ...{ headers, timestampMs: 0, fact: null },
  }
  const refusal = {
    ...({ process: 'normalizer', group: 'normalizer', stage: 'normalize' } as const),
    ...({ code: 'PAYLOAD_INVALID', detail: 'data.id: invalid_type' } as const),
  }
  await pipeline.write({ ...deadLetter(record, refusal), partition: record.partition })
  return { key, headers, partition: record.partition }
}

interface Listed {
  readonly id: string
  readonly key: string
}
const listed = async (tenant: string, ...args: string[]) =>
  (await opsJson(env, 'dead-letters', 'list', '--tenant', tenant, ...args)) as readonly Listed[]

const redrivenOf = async (tenant: string) =>
  (await pipeline.readAll({ topics: [redriveTopic('normalizer')] })).filter(({ key }) =>
    key?.includes(tenant),
  )

describe('dead-letters', () => {
  it('are listed by who refused them and why', async () => {
    const tenant = newTenant()
    const { key } = await refuse(tenant, '1')
    const code = [
      '--code',
      'PAYLOAD_INVALID',
      '--process',
      'normalizer',
      '--since',
      '1h',
      '--source',
      'jobylon',
    ]
    expect(await listed(tenant, ...code)).toMatchObject([
      { key, code: 'PAYLOAD_INVALID', from: `${rawTopic('jobylon')}/${partitionOf(key)}/12`, deliveries: 1 },
    ])
    expect(await listed(tenant, '--code', 'NOT_ROUTABLE')).toEqual([])
    expect(await listed(tenant, '--group', 'pulsifi-sink')).toEqual([])
    expect(await listed(tenant, '--until', '1h')).toEqual([])
  })

  it('go back to their own process once and only once, as they were', async () => {
    const tenant = newTenant()
    const { key, headers, partition } = await refuse(tenant, '1')
    const which = ['dead-letters', 'redrive', '--tenant', tenant]
    for (const [more, code] of [
      [['--dry-run'], 0],
      [[], 2],
    ] as const)
      expect(await ops(env, ...which, ...more)).toMatchObject({
        ...{ code, stdout: expect.stringMatching(/would be done/) },
        stderr: expect.stringContaining('nothing was done'),
      })
    const declined = await opsAsking(async () => 'n', env, ...which)
    expect(declined).toMatchObject({ code: 1, stdout: expect.stringMatching(/would be done/) })
    expect(await redrivenOf(tenant)).toEqual([])

    for (const _again of [1, 2])
      expect(await ops(env, 'dead-letters', 'redrive', '--tenant', tenant, '--yes')).toMatchObject({
        code: 0,
      })
    const redriven = await redrivenOf(tenant)
    expect(redriven).toMatchObject([{ key, partition, value: Buffer.from('{"name":"Ada"}') }])
    const text = (name: string) => redriven[0]?.headers[name]?.toString()
    expect([text(HEADER.id), text(HEADER.time)]).toEqual([headers[HEADER.id], headers[HEADER.time]])
    expect(text(DEAD_LETTER_HEADER.topic)).toBe(rawTopic('jobylon'))

    expect(await listed(tenant)).toEqual([])
    const [decided] = await listed(tenant, '--decided')
    expect(decided).toMatchObject({ key, decision: expect.stringContaining('by tester') })
    const again = await ops(env, 'dead-letters', 'redrive', String(decided?.id), '--yes')
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/left +redriven/) })
    expect(await redrivenOf(tenant)).toHaveLength(1)
  })

  it('that are discarded are no longer listed, and go back only by name', async () => {
    const tenant = newTenant()
    await refuse(tenant, '1')
    const [letter] = await listed(tenant)
    const id = String(letter?.id)
    expect(await ops(env, 'dead-letters', 'discard', id, '--yes')).toMatchObject({ code: 0 })
    expect(await listed(tenant)).toEqual([])
    await ops(env, 'dead-letters', 'redrive', '--tenant', tenant, '--yes')
    expect(await redrivenOf(tenant)).toEqual([])
    await ops(env, 'dead-letters', 'redrive', id, '--yes')
    expect(await redrivenOf(tenant)).toHaveLength(1)
  })

  it('go back in their order, however many and however fast', async () => {
    const tenant = newTenant()
    const keys: string[] = []
    for (let at = 0; at < 60; at++) keys.push((await refuse(tenant, String(at % 3))).key)
    const pace = ['--per-second', '2000', '--limit', '50']
    await ops(env, 'dead-letters', 'redrive', '--tenant', tenant, '--yes', ...pace)
    expect(await redrivenOf(tenant)).toHaveLength(50)
    await ops(env, 'dead-letters', 'redrive', '--tenant', tenant, '--yes', ...pace)
    const redriven = await redrivenOf(tenant)
    expect(redriven.map(({ key }) => key).sort()).toEqual([...keys].sort())
    expect(new Set(redriven.map(({ headers }) => String(headers[HEADER.id]))).size).toBe(60)
    const eventsOf = (records: readonly TopicRecord[]) =>
      records.filter(({ key }) => key === keys[0]).map(({ headers }) => String(headers[HEADER.id]))
    const letters = await pipeline.readAll({ topics: [deadLetterTopic('normalizer')] })
    expect(eventsOf(redriven)).toEqual(eventsOf(letters))
  })

  it('are shown without their value unless it is asked for', async () => {
    const tenant = newTenant()
    await refuse(tenant, '1')
    const [letter] = await listed(tenant)
    const show = (...options: string[]) => ops(env, 'dead-letters', 'show', String(letter?.id), ...options)
    expect((await show()).stdout).toContain('data.id: invalid_type')
    expect((await show()).stdout).not.toContain('Ada')
    expect((await show('--value')).stdout).toContain('Ada')
    expect((await show('--raw')).stdout).toBe('{"name":"Ada"}')
  })

  it('of ingress become the events that their source finds in them now, once', async () => {
    const tenant = newTenant()
    const body = Buffer.from(JSON.stringify({ type: 'job', action: 'upsert', data: { external_id: 'j1' } }))
    const { letter, direct } = await unreadWebhook(tenant, body)
    await pipeline.write(letter.record)
    for (const _again of [1, 2])
      expect(await ops(env, 'dead-letters', 'redrive', '--tenant', tenant, '--yes')).toMatchObject({
        code: 0,
      })
    const raw = (await pipeline.readAll({ topics: [rawTopic('direct')] })).filter(({ key }) =>
      key?.includes(tenant),
    )
    expect(
      raw.map(({ key, value, headers }) => ({
        key,
        value,
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
      })),
    ).toEqual(direct.map(({ record: { key, value, headers } }) => ({ key, value, headers })))
    expect(raw[0]?.partition).toBe(partitionOf(`direct:${tenant}:j1`))
    expect(await listed(tenant)).toEqual([])
  })

  it('of ingress that nobody can read yet stay where they are, with the reason', async () => {
    const tenant = newTenant()
    const { letter } = await unreadWebhook(tenant, Buffer.from('{'))
    await pipeline.write(letter.record)
    const { stdout } = await ops(env, 'dead-letters', 'redrive', '--tenant', tenant, '--yes')
    expect(stdout).toMatch(/left +still unreadable: BODY_UNREADABLE/)
    expect(await listed(tenant)).toHaveLength(1)
  })

  it('are decided on by the operator who came last: an earlier one can do nothing any more', async () => {
    const tenant = newTenant()
    await refuse(tenant, '1')
    const { kafka } = pipeline
    const ports = {
      kafka,
      read: (_: string, ranges: Parameters<typeof readRanges>[1]) =>
        readRanges(kafka, ranges, { reader: 'test' }),
      blobs: { put: () => Promise.reject(new Error('no blobs here')) },
      nowMs: Date.now,
    }
    const earlier = await openDesk(ports, 'earlier')
    const later = await openDesk(ports, 'later')
    const records = await pipeline.readAll({ topics: [deadLetterTopic('normalizer')] })
    const record = records.find(({ key }) => key?.includes(tenant))
    const letter = record && toDeadLetter(record)
    if (!record || !letter) throw new Error('the dead letter is not there')
    const plan = { type: 'redrive', to: redriveTopic('normalizer') } as const
    await expect(earlier.resolve({ letter, record }, plan)).rejects.toThrow('another operator')
    await later.resolve({ letter, record }, plan)
    await Promise.all([earlier.close(), later.close()])
    expect(await redrivenOf(tenant)).toHaveLength(1)
    expect(await listed(tenant)).toEqual([])
  })
})

describe('the command line as a process', () => {
  const run = (...args: string[]) =>
    execute(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...env },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      error => ({ code: error.code as number, stdout: String(error.stdout), stderr: String(error.stderr) }),
    )

  it('prints JSON and nothing else on standard output', async () => {
    const { code, stdout } = await run('--json', 'dead-letters', 'list', '--tenant', newTenant())
    expect({ code, stdout: JSON.parse(stdout) }).toEqual({ code: 0, stdout: [] })
  })

  it('says in one line what is wrong with a command, and ends with 2', async () => {
    const { code, stderr } = await run('dead-letters', 'redrive')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^error: say which letters.*\n$/),
    })
  })

  it('says in one line that no broker answers, and ends with 69', async () => {
    const { code, stderr } = await execute(process.execPath, [MAIN, 'topics', 'check'], {
      env: { ...process.env, KAFKA_BROKERS: '127.0.0.1:9' },
    }).then(
      () => ({ code: 0, stderr: '' }),
      error => ({ code: error.code as number, stderr: String(error.stderr) }),
    )
    expect({ code, stderr }).toEqual({
      code: 69,
      stderr: expect.stringMatching(/^error: no broker answers.*\n$/),
    })
  })
})

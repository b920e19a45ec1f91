import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Infrastructure, startInfrastructure } from '../../infra/local/infrastructure.ts'
import { applyTopicsFile } from '../../infra/local/topics.ts'
import { createKafka, type KafkaClient } from '../../services/platform/kafka/client.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { applyTopics, checkTopics } from '../../services/platform/topics/admin.ts'
import type { TopicDefinition } from '../../services/platform/topics/file.ts'

const clientFor = (brokers: string): KafkaClient =>
  createKafka(
    {
      KAFKA_BROKERS: brokers.split(','),
      KAFKA_SSL: false,
      PARTITIONS: 2,
      LOG_LEVEL: 'silent',
    },
    'infrastructure-test',
    createLogger('test', 'silent'),
  )
const kept = (config: Record<string, string>, name = `test.${randomUUID()}`): TopicDefinition => ({
  name,
  config: { 'cleanup.policy': 'delete', ...config },
  why: 'A test.',
})

describe('topics', () => {
  const kafka = clientFor(inject('kafkaBrokers'))
  const settingOf = async (topic: string, setting: string) => {
    const admin = kafka.admin()
    await admin.connect()
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic }],
    })
    await admin.disconnect()
    return resources[0]?.configEntries.find(entry => entry.configName === setting)?.configValue
  }

  it('are all there before the first test runs, so that applying them again changes nothing', async () => {
    const env = { KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') }
    const changes = await applyTopicsFile(env)
    expect(changes.length).toBeGreaterThan(15)
    expect(changes.filter(({ change }) => change !== 'unchanged')).toEqual([])
  })

  it('are created once, altered when the definition changes, and left alone otherwise', async () => {
    const first = kept({ 'retention.ms': '3600000', 'max.message.bytes': '2000000' })
    expect(await applyTopics(kafka, [first], 2)).toEqual([{ topic: first.name, change: 'created' }])
    expect(await applyTopics(kafka, [first], 2)).toEqual([{ topic: first.name, change: 'unchanged' }])
    const second = kept({ 'retention.ms': '7200000' }, first.name)
    expect(await applyTopics(kafka, [second], 2)).toEqual([
      { topic: first.name, change: 'altered', settings: ['retention.ms'] },
    ])
    expect(await settingOf(first.name, 'retention.ms')).toBe('7200000')
    expect(await settingOf(first.name, 'max.message.bytes')).toBe('2000000')
  })

  it('with another number of partitions are refused, and nothing else is created then', async () => {
    const [existing, other] = [kept({}), kept({})]
    await applyTopics(kafka, [existing], 2)
    await expect(applyTopics(kafka, [other, existing], 3)).rejects.toThrow(`${existing.name} has 2`)
    await expect(checkTopics(kafka, [other.name], 2)).rejects.toThrow(`no topic ${other.name}`)
  })

  it('are checked by name and number of partitions', async () => {
    const { name } = kept({})
    await expect(checkTopics(kafka, [name], 2)).rejects.toThrow('npm run ops -- topics apply')
    await applyTopics(kafka, [kept({}, name)], 2)
    await expect(checkTopics(kafka, [name], 2)).resolves.toBeUndefined()
    await expect(checkTopics(kafka, [name], 6)).rejects.toThrow(`${name} has 2`)
  })
})

describe('the local broker and registry', () => {
  const topic = 'test.kept'
  let dataDir: string
  let local: Infrastructure

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'atsflow-restart-'))
    const { KAFKA_BROKERS: _brokers, SCHEMA_REGISTRY_URL: _registry, ...env } = process.env
    local = await startInfrastructure({
      ...env,
      LOCAL_KAFKA_PORT: '0',
      LOCAL_REGISTRY_PORT: '0',
      LOCAL_DATA_DIR: dataDir,
    })
  })
  afterAll(async () => {
    await local?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('keep acknowledged records and registered schemas when both are killed and started again', async () => {
    const { kafka: brokers, registryUrl, broker, registry } = local
    if (broker === null || registry === null) throw new Error('started nothing')
    await applyTopics(clientFor(brokers), [kept({}, topic)], 2)
    await produce(brokers, topic, 'before')
    const id = await register(registryUrl, 'test-value')

    await Promise.all([broker.kill(), registry.kill()])
    expect(broker.pid).toBeNull()
    await Promise.all([broker.start(), registry.start()])

    await produce(brokers, topic, 'after')
    expect(await readAll(brokers, topic, 2)).toEqual(['before', 'after'])
    expect(await schemaOf(registryUrl, id)).toBe('"string"')
    expect(await register(registryUrl, 'test-value')).toBe(id)
  })
})

async function produce(brokers: string, topic: string, value: string): Promise<void> {
  const producer = clientFor(brokers).producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  await producer.send({ topic, acks: -1, messages: [{ key: 'one', value }] })
  await producer.disconnect()
}

async function readAll(brokers: string, topic: string, count: number): Promise<readonly string[]> {
  const consumer = clientFor(brokers).consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const values: string[] = []
  await new Promise<void>(resolve => {
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => {
        if (values.push(String(message.value)) === count) resolve()
      },
    })
  })
  await consumer.disconnect()
  return values
}

async function register(baseUrl: string, subject: string): Promise<number> {
  const response = await fetch(`${baseUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: '"string"' }),
  })
  const reply = (await response.json()) as { id: number }
  return reply.id
}

async function schemaOf(baseUrl: string, id: number): Promise<string> {
  const reply = (await (await fetch(`${baseUrl}/schemas/ids/${id}`)).json()) as { schema: string }
  return reply.schema
}

/** Rights that are taken from ingress and given back, by Kafka's own authorizer. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type Cluster, startCluster } from '../../../infra/local/cluster/cluster.ts'
import { IngressConfig } from '../../../services/ingress/config.ts'
import { openProducer } from '../../../services/ingress/open-producer.ts'
import type { ProducerByTopic } from '../../../services/ingress/spool/producer-by-topic.ts'
import { createKafka } from '../../../services/platform/kafka/client.ts'
import { loadConfig } from '../../../services/platform/process/config.ts'
import { logEvents } from '../../../services/platform/process/log-events.ts'
import { createLogger } from '../../../services/platform/process/logger.ts'
import { createMetrics } from '../../../services/platform/process/metrics.ts'
import type { Right } from '../../../services/platform/topics/rights.ts'
import { readTopics } from '../../support/read-topic.ts'

const TOPICS = ['refused', 'taken'] as const
const USER = 'ingress'
const mayWrite = (name: string): Right => ({ user: USER, resource: 'topic', name, operations: ['Write'] })

let directory: string
let cluster: Cluster
let producer: ProducerByTopic
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'refused-topics-'))
  cluster = await startCluster({ env: process.env, dataDir: directory, users: { [USER]: 'password' } })
  await cluster.admin.use(admin =>
    admin.createTopics({ topics: TOPICS.map(topic => ({ topic, numPartitions: 6, replicationFactor: 3 })) }),
  )
  await cluster.untilWhole()
  await cluster.admin.allow(TOPICS.map(mayWrite))
  const config = loadConfig(IngressConfig, cluster.envOf(USER))
  const log = createLogger('refused-topics', 'silent')
  producer = await openProducer({
    kafka: createKafka(config, 'ingress', log),
    config: { ...config, SPOOL_DIR: join(directory, 'spool') },
    topics: TOPICS,
    check: async () => {},
    metrics: createMetrics(),
    log: logEvents(log),
    fail: error => {
      throw error
    },
  })
}, 300_000)
afterAll(async () => {
  await producer?.close()
  await cluster?.stop()
  rmSync(directory, { recursive: true, force: true })
}, 120_000)

const send = (number: number) =>
  producer.send(
    TOPICS.map(topic => ({ topic, key: 'one key', value: Buffer.from(String(number)), headers: {} })),
  )
const refusals = () => TOPICS.map(topic => producer.state().byTopic.get(topic)?.refusal)
const valuesIn = async (topic: string) => {
  const config = loadConfig(IngressConfig, { KAFKA_BROKERS: cluster.internal })
  const kafka = createKafka(config, 'reader', createLogger('reader', 'silent'))
  return (await readTopics(kafka, [topic])).map(({ value }) => Number(value))
}
const patient = { timeout: 60_000, interval: 100 }

it('stop the topic that they are about alone, and it goes on in order', async () => {
  for (const number of [0, 1]) await send(number)
  await cluster.admin.disallow([mayWrite('refused')])
  let number = 2
  await vi.waitFor(async () => {
    await send(number++)
    expect(refusals()).toEqual(['TOPIC_AUTHORIZATION_FAILED', null])
  }, patient)
  const waiting = producer.state().spool.records
  expect(waiting).toBeGreaterThan(0)
  await vi.waitFor(async () => expect((await valuesIn('taken')).at(-1)).toBe(number - 1), patient)
  await cluster.admin.allow([mayWrite('refused')])
  await vi.waitFor(() => expect(producer.state().spool.records).toBe(0), patient)
  expect(refusals()).toEqual([null, null])
  const all = Array.from({ length: number }, (_, at) => at)
  for (const topic of TOPICS) expect([...new Set(await valuesIn(topic))]).toEqual(all)
}, 240_000)

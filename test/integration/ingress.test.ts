import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { blobUri } from '../../services/core/blob.ts'
import { sha256Hex } from '../../services/core/identity.ts'
import { createAdmission } from '../../services/ingress/admission.ts'
import { createIngressApp } from '../../services/ingress/app.ts'
import { callbackPolicies } from '../../services/ingress/callback-policy.ts'
import { IngressConfig } from '../../services/ingress/config.ts'
import { openProducer } from '../../services/ingress/open-producer.ts'
import type { ProducerByTopic } from '../../services/ingress/spool/producer-by-topic.ts'
import { createEventStore, STORE_WITHIN_MS } from '../../services/ingress/store.ts'
import { ingressTopics } from '../../services/ingress/topics.ts'
import { proofAnnouncer } from '../../services/ingress/webhook.ts'
import { createLocalBlobStore } from '../../services/platform/blobs/store.ts'
import type { Connection, Connections } from '../../services/platform/connections/connections.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import { ipRanges } from '../../services/platform/connections/ip-ranges.ts'
import { createKafka, type KafkaClient } from '../../services/platform/kafka/client.ts'
import { loadConfig } from '../../services/platform/process/config.ts'
import { type HttpServer, startHttpServer } from '../../services/platform/process/http-server.ts'
import { logEvents } from '../../services/platform/process/log-events.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { createMetrics } from '../../services/platform/process/metrics.ts'

const SECRET = 'integration-secret'
// Topics are shared with other tests: what is ours is known by its tenant.
const TENANT = `t${Date.now().toString(36)}`
const sources = await discoverSources()
const logger = createLogger('ingress', 'silent')

/** Every source of this run's tenant, and the callback, under one secret. */
const connections: Connections = {
  all: [],
  settingsOf: () => ({}),
  connectionOf: () => undefined,
  pulsifiAccounts: new Map(),
  find: (source, tenant): Connection | undefined =>
    tenant === TENANT && (sources.has(source) || source === 'pulsifi')
      ? { source, tenant, secrets: [SECRET], settings: {} }
      : undefined,
}

function createApp(producer: ProducerByTopic, blobDirectory: string) {
  const config = loadConfig(IngressConfig, { PULSIFI_WEBHOOK_SECRET: 'callback-secret' })
  const log = logEvents(logger)
  const metrics = createMetrics()
  return createIngressApp({
    sources,
    connections,
    callbackPolicy: callbackPolicies(config, connections),
    announceProof: proofAnnouncer(log),
    announceSignature: () => {},
    announceRefusal: () => {},
    trustedProxies: ipRanges([]),
    store: createEventStore({
      producer,
      blobs: createLocalBlobStore(blobDirectory),
      log,
      withinMs: STORE_WITHIN_MS,
    }),
    admission: createAdmission({
      requestsPerConnectionMax: 100,
      bytesMax: 64 * 1024 * 1024,
      waitMaxMs: 20_000,
    }),
    metrics,
    log,
    nowMs: Date.now,
  })
}

interface Stored {
  readonly topic: string
  readonly key: string
  readonly value: string
  readonly headers: Record<string, string>
}

/** Everything of our tenant on the topics of ingress, waited for by `ce_id`. */
async function readTopics(
  kafka: KafkaClient,
): Promise<{ find: (id: string) => Promise<Stored>; close: () => Promise<void> }> {
  const found = new Map<string, PromiseWithResolvers<Stored>>()
  const entry = (id: string) => found.get(id) ?? found.set(id, Promise.withResolvers()).get(id)
  const consumer = kafka.consumer({ groupId: `ingress-test-${TENANT}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [...ingressTopics(sources)], fromBeginning: true })
  await consumer.run({
    async eachMessage({ topic, message }) {
      const headers = Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
      )
      if (headers['atsflow-tenant'] !== TENANT) return
      entry(headers.ce_id ?? '')?.resolve({
        topic,
        key: String(message.key),
        value: String(message.value),
        headers,
      })
    },
  })
  return {
    async find(id) {
      const pending = entry(id)
      if (pending === undefined) throw new Error('no entry')
      return pending.promise
    },
    close: () => consumer.disconnect(),
  }
}

let kafka: KafkaClient
let producer: ProducerByTopic
let server: HttpServer
let blobDirectory: string
let records: Awaited<ReturnType<typeof readTopics>>

beforeAll(async () => {
  const config = loadConfig(IngressConfig, { KAFKA_BROKERS: String(inject('kafkaBrokers')) })
  kafka = createKafka(config, 'ingress-test', logger)
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    waitForLeaders: true,
    topics: ingressTopics(sources).map(topic => ({ topic, numPartitions: config.PARTITIONS })),
  })
  await admin.disconnect()
  blobDirectory = await mkdtemp(join(tmpdir(), 'ingress-blobs-'))
  producer = await openProducer({
    kafka,
    config: { ...config, SPOOL_DIR: join(blobDirectory, 'spool') },
    topics: ingressTopics(sources),
    check: async () => {},
    metrics: createMetrics(),
    log: logEvents(logger),
    fail: error => {
      throw error
    },
  })
  const app = createApp(producer, blobDirectory)
  server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'INGRESS_PORT' })
  records = await readTopics(kafka)
}, 60_000)

afterAll(async () => {
  await records?.close()
  await server?.close()
  await producer?.close()
  await rm(blobDirectory, { recursive: true, force: true })
})

const urlOf = (path: string) => `http://127.0.0.1:${server.port}${path}`
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(urlOf(path), { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
const bearer = { authorization: `Bearer ${SECRET}` }
const idsOf = async (response: Response): Promise<string[]> => {
  expect(response.status).toBe(200)
  const { status, event_ids: ids } = (await response.json()) as { status: string; event_ids: string[] }
  expect(status).toBe('accepted')
  return ids
}
const jobEvent = (id: number) => ({ event: 'delete', type: 'job', data: { job_id: id } })

describe('ingress', () => {
  it('answers 200 when the broker has every event of a webhook, each keyed by its entity', async () => {
    const body = JSON.stringify([jobEvent(1), jobEvent(2)])
    const ids = await idsOf(await post(`/hooks/humansourcing/${TENANT}`, body, bearer))
    const stored = await Promise.all(ids.map(records.find))
    expect(stored.map(({ topic, key, value }) => [topic, key, JSON.parse(value)])).toEqual([
      ['ats.raw.humansourcing', `humansourcing:${TENANT}:1`, jobEvent(1)],
      ['ats.raw.humansourcing', `humansourcing:${TENANT}:2`, jobEvent(2)],
    ])
    expect(stored[0]?.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_id: ids[0],
      ce_source: `/hooks/humansourcing/${TENANT}`,
      ce_subject: `humansourcing:${TENANT}:1`,
      'atsflow-body-sha256': sha256Hex(body),
      'atsflow-auth': 'bearer',
    })
  })

  it('keeps no credential in what it stores', async () => {
    const body = JSON.stringify([jobEvent(3)])
    const [id = ''] = await idsOf(
      await post(`/hooks/humansourcing/${TENANT}/${SECRET}`, body, { cookie: 'a=b', ...bearer }),
    )
    expect(JSON.stringify(await records.find(id))).not.toContain(SECRET)
  })

  it('gives a webhook that is delivered again the same ids', async () => {
    const send = () =>
      post(`/hooks/humansourcing/${TENANT}`, JSON.stringify([jobEvent(4)]), bearer).then(idsOf)
    expect(await send()).toEqual(await send())
  })

  it('reads a compressed body', async () => {
    const body = new Uint8Array(gzipSync(JSON.stringify([jobEvent(5)])))
    const sent = await post(`/hooks/humansourcing/${TENANT}`, body, { ...bearer, 'content-encoding': 'gzip' })
    const [id = ''] = await idsOf(sent)
    expect((await records.find(id)).key).toBe(`humansourcing:${TENANT}:5`)
  })

  it('keeps what it cannot read as a dead letter, and answers 200', async () => {
    const [id = ''] = await idsOf(await post(`/hooks/jobylon/${TENANT}`, '{"broken', bearer))
    const { topic, key, value, headers } = await records.find(id)
    expect([topic, key, value]).toEqual(['ingress.dead-letter', id, '{"broken'])
    expect(headers).toMatchObject({
      '__dlq.errors.topic': 'ats.raw.jobylon',
      '__dlq.error.code': 'BODY_UNREADABLE',
      '__dlq.error.stage': 'ingress',
    })
  })

  it('keeps what is too large for Kafka in the blob store', async () => {
    const body = `{"broken":"${'x'.repeat(600 * 1024)}`
    const [id = ''] = await idsOf(await post(`/hooks/jobylon/${TENANT}`, body, bearer))
    const { value, headers } = await records.find(id)
    const uri = blobUri(TENANT, id, sha256Hex(body))
    expect([value, headers.ce_dataref]).toEqual(['{}', uri])
    const bytes = await createLocalBlobStore(blobDirectory).get(uri)
    expect(bytes !== null && Buffer.from(bytes).toString() === body).toBe(true)
  })

  it("keeps Pulsifi's callback as it is and says how it was proven", async () => {
    const sent = await post(`/hooks/pulsifi/${TENANT}/${SECRET}`, 'anything', { 'x-any': 'thing' })
    const [id = ''] = await idsOf(sent)
    const { topic, key, value, headers } = await records.find(id)
    expect([topic, key, value, headers['atsflow-auth']]).toEqual([
      'pulsifi.raw',
      id,
      'anything',
      'path-token',
    ])
  })

  it.each([
    ['no credential', 'idibu/TENANT', {}, 401, 'UNAUTHORIZED'],
    ['a wrong credential', 'idibu/TENANT/wrong', {}, 401, 'UNAUTHORIZED'],
    ['a callback without its path token', 'pulsifi/TENANT', bearer, 401, 'UNAUTHORIZED'],
    ['an unknown source', 'nobody/TENANT', bearer, 404, 'NOT_FOUND'],
    ['an unknown tenant', 'idibu/nobody', bearer, 401, 'UNAUTHORIZED'],
  ])('answers %s on %s as it should', async (_name, path, headers, status, code) => {
    const response = await post(
      `/hooks/${path.replace('TENANT', TENANT)}`,
      '{}',
      headers as Record<string, string>,
    )
    expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }])
  })

  it('answers other methods with 405 and names the right one', async () => {
    const response = await fetch(urlOf(`/hooks/idibu/${TENANT}`))
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it.each([
    ['declared', { 'content-length': String(3 * 1024 * 1024) }],
    ['sent without a declaration', { 'transfer-encoding': 'chunked' }],
  ])('answers a length above the limit of the route with 413 when it is %s', async (_name, headers) => {
    expect(await upload(`/hooks/idibu/${TENANT}`, 3 * 1024 * 1024, { ...bearer, ...headers })).toBe(413)
  })
})

/** The status that a sender reads who sends its whole body first. */
const upload = (path: string, size: number, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(urlOf(path), { method: 'POST', headers }, response => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject)
    for (let sent = 0; sent < size; sent += 64 * 1024) request.write(Buffer.alloc(64 * 1024, 'x'))
    request.end()
  })

/** Canaries as they are posted, let in and kept; and what only looks like one. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canaryId } from '../../../../services/core/canary.ts'
import { HEADER } from '../../../../services/core/topics.ts'
import { createIngressApp } from '../../../../services/ingress/app.ts'
import { CANARY_HEADER, markOf } from '../../../../services/ingress/canary/mark.ts'
import { openCanaries, post } from '../../../../services/ingress/canary/post.ts'
import type { Connection } from '../../../../services/platform/connections/connections.ts'
import { discoverSources } from '../../../../services/platform/connections/discover-sources.ts'
import { ipRanges } from '../../../../services/platform/connections/ip-ranges.ts'
import { type HttpServer, startHttpServer } from '../../../../services/platform/process/http-server.ts'
import { logEvents } from '../../../../services/platform/process/log-events.ts'
import { createLogger } from '../../../../services/platform/process/logger.ts'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'
import type { RawRecord } from '../../../../services/platform/raw-events/record.ts'

const SECRET = 'the-secret-of-all-canaries'
const sources = await discoverSources()
const connectionOf = (source: string, change: Partial<Connection> = {}): Connection => ({
  ...{ source, tenant: 'acme', secrets: ['right', 'old'], settings: {} },
  ...change,
})
const connections = new Map([...sources.keys()].map(source => [source, connectionOf(source)]))
const log = logEvents(createLogger('test', 'silent'))
let metrics = createMetrics()
let stored: RawRecord[] = []
let server: HttpServer

beforeAll(async () => {
  const never = () => {
    throw new Error('nothing here comes so far')
  }
  const app = createIngressApp({
    sources,
    connections: {
      find: source => connections.get(source),
      ...{ settingsOf: () => ({}), connectionOf: () => undefined, all: [], pulsifiAccounts: new Map() },
    },
    ...{ callbackPolicy: never, announceProof: never, announceSignature: () => {} },
    ...{ announceRefusal: () => {}, trustedProxies: ipRanges([]) },
    async store(records) {
      stored.push(...records)
      return { type: 'stored' }
    },
    admission: { enter: () => ({ reserve: async () => true, keep: () => {}, leave: () => {} }) },
    get metrics() {
      return metrics
    },
    log,
    canarySecret: () => SECRET,
    nowMs: Date.now,
  })
  server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'INGRESS_PORT' })
}, 60_000)
afterAll(() => server.close())
beforeEach(() => {
  stored = []
  metrics = createMetrics()
})

const url = () => `http://127.0.0.1:${server.port}`
const ports = (change: { readonly url?: string; readonly secret?: string } = {}) => ({
  ...{ sources, connections: { all: [...connections.values()] }, metrics, log, nowMs: Date.now },
  ...{ everyMs: 60_000, url: change.url ?? `${url()}/`, secret: () => change.secret ?? SECRET },
})
const countsOf = async (name: string): Promise<readonly string[]> =>
  (await metrics.registry.metrics()).split('\n').filter(line => line.startsWith(name) && !/ 0$/.test(line))

describe.each([...sources.keys()])('a canary of %s', source => {
  it('is let in by the credential of its connection, and marked by ingress alone', async () => {
    await post(connectionOf(source), ports())
    expect(stored.map(({ record }) => [record.topic, record.key])).toEqual([
      [`ats.raw.${source}`, expect.stringMatching(new RegExp(`^${source}:acme:atsflow-canary-\\d{13}$`))],
    ])
    const [{ record } = {}] = stored
    expect(record?.headers).toMatchObject({ [HEADER.canary]: record?.key.slice(-13) })
    expect(JSON.stringify(record?.headers)).not.toContain(SECRET)
  })

  it('is in no figure of events or webhooks, but in its own', async () => {
    await post(connectionOf(source), ports())
    expect(await countsOf('atsflow_events_total')).toEqual([])
    expect(await countsOf('atsflow_http_request_seconds_count')).toEqual([])
    expect(await countsOf('atsflow_canary_posts_total')).toEqual([
      `atsflow_canary_posts_total{source="${source}",tenant="acme",status="200"} 1`,
    ])
  })

  it('is nobody when its mark was lost on the way', async () => {
    const postedMs = Date.now()
    const response = await fetch(`${url()}/hooks/${source}/acme`, {
      method: 'POST',
      headers: { 'x-hook-token': 'right', 'content-type': 'application/json' },
      body: sources.get(source)?.canary?.(canaryId(postedMs)) ?? '',
    })
    expect([response.status, stored]).toEqual([401, []])
  })
})

it('needs the credential of the connection beside its mark', async () => {
  await post(connectionOf('idibu', { secrets: ['wrong'] }), ports())
  expect(await countsOf('atsflow_canary_posts_total')).toEqual([
    'atsflow_canary_posts_total{source="idibu",tenant="acme",status="401"} 1',
  ])
  expect(stored).toEqual([])
})

it('is refused and counted where the instances have different secrets', async () => {
  await post(connectionOf('idibu'), ports({ secret: 'the-secret-of-yesterday' }))
  expect(await countsOf('atsflow_canary_posts_total')).toEqual([
    'atsflow_canary_posts_total{source="idibu",tenant="acme",status="401"} 1',
  ])
  expect(stored).toEqual([])
})

it('counts by the code of the fault when nobody answers at the public address', async () => {
  await post(connectionOf('idibu'), ports({ url: 'http://127.0.0.1:9' }))
  expect((await countsOf('atsflow_canary_posts_total')).join()).toMatch(/status="[A-Z_a-z]+"\} 1$/)
})

it('signs where the connection demands a signature', async () => {
  const demanding = connectionOf('jobylon', {
    signature: { mode: 'require', header: 'x-sealed', secret: 'key' },
  })
  connections.set('jobylon', demanding)
  await post(demanding, ports())
  connections.set('jobylon', connectionOf('jobylon'))
  expect(stored).toHaveLength(1)
})

it('hides nothing of a vendor’s: whoever marks a delivery of their own is refused', async () => {
  const postedMs = Date.now()
  const person = { type: 'candidate', action: 'upsert', data: { external_id: 'c1', first_name: 'Noor' } }
  const send = (headers: Record<string, string>) =>
    fetch(`${url()}/hooks/direct/acme`, {
      method: 'POST',
      headers: { 'x-hook-token': 'right', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(person),
    })
  const marks = ['true', markOf('right', { source: 'direct', tenant: 'acme', postedMs })]
  // Even a mark of ours is one for the body of a canary, and for nothing else.
  const stolen = markOf(SECRET, { source: 'direct', tenant: 'acme', postedMs })
  for (const mark of [...marks, stolen])
    expect([mark, (await send({ [CANARY_HEADER]: mark })).status]).toEqual([mark, 401])
  expect(stored).toEqual([])
  expect((await send({ [HEADER.canary]: String(postedMs) })).status).toBe(200)
  expect(stored.map(({ record }) => record.headers?.[HEADER.canary])).toEqual([undefined])
})

it('goes out when it is configured, to all that can let something in, and stops', async () => {
  const all = [connectionOf('idibu'), connectionOf('jobylon', { secrets: [] }), connectionOf('pulsifi')]
  const posted = Promise.withResolvers<object>()
  const counting = {
    canaryPosts: { inc: posted.resolve } as never,
    collectCanaries: metrics.collectCanaries,
  }
  const given = { sources, connections: { all }, metrics: counting, log }
  const settings = { CANARY_SECONDS: 60, CANARY_SECRET: SECRET, PUBLIC_URL: url() }
  const canaries = openCanaries(settings, given)
  expect(await posted.promise).toEqual({ source: 'idibu', tenant: 'acme', status: '200' })
  canaries.stop()
  expect(await countsOf('atsflow_canary_interval_seconds')).toEqual([
    'atsflow_canary_interval_seconds{source="idibu",tenant="acme"} 60',
  ])
  openCanaries({ CANARY_SECONDS: undefined, CANARY_SECRET: SECRET, PUBLIC_URL: url() }, given).stop()
  expect(stored).toHaveLength(1)
})

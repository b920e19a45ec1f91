import { afterAll, beforeAll, expect, it } from 'vitest'
import { createIngressApp } from '../../../services/ingress/app.ts'
import type { Connection } from '../../../services/platform/connections/connections.ts'
import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'
import { ipRanges } from '../../../services/platform/connections/ip-ranges.ts'
import { type HttpServer, startHttpServer } from '../../../services/platform/process/http-server.ts'
import { logEvents } from '../../../services/platform/process/log-events.ts'
import { createLogger } from '../../../services/platform/process/logger.ts'
import { createMetrics } from '../../../services/platform/process/metrics.ts'

const CONNECTION: Connection = { source: 'idibu', tenant: 'acme', secrets: ['right'], settings: {} }
const refused: object[] = []
let server: HttpServer

beforeAll(async () => {
  const never = () => {
    throw new Error('nothing here comes so far')
  }
  const app = createIngressApp({
    sources: await discoverSources(),
    connections: {
      find: (source, tenant) => (source === 'idibu' && tenant === 'acme' ? CONNECTION : undefined),
      settingsOf: () => ({}),
      connectionOf: () => undefined,
      all: [CONNECTION],
      pulsifiAccounts: new Map(),
    },
    callbackPolicy: never,
    announceProof: never,
    announceSignature: never,
    announceRefusal: (source, sender) => void refused.push({ source, sender }),
    trustedProxies: ipRanges([]),
    store: never,
    admission: { enter: never },
    metrics: createMetrics(),
    log: logEvents(createLogger('test', 'silent')),
    nowMs: Date.now,
  })
  server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'INGRESS_PORT' })
})
afterAll(() => server.close())

async function post(path: string) {
  const headers = { authorization: 'Bearer wrong', 'content-type': 'application/json' }
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    headers,
    body: '{}',
  })
  return { status: response.status, body: await response.json() }
}

it.each(['/livez', '/readyz', '/readyz?verbose', '/metrics', '/version'])(
  'does not show %s where webhooks come in',
  async path => {
    expect((await fetch(`http://127.0.0.1:${server.port}${path}`)).status).toBe(404)
  },
)

it('answers for an unknown tenant as for a wrong credential, so that nobody learns who is there', async () => {
  const wrong = await post('/hooks/idibu/acme')
  expect(wrong).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORIZED' } } })
  expect(await post('/hooks/idibu/nobody')).toEqual(wrong)
  expect(await post('/hooks/pulsifi/nobody/token')).toEqual(wrong)
})

it('has nobody take an answer for something else than JSON', async () => {
  const { headers } = await fetch(`http://127.0.0.1:${server.port}/hooks/idibu/acme`, { method: 'POST' })
  expect([headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
    'application/json; charset=utf-8',
    'nosniff',
  ])
})

it('answers 404 for an unknown source', async () => {
  expect(await post('/hooks/nobody/acme')).toMatchObject({
    status: 404,
    body: { error: { code: 'NOT_FOUND' } },
  })
})

it('tells of everybody who proves nothing, with their address', async () => {
  refused.length = 0
  await post('/hooks/idibu/acme')
  await post('/hooks/idibu/nobody')
  await post('/hooks/nobody/acme')
  expect(refused).toEqual([
    { source: 'idibu', sender: '127.0.0.1' },
    { source: 'idibu', sender: '127.0.0.1' },
  ])
})

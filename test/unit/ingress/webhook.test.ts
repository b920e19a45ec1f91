/** What the sender of our own format is answered, and what a vendor is. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createIngressApp } from '../../../services/ingress/app.ts'
import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'
import { ipRanges } from '../../../services/platform/connections/ip-ranges.ts'
import { type HttpServer, startHttpServer } from '../../../services/platform/process/http-server.ts'
import { logEvents } from '../../../services/platform/process/log-events.ts'
import { createLogger } from '../../../services/platform/process/logger.ts'
import { createMetrics } from '../../../services/platform/process/metrics.ts'

let stored = 0
let server: HttpServer

beforeAll(async () => {
  const never = () => {
    throw new Error('nobody proves anything here')
  }
  const app = createIngressApp({
    sources: await discoverSources(),
    connections: {
      find: (source, tenant) => ({ source, tenant, secrets: ['right'], settings: {} }),
      ...{ settingsOf: () => ({}), connectionOf: () => undefined, all: [], pulsifiAccounts: new Map() },
    },
    ...{ callbackPolicy: never, announceProof: never, announceSignature: never, announceRefusal: never },
    trustedProxies: ipRanges([]),
    async store(records) {
      stored += records.length
      return { type: 'stored' }
    },
    admission: { enter: () => ({ reserve: async () => true, keep: () => {}, leave: () => {} }) },
    metrics: createMetrics(),
    log: logEvents(createLogger('test', 'silent')),
    nowMs: Date.now,
  })
  server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'INGRESS_PORT' })
  // All sources are loaded first.
}, 60_000)
afterAll(() => server.close())
beforeEach(() => {
  stored = 0
})

async function post(source: string, body: unknown) {
  const response = await fetch(`http://127.0.0.1:${server.port}/hooks/${source}/default`, {
    method: 'POST',
    headers: { authorization: 'Bearer right', 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}
const candidate = (data: object) => ({
  type: 'candidate',
  action: 'upsert',
  data: { external_id: 'c1', ...data },
})

it('refuses a delivery with a misspelt field, names it, and keeps nothing of it', async () => {
  expect(await post('direct', [candidate({}), candidate({ emial: 'noor@example.com' })])).toEqual({
    status: 422,
    body: {
      error: {
        code: 'PAYLOAD_INVALID',
        message: expect.stringContaining('nothing of this delivery was taken'),
        faults: ['element 2: data.emial: there is no such field'],
      },
    },
  })
  expect(stored).toBe(0)
})

it.each(['nonsense', { type: 'job', action: 'upsert', data: {} }])(
  'refuses what cannot be read: %j',
  async body => {
    const answer = await post('direct', body)
    expect(answer).toMatchObject({ status: 422, body: { error: { faults: [expect.any(String)] } } })
    expect(stored).toBe(0)
  },
)

it('takes what is right', async () => {
  expect(await post('direct', [candidate({}), candidate({ email: 'noor@example.com' })])).toMatchObject({
    status: 200,
    body: { event_ids: [expect.any(String), expect.any(String)] },
  })
  expect(stored).toBe(2)
})

it('takes whatever a vendor sends, who could only send it again', async () => {
  expect(await post('idibu', 'nonsense')).toMatchObject({ status: 200 })
  expect(stored).toBe(1)
})

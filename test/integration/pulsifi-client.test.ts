/** The client against small servers on the loopback address that answer, stall and break as the network does. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { buildConnector, Pool } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { classifyRepeatable, classifyReply } from '../../services/platform/pulsifi/classify.ts'
import { call } from '../../services/platform/pulsifi/http-call.ts'
import {
  createPulsifiClient,
  PULSIFI_TIMEOUTS,
  type PulsifiTimeouts,
} from '../../services/platform/pulsifi/pulsifi-client.ts'

const CANDIDATE = {
  job_id: '6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e',
  ext_reference_id: 'jobylon_7',
  is_anonymous_candidate: true,
}
const INVITED = {
  candidate_id: 'c-1',
  status: 'invited',
  invitation_link: 'https://candidate.pulsifi.me/invites/abc',
}

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

type Answer = (response: ServerResponse, request: IncomingMessage) => void
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  response =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body))

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanUps.push(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return `http://127.0.0.1:${address.port}`
}

/** A Pulsifi that gives token-1, token-2, … and answers calls by `answers`, the last one for ever. */
async function pulsifi(...answers: Answer[]) {
  const seen: { method: string; url: string; authorization: string; body: string; socket: Socket }[] = []
  let tokens = 0
  const listener: RequestListener = async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers, socket } = request
    seen.push({ method, url, authorization: headers.authorization ?? '', body, socket })
    if (url === '/partner/oauth2/token') {
      tokens += 1
      return json(200, { access_token: `token-${tokens}`, expires_in: '3600', token_type: 'bearer' })(
        response,
        request,
      )
    }
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(response, request)
  }
  const baseUrl = await listen(listener)
  return { seen, baseUrl, calls: () => seen.filter(({ url }) => !url.includes('oauth2')) }
}

function clientOf(baseUrl: string, timeouts: Partial<PulsifiTimeouts> = {}) {
  const requests: [string, string][] = []
  const client = createPulsifiClient({
    baseUrl,
    credentials: () => ({ clientId: 'id', clientSecret: 'secret' }),
    timeouts: { ...PULSIFI_TIMEOUTS, ...timeouts },
    now: Date.now,
    onRequest: (operation, status) => void requests.push([operation, status]),
  })
  cleanUps.push(client.close)
  return { client, requests }
}

it('asks for a token as the guideline says, and calls with it', async () => {
  const server = await pulsifi(json(200, INVITED))
  const { client, requests } = clientOf(server.baseUrl)
  const exchange = await client.createCandidate(CANDIDATE)
  expect(classifyReply('createCandidate', exchange)).toMatchObject({
    type: 'done',
    body: { invite_code: 'abc' },
  })
  expect(server.seen).toMatchObject([
    {
      method: 'POST',
      url: '/partner/oauth2/token',
      authorization: `Basic ${Buffer.from('id:secret').toString('base64')}`,
      body: '{"grant_type":"client_credentials"}',
    },
    {
      method: 'POST',
      url: '/partner/v1.0/standard/candidates',
      authorization: 'Bearer token-1',
      body: JSON.stringify(CANDIDATE),
    },
  ])
  expect(requests).toEqual([
    ['token', '200'],
    ['createCandidate', '200'],
  ])
})

it('reads a wrapped answer', async () => {
  const server = await pulsifi(json(200, { data: INVITED, meta: null }))
  const exchange = await clientOf(server.baseUrl).client.createCandidate(CANDIDATE)
  expect(classifyReply('createCandidate', exchange)).toMatchObject({
    type: 'done',
    body: { candidate_id: 'c-1' },
  })
})

describe('a call that was answered 401', () => {
  it('is made once more with one new token', async () => {
    const server = await pulsifi(json(401, {}), json(200, INVITED))
    const exchange = await clientOf(server.baseUrl).client.createCandidate(CANDIDATE)
    expect(classifyReply('createCandidate', exchange)).toMatchObject({ type: 'done' })
    expect(server.seen.map(({ authorization }) => authorization.replace(/^Basic.*/, 'Basic'))).toEqual([
      'Basic',
      'Bearer token-1',
      'Basic',
      'Bearer token-2',
    ])
  })

  it('twice is given back as it is', async () => {
    const server = await pulsifi(json(401, {}))
    const exchange = await clientOf(server.baseUrl).client.createJob({
      title: 't',
      description: 'd',
      skills: [],
      external_id: 'e',
    })
    expect(classifyReply('createJob', exchange)).toMatchObject({ type: 'retry', reason: '401' })
    expect(server.calls()).toHaveLength(2)
  })

  it('costs twenty concurrent calls one new token', async () => {
    const server = await pulsifi((response, request) =>
      json(request.headers.authorization === 'Bearer token-1' ? 401 : 200, INVITED)(response, request),
    )
    const { client, requests } = clientOf(server.baseUrl)
    const exchanges = await Promise.all(Array.from({ length: 20 }, () => client.getCandidate('c-1')))
    for (const exchange of exchanges) expect(exchange).toMatchObject({ status: 200 })
    expect(requests.filter(([operation]) => operation === 'token')).toHaveLength(2)
  })
})

it('fetches one token for twenty concurrent calls', async () => {
  const server = await pulsifi(json(200, INVITED))
  const { client, requests } = clientOf(server.baseUrl)
  await Promise.all(Array.from({ length: 20 }, () => client.getCandidate('c-1')))
  expect(requests.filter(([operation]) => operation === 'token')).toHaveLength(1)
  expect(server.calls()).toHaveLength(20)
})

it('repeats nothing on 429, and says how long to wait', async () => {
  const server = await pulsifi(json(429, {}, { 'retry-after': '7' }))
  const exchange = await clientOf(server.baseUrl).client.createCandidate(CANDIDATE)
  expect(classifyReply('createCandidate', exchange)).toEqual({
    type: 'retry',
    reason: '429',
    httpStatus: 429,
    retryAfterMs: 7000,
  })
  expect(server.calls()).toHaveLength(1)
})

describe('the fate of a request', () => {
  it('is unknown when the connection breaks after it was written', async () => {
    const server = await pulsifi(response => void response.destroy())
    const exchange = await clientOf(server.baseUrl).client.createCandidate(CANDIDATE)
    expect(exchange).toMatchObject({ type: 'failed', sent: true })
    expect(classifyReply('createCandidate', exchange)).toMatchObject({ type: 'ambiguous' })
    expect(server.calls()).toHaveLength(1)
  })

  it('is unknown when no answer comes before the deadline', async () => {
    const server = await pulsifi(() => {})
    const exchange = await clientOf(server.baseUrl, { totalMs: 300 }).client.createCandidate(CANDIDATE)
    expect(exchange).toEqual({ type: 'failed', sent: true, code: 'DEADLINE' })
    expect(server.calls()).toHaveLength(1)
  })

  it('is unknown when a success breaks off inside its body', async () => {
    const server = await pulsifi(response => {
      response.writeHead(200, { 'content-length': '500' }).write('{"candidate_id":', () => response.destroy())
    })
    const exchange = await clientOf(server.baseUrl).client.createCandidate(CANDIDATE)
    expect(exchange).toMatchObject({ type: 'answered', status: 200, isComplete: false })
    expect(classifyReply('createCandidate', exchange)).toMatchObject({ type: 'ambiguous' })
  })

  it('is known when nobody listens: it was not sent', async () => {
    const { client } = clientOf('http://127.0.0.1:1')
    expect(await client.createCandidate(CANDIDATE)).toEqual({
      type: 'failed',
      sent: false,
      code: 'ECONNREFUSED',
    })
  })

  it('is known when only the token could be fetched: it was not sent', async () => {
    const server = await pulsifi(json(200, INVITED))
    const { client } = clientOf(server.baseUrl)
    await client.getCandidate('c-1')
    for (const cleanUp of cleanUps.splice(0, 1)) await cleanUp()
    const exchange = await client.createCandidate(CANDIDATE)
    expect(classifyReply('createCandidate', exchange)).toMatchObject({
      type: 'retry',
      reason: 'ECONNREFUSED',
    })
  })

  it('is known when there is no token: it was not sent', async () => {
    const baseUrl = await listen((request, response) => json(403, {})(response, request))
    const exchange = await clientOf(baseUrl).client.createCandidate(CANDIDATE)
    expect(exchange).toEqual({ type: 'failed', sent: false, code: 'TOKEN_HTTP_403' })
  })

  it('is known when the deadline passes while the token is awaited: it was not sent', async () => {
    const baseUrl = await listen(() => {})
    const exchange = await clientOf(baseUrl, { totalMs: 200 }).client.createCandidate(CANDIDATE)
    expect(exchange).toEqual({ type: 'failed', sent: false, code: 'DEADLINE' })
  })

  it('stays "not sent" when the connection stands only after the deadline', async () => {
    const server = await pulsifi(json(200, INVITED))
    const connecting = Promise.withResolvers<void>()
    const mayConnect = Promise.withResolvers<void>()
    const connect = buildConnector({})
    const pool = new Pool(server.baseUrl, {
      connect: async (options, callback) => {
        connecting.resolve()
        await mayConnect.promise
        connect(options, callback)
      },
    })
    const deadline = new AbortController()
    const request = { method: 'POST', origin: server.baseUrl, path: '/', headers: {}, body: '{}' } as const
    const result = call(pool, request, deadline.signal, Date.now)
    await connecting.promise
    deadline.abort()
    expect((await result).exchange).toEqual({ type: 'failed', sent: false, code: 'DEADLINE' })
    mayConnect.resolve()
    // The next request shows that the connection stands and that the queue has come past the first one.
    await call(pool, { ...request, path: '/next' }, new AbortController().signal, Date.now)
    await pool.destroy()
    expect(server.seen.map(({ url }) => url)).toEqual(['/next'])
  })
})

it('closes the connection of an invitation before it has been idle for long', async () => {
  const server = await pulsifi(json(200, INVITED))
  const { client } = clientOf(server.baseUrl)
  await client.createCandidate(CANDIDATE)
  const [first] = server.calls()
  if (first === undefined) throw new Error('no call')
  const idleSinceMs = performance.now()
  await once(first.socket, 'close')
  // The server itself would keep it for five seconds; the rest of the bound is for a busy machine.
  expect(performance.now() - idleSinceMs).toBeLessThan(2_500)
})

it.each([
  ['createJob', 'POST /api/partner/v1.0/standard/jobs'],
  ['getJob', 'GET /api/partner/v1.0/standard/jobs/a%2Fb'],
  ['getCandidate', 'GET /api/partner/v1.0/standard/candidates/a%2Fb'],
  ['getCandidateByInvitation', 'GET /api/partner/v1.0/standard/candidates/invitation/a%2Fb'],
  ['createWebhook', 'POST /api/partner/v1.0/webhooks'],
  ['updateWebhook', 'PUT /api/partner/v1.0/webhooks/a%2Fb'],
  ['deleteWebhook', 'DELETE /api/partner/v1.0/webhooks/a%2Fb'],
  ['listWebhooks', 'GET /api/partner/v1.0/webhooks?page=2&status=active'],
  ['getWebhook', 'GET /api/partner/v1.0/webhooks/a%2Fb'],
  ['setWebhookStatus', 'PUT /api/partner/v1.0/webhooks/a%2Fb/status'],
  ['testWebhook', 'POST /api/partner/v1.0/webhooks/test'],
] as const)('%s is %s below the path of the base URL', async (operation, line) => {
  const lines: string[] = []
  const baseUrl = await listen((request, response) => {
    if (!request.url?.endsWith('/token')) lines.push(`${request.method} ${request.url}`)
    json(200, { access_token: 'a' })(response, request)
  })
  const { client } = clientOf(`${baseUrl}/api/`)
  const webhook = { name: 'n', url: 'https://example.com', events: [] }
  await {
    createJob: () => client.createJob({ title: 't', description: 'd', skills: [], external_id: 'e' }),
    getJob: () => client.getJob('a/b'),
    getCandidate: () => client.getCandidate('a/b'),
    getCandidateByInvitation: () => client.getCandidateByInvitation('a/b'),
    createWebhook: () => client.createWebhook(webhook),
    updateWebhook: () => client.updateWebhook('a/b', webhook),
    deleteWebhook: () => client.deleteWebhook('a/b'),
    listWebhooks: () => client.listWebhooks({ page: 2, status: 'active' }),
    getWebhook: () => client.getWebhook('a/b'),
    setWebhookStatus: () => client.setWebhookStatus('a/b', 'active'),
    testWebhook: () => client.testWebhook('candidate_application_result_ready'),
  }[operation]()
  expect(lines).toEqual([line])
})

describe('a redirect of a GET', () => {
  const list = { total_count: 0, result: [] }

  it('is followed to another path of the same API', async () => {
    const server = await pulsifi(json(301, {}, { location: '/partner/v1.0/webhooks/' }), json(200, list))
    const exchange = await clientOf(server.baseUrl).client.listWebhooks()
    expect(classifyRepeatable('listWebhooks', exchange)).toMatchObject({ type: 'done', body: list })
    expect(server.calls().map(({ url }) => url)).toEqual([
      '/partner/v1.0/webhooks',
      '/partner/v1.0/webhooks/',
    ])
  })

  it('never takes the token to another address', async () => {
    const elsewhere = await pulsifi(json(200, list))
    const server = await pulsifi(json(301, {}, { location: `${elsewhere.baseUrl}/partner/v1.0/webhooks/` }))
    expect(await clientOf(server.baseUrl).client.listWebhooks()).toMatchObject({ status: 301 })
    expect(elsewhere.seen).toEqual([])
  })
})

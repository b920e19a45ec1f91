/**
 * Pulsifi's API over HTTP: one method for one endpoint, each ending in an `Exchange` that `classify.ts` reads; none
 * throws for trouble on the network. Nothing is retried here but a call that was answered 401, which is made once
 * more with a new token: it was provably not processed.
 */
import { Pool } from 'undici'
import { createAccessTokens } from './access-token.ts'
import type { Operation } from './classify.ts'
import { type Call, type CallResult, call } from './http-call.ts'
import { DEADLINE, type Exchange, type FailureCode } from './http-failure.ts'
import type {
  CreateCandidateRequest,
  CreateJobRequest,
  WebhookEvent,
  WebhookQuery,
  WebhookRequest,
} from './pulsifi-api.ts'

export interface PulsifiClientOptions {
  readonly baseUrl: string
  /** As they are by then: they may come from a file. */
  readonly credentials: () => { readonly clientId: string; readonly clientSecret: string }
  readonly timeouts: PulsifiTimeouts
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told after each request on the wire; `status` is an HTTP status or the code of a failure. */
  readonly onRequest?: (operation: Operation | 'token', status: string, durationMs: number) => void
}

export interface PulsifiTimeouts {
  readonly connectMs: number
  /** From the request to the head of the answer. */
  readonly headersMs: number
  /** Of a whole method, token and repetition included. */
  readonly totalMs: number
}

export const PULSIFI_TIMEOUTS: PulsifiTimeouts = { connectMs: 10_000, headersMs: 10_000, totalMs: 30_000 }

/** A connection idle for longer may be closed by the other side while a request is written to it. */
const CREATION_IDLE_MS_MAX = 900
const IDLE_MS_MAX = 4_000
/** The sink bounds concurrency itself; this only keeps a fault there from opening sockets without end. */
const CONNECTIONS_MAX = 32

export type PulsifiClient = ReturnType<typeof createPulsifiClient>

type Endpoint = Pick<Call, 'method' | 'path'> & { readonly body?: unknown }

export function createPulsifiClient(options: PulsifiClientOptions) {
  const transport = openTransport(options)

  const tokens = createAccessTokens(async () => {
    // Its own time, not that of the call that happened to ask first: others wait for it too.
    const signal = AbortSignal.timeout(options.timeouts.headersMs)
    const { clientId, clientSecret } = options.credentials()
    const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    return (await transport.send('token', TOKEN, `Basic ${credentials}`, signal)).exchange
  }, options.now)

  async function attempt(operation: Operation, endpoint: Endpoint, signal: AbortSignal): Promise<Attempt> {
    const token = await untilAborted(tokens.get(), signal)
    if (token === null) return withoutToken(DEADLINE)
    if (token.type === 'failed') return withoutToken(tokenFailure(token.exchange))
    const result = await transport.send(operation, endpoint, `Bearer ${token.value}`, signal)
    return { ...result, token: token.value }
  }

  async function request(operation: Operation, endpoint: Endpoint, signal: AbortSignal): Promise<Exchange> {
    const first = await attempt(operation, endpoint, signal)
    if (first.token !== null && isUnauthorized(first.exchange)) {
      tokens.drop(first.token)
      const second = await attempt(operation, endpoint, signal)
      // Without a second request the first answer stands: it says more than the lack of a token.
      return second.token === null ? first.exchange : second.exchange
    }
    const path = endpoint.method === 'GET' ? transport.redirectPath(first) : null
    return path === null ? first.exchange : (await attempt(operation, { ...endpoint, path }, signal)).exchange
  }

  async function send(operation: Operation, endpoint: Endpoint): Promise<Exchange> {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), options.timeouts.totalMs)
    try {
      return await request(operation, endpoint, deadline.signal)
    } finally {
      clearTimeout(timer)
    }
  }

  return { ...methods(send), close: transport.close }
}

const TOKEN: Endpoint = {
  method: 'POST',
  path: '/partner/oauth2/token',
  body: { grant_type: 'client_credentials' },
}

/** `token` is the one that was used; null when there was none, and so no request. */
interface Attempt extends CallResult {
  readonly token: string | null
}

const withoutToken = (code: FailureCode): Attempt => ({
  exchange: { type: 'failed', sent: false, code },
  location: null,
  token: null,
})

/** The connections, and what every request has in common. */
function openTransport({ baseUrl, timeouts, now, onRequest }: PulsifiClientOptions) {
  const base = new URL(baseUrl)
  const prefix = base.pathname.replace(/\/+$/, '')
  const pool = openPool(base.origin, timeouts, IDLE_MS_MAX)
  const creationPool = openPool(base.origin, timeouts, CREATION_IDLE_MS_MAX)

  return {
    async send(
      operation: Operation | 'token',
      { method, path, body }: Endpoint,
      authorization: string,
      signal: AbortSignal,
    ): Promise<CallResult> {
      const startedAtMs = now()
      const contentType = body === undefined ? {} : { 'content-type': 'application/json' }
      const request: Call = {
        method,
        origin: base.origin,
        path: prefix + path,
        headers: { accept: 'application/json', authorization, ...contentType },
        body: body === undefined ? null : JSON.stringify(body),
      }
      const result = await call(operation.startsWith('create') ? creationPool : pool, request, signal, now)
      onRequest?.(operation, statusOf(result.exchange), now() - startedAtMs)
      return result
    },

    /** Where a GET was moved to, when that is another path of the same API: the token goes to no other address. */
    redirectPath({ exchange, location }: CallResult): string | null {
      if (location === null || exchange.type === 'failed') return null
      if (exchange.status < 300 || exchange.status > 399) return null
      const target = URL.parse(location, base.origin + prefix)
      if (target?.origin !== base.origin || !target.pathname.startsWith(`${prefix}/`)) return null
      return target.pathname.slice(prefix.length) + target.search
    },

    /** Ends what is under way, too: drain first. */
    async close(): Promise<void> {
      await Promise.all([pool.destroy(), creationPool.destroy()])
    },
  }
}

type Send = (operation: Operation, endpoint: Endpoint) => Promise<Exchange>

/** The endpoints, each with the row of the guideline that its name repeats. */
const methods = (send: Send) => ({
  createJob: (body: CreateJobRequest) => send('createJob', { method: 'POST', path: JOBS, body }),
  getJob: (jobId: string) => send('getJob', { method: 'GET', path: at(JOBS, jobId) }),
  createCandidate: (body: CreateCandidateRequest) =>
    send('createCandidate', { method: 'POST', path: CANDIDATES, body }),
  getCandidate: (candidateId: string) =>
    send('getCandidate', { method: 'GET', path: at(CANDIDATES, candidateId) }),
  getCandidateByInvitation: (inviteCode: string) =>
    send('getCandidateByInvitation', { method: 'GET', path: at(`${CANDIDATES}/invitation`, inviteCode) }),
  createWebhook: (body: WebhookRequest) => send('createWebhook', { method: 'POST', path: WEBHOOKS, body }),
  updateWebhook: (id: string, body: WebhookRequest) =>
    send('updateWebhook', { method: 'PUT', path: at(WEBHOOKS, id), body }),
  deleteWebhook: (id: string) => send('deleteWebhook', { method: 'DELETE', path: at(WEBHOOKS, id) }),
  listWebhooks: (query: WebhookQuery = {}) =>
    send('listWebhooks', { method: 'GET', path: WEBHOOKS + queryText(query) }),
  getWebhook: (id: string) => send('getWebhook', { method: 'GET', path: at(WEBHOOKS, id) }),
  setWebhookStatus: (id: string, status: 'active' | 'inactive') =>
    send('setWebhookStatus', { method: 'PUT', path: `${at(WEBHOOKS, id)}/status`, body: { status } }),
  /** A POST, as the guideline's prose says; its curl example has PUT. */
  testWebhook: (event: WebhookEvent) =>
    send('testWebhook', { method: 'POST', path: `${WEBHOOKS}/test`, body: { event } }),
})

const JOBS = '/partner/v1.0/standard/jobs'
const CANDIDATES = '/partner/v1.0/standard/candidates'
const WEBHOOKS = '/partner/v1.0/webhooks'

/** Of the requests about one candidate or job: method and path, with names in the place of what identifies somebody. */
export const ENDPOINTS = {
  createJob: ['POST', JOBS],
  getJob: ['GET', `${JOBS}/{job_id}`],
  createCandidate: ['POST', CANDIDATES],
  getCandidate: ['GET', `${CANDIDATES}/{candidate_id}`],
  getCandidateByInvitation: ['GET', `${CANDIDATES}/invitation/{invite_code}`],
} as const satisfies Partial<Record<Operation, readonly ['GET' | 'POST', string]>>

const at = (collection: string, id: string): string => `${collection}/${encodeURIComponent(id)}`

function queryText(query: WebhookQuery): string {
  const search = new URLSearchParams(
    Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
  ).toString()
  return search === '' ? '' : `?${search}`
}

const openPool = (origin: string, timeouts: PulsifiTimeouts, idleMs: number): Pool =>
  new Pool(origin, {
    connections: CONNECTIONS_MAX,
    pipelining: 1,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.totalMs,
    connect: { timeout: timeouts.connectMs },
  })

const statusOf = (exchange: Exchange): string =>
  exchange.type === 'failed' ? exchange.code : String(exchange.status)
const isUnauthorized = (exchange: Exchange): boolean =>
  exchange.type === 'answered' && exchange.status === 401
const tokenFailure = (exchange: Exchange): FailureCode =>
  exchange.type === 'failed' ? exchange.code : `TOKEN_HTTP_${exchange.status}`

/** Null when the signal aborts first. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null
  const { promise: aborted, resolve } = Promise.withResolvers<null>()
  const abort = () => resolve(null)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

import type { IncomingMessage } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import { PULSIFI } from '../platform/connections/connections.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import type { TraceWebhook } from '../platform/tracing/tracing.ts'
import { type Answer, FAILED, METHOD_NOT_ALLOWED, NOT_FOUND, UNAUTHORIZED } from './answer.ts'
import { answerWebhook, senderOf, type WebhookPath, type WebhookPorts } from './webhook.ts'

export interface IngressPorts extends WebhookPorts {
  readonly metrics: Pick<Metrics, 'events' | 'httpRequestSeconds' | 'httpRequestsInFlight'>
  /** Where there are traces. */
  readonly trace?: TraceWebhook
}

/** How long what is still being sent is read and thrown away, so that the sender can read our answer. */
const LINGER_MS = 5_000

export function createIngressApp(ports: IngressPorts): Koa {
  const router = new Router()
  for (const path of ['/hooks/:source/:tenant', '/hooks/:source/:tenant/:token']) {
    router.all(path, ctx =>
      ctx.req.method === 'POST' ? timed(ctx, pathOf(ctx.params), ports) : give(ctx, METHOD_NOT_ALLOWED),
    )
  }

  const app = new Koa()
  // What a handler throws has its answer already; what is left are sockets that broke while answering.
  app.silent = true
  app.use(router.routes())
  app.use(ctx => give(ctx, NOT_FOUND))
  return app
}

const pathOf = ({ source = '', tenant = '', token }: Record<string, string>): WebhookPath => ({
  source,
  tenant,
  token,
})

async function timed(ctx: Koa.Context, path: WebhookPath, ports: IngressPorts): Promise<void> {
  const { metrics, sources, log } = ports
  const isKnown = sources.has(path.source) || path.source === PULSIFI
  const source = isKnown ? path.source : 'unknown'
  metrics.httpRequestsInFlight.inc()
  const startedAtMs = performance.now()
  const trace = ports.trace?.(ctx.req, ports.store)
  const traced = trace === undefined ? ports : { ...ports, store: trace.store }
  const answer = await answerWebhook(ctx.req, path, traced).catch((error: unknown) => {
    log.webhookFailed(error)
    return FAILED
  })
  metrics.httpRequestsInFlight.dec()
  const { status } = answer
  const seconds = (performance.now() - startedAtMs) / 1000
  const exemplar = trace?.end({ source, tenant: isProven(answer) ? path.tenant : null, status })
  if (answer.isCanary !== true) metrics.httpRequestSeconds.observe({ source, status }, seconds, exemplar)
  if (answer.status !== 200 && isKnown && answer !== NOT_FOUND) {
    log.webhookRefused({ source, tenant: path.tenant, status: answer.status, code: answer.code })
  }
  if (answer === UNAUTHORIZED) ports.announceRefusal(source, senderOf(ctx.req, ports.trustedProxies))
  give(ctx, answer)
}

/** Whether its path is one of ours: else it may hold anything. */
const isProven = (answer: Answer): boolean => ![UNAUTHORIZED, NOT_FOUND, FAILED].includes(answer)

/** Writes the answer itself: Koa would look into it to find out what it is, and set one header after the other. */
function give(ctx: Koa.Context, { status, body, headers }: Answer): void {
  const { req, res } = ctx
  ctx.respond = false
  if (!ctx.writable) {
    res.end()
    return
  }
  const text = JSON.stringify(body)
  if (!req.complete) res.once('finish', () => linger(req))
  res.writeHead(status, { ...JSON_HEADERS, 'Content-Length': Buffer.byteLength(text), ...headers })
  res.end(text)
}

const JSON_HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
}

/**
 * Ends a request that was answered before it was read. A socket that is closed on unread bytes is reset, and the
 * reset can overtake the answer.
 */
function linger(request: IncomingMessage): void {
  if (request.complete) return
  const cut = setTimeout(() => request.socket.destroy(), LINGER_MS)
  request.once('close', () => clearTimeout(cut))
  request.resume()
}

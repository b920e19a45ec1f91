/** Posts a canary to each connection of a source, again and again, at the public address: as a vendor would. */
import { createHmac } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { canaryId } from '../../core/canary.ts'
import type { Connection, Connections } from '../../platform/connections/connections.ts'
import type { Sources } from '../../platform/connections/discover-sources.ts'
import { codeOf, type LogEvents } from '../../platform/process/log-events.ts'
import type { Metrics } from '../../platform/process/metrics.ts'
import type { IngressConfig } from '../config.ts'
import { CANARY_HEADER, markOf } from './mark.ts'

/** Vendors wait for five seconds at least. */
const ANSWER_WITHIN_MS = 5_000

export interface CanaryPorts {
  readonly sources: Sources
  readonly connections: Pick<Connections, 'all'>
  /** The public address of ingress. */
  readonly url: string
  /** As it is by now. */
  readonly secret: () => string
  /** From one canary of a connection to its next. */
  readonly everyMs: number
  readonly metrics: Pick<Metrics, 'canaryPosts' | 'collectCanaries'>
  readonly log: Pick<LogEvents, 'canaryRefused'>
  readonly nowMs: () => number
}

type Settings = Pick<IngressConfig, 'CANARY_SECONDS' | 'CANARY_SECRET' | 'PUBLIC_URL'>

/** Off, unless they are configured. */
export function openCanaries(
  config: Settings,
  ports: Omit<CanaryPorts, 'url' | 'secret' | 'everyMs' | 'nowMs'>,
): { readonly stop: () => void } {
  const { CANARY_SECONDS: seconds, PUBLIC_URL: url } = config
  if (seconds === undefined || url === undefined) return { stop: () => undefined }
  const secret = () => config.CANARY_SECRET ?? ''
  return startCanaries({ ...ports, url, secret, everyMs: seconds * 1_000, nowMs: Date.now })
}

/** Begins at once, and goes on until it is stopped. */
export function startCanaries(ports: CanaryPorts): { readonly stop: () => void } {
  const over = new AbortController()
  ports.metrics.collectCanaries(() =>
    watched(ports).map(({ source, tenant }) => ({ source, tenant, seconds: ports.everyMs / 1000 })),
  )
  void goRound(ports, over.signal)
  return { stop: () => over.abort() }
}

/** Those that can let anything in. Pulsifi's callback is none of them: what it says becomes no record. */
const watched = ({ connections, sources }: CanaryPorts): readonly Connection[] =>
  connections.all.filter(
    ({ source, secrets }) => secrets.length > 0 && sources.get(source)?.canary !== undefined,
  )

/** One after the other, so that many connections are no burst. */
async function goRound(ports: CanaryPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const connections = watched(ports)
    for (const connection of connections.length > 0 ? connections : [null]) {
      if (connection !== null) void post(connection, ports)
      const share = ports.everyMs / Math.max(1, connections.length)
      await delay(share, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
    }
  }
}

/** Never rejects: what became of it is counted. */
export async function post(connection: Connection, ports: CanaryPorts): Promise<void> {
  const { source, tenant } = connection
  const status = await answerTo(connection, ports).catch(codeOf)
  ports.metrics.canaryPosts.inc({ source, tenant, status })
  if (status !== '200') ports.log.canaryRefused({ source, tenant, status })
}

async function answerTo(
  connection: Connection,
  { sources, url, secret, nowMs }: CanaryPorts,
): Promise<string> {
  const { source, tenant, secrets, signature } = connection
  const postedMs = nowMs()
  const body = sources.get(source)?.canary?.(canaryId(postedMs)) ?? ''
  const key = signature?.secret ?? secrets[0] ?? ''
  const response = await fetch(`${url.replace(/\/+$/, '')}/hooks/${source}/${tenant}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-hook-token': secrets[0] ?? '',
      ...(signature?.mode === 'require' && { [signature.header ?? 'x-signature']: signatureOf(key, body) }),
      [CANARY_HEADER]: markOf(secret(), { source, tenant, postedMs }),
    },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
  await response.arrayBuffer()
  return String(response.status)
}

const signatureOf = (key: string, body: string): string =>
  createHmac('sha256', key).update(body).digest('hex')

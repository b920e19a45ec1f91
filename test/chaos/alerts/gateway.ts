/**
 * What stands before ingress at its public address, as a proxy does: callbacks and canaries come through it. What it does to
 * canaries alone is how they are lost without anything else being lost.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { CANARY_HEADER } from '../../../services/ingress/canary/mark.ts'

/** `hold`: every second canary of a connection is answered at once, and handed on late. */
export type ToCanaries = 'pass' | 'refuse' | 'hold'

/** Longer than a canary may take before it counts as slow. */
const HELD_MS = 35_000
/** Of one connection of HTTP alone. */
const NOT_HANDED_ON = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding'])

export interface Gateway {
  readonly url: string
  toCanaries: ToCanaries
  readonly close: () => Promise<void>
}

/** @param ingressUrl where it hands on to; undefined while there is none */
export async function openGateway(ingressUrl: () => string | undefined): Promise<Gateway> {
  const timers = new Set<NodeJS.Timeout>()
  const seen = new Map<string, number>()
  let toCanaries: ToCanaries = 'pass'

  async function handOn(request: IncomingMessage, body: Buffer): Promise<readonly [number, string]> {
    const base = ingressUrl()
    if (base === undefined) return [502, '']
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      NOT_HANDED_ON.has(name) || value === undefined ? [] : [[name, String(value)] as [string, string]],
    )
    const response = await fetch(base + request.url, { method: request.method ?? 'GET', headers, body })
    return [response.status, await response.text()]
  }
  function isHeld({ url = '' }: IncomingMessage): boolean {
    const count = (seen.get(url) ?? 0) + 1
    seen.set(url, count)
    return toCanaries === 'hold' && count % 2 === 0
  }
  async function answer(request: IncomingMessage): Promise<readonly [number, string]> {
    const body = await buffer(request)
    if (request.headers[CANARY_HEADER] === undefined || toCanaries === 'pass') return handOn(request, body)
    if (toCanaries === 'refuse') return [502, '']
    if (!isHeld(request)) return handOn(request, body)
    timers.add(setTimeout(() => void handOn(request, body).catch(() => undefined), HELD_MS))
    return [200, '{}']
  }
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void answer(request)
      .catch(() => [502, ''] as const)
      .then(([status, text]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(text)
      })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    // Cast: the address of a server that listens on a port.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get toCanaries() {
      return toCanaries
    },
    set toCanaries(how) {
      toCanaries = how
    },
    async close() {
      for (const timer of timers) clearTimeout(timer)
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The calls that Pulsifi makes to a registered webhook: a few tries with growing waits, each on record. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Agent, errors, request } from 'undici'
import { type CallbackShape, callbackBody, secretHeaders } from './callback-body.ts'
import type { SandboxOptions } from './config.ts'
import { CALLBACK_OPERATION, type Call, type FaultRule } from './faults.ts'
import type { Attempt, Delivery, State, Webhook, WebhookEvent } from './state.ts'
import type { Store } from './store.ts'

const TIMEOUT_MS = 10_000
const CONNECTIONS_MAX = 10

export type Callbacks = {
  /** Sends a pending delivery until it is settled. Never rejects: what went wrong is in the delivery. */
  send(delivery: Delivery): Promise<void>
  close(): Promise<void>
}

export type CallbackPorts = {
  readonly store: Store
  readonly options: SandboxOptions
  readonly log: Logger
  baseUrl(): string
  strike(call: Call): readonly FaultRule[]
}

type Line = CallbackPorts & { readonly agent: Agent; readonly closing: AbortSignal }

/** The webhooks that an event goes to. */
export const listenersOf = (state: State, event: WebhookEvent): Webhook[] =>
  [...state.webhooks.values()].filter(
    webhook => !webhook.is_deleted && webhook.status === 'active' && webhook.events.includes(event),
  )

export function createCallbacks(ports: CallbackPorts): Callbacks {
  const agent = new Agent({ connections: CONNECTIONS_MAX })
  const closing = new AbortController()
  const line: Line = { ...ports, agent, closing: closing.signal }
  const open = new Set<Promise<void>>()
  return {
    send(delivery) {
      const sending = perform(line, delivery)
        .catch(reason => {
          if (closing.signal.aborted) return
          ports.log.error({ event: 'callback.broken', code: codeOf(reason) }, 'a callback was not recorded')
        })
        .finally(() => open.delete(sending))
      open.add(sending)
      return sending
    },
    async close() {
      closing.abort()
      await Promise.all(open)
      await agent.destroy()
    },
  }
}

async function perform(line: Line, delivery: Delivery): Promise<void> {
  const { state } = line.store
  const webhook = state.webhooks.get(delivery.webhook_id)
  const candidate = state.candidates.get(delivery.candidate_id ?? '') ?? null
  const reference = candidate?.ext_reference_id ?? null
  const strikes = line.strike({ operation: CALLBACK_OPERATION, reference })
  if (webhook === undefined || strikes.some(rule => rule.action === 'drop')) {
    await record(line, { ...delivery, status: 'dropped' })
    return
  }
  for (const rule of strikes) if (rule.action === 'delay') await pause(line, rule.ms)
  const body = callbackBody(delivery.event, candidate, line.baseUrl(), shapeOf(strikes))
  let settled = delivery
  for (let sent = 0; sent < timesOf(strikes); sent++) {
    settled = await tryUntilSettled(line, settled, webhook, body)
  }
  await record(line, settled)
}

/** A delivery that was cleared away meanwhile stays away. */
async function record(line: Line, delivery: Delivery): Promise<void> {
  if (line.store.state.deliveries.has(delivery.id)) await line.store.commit({ type: 'delivery', delivery })
}

async function tryUntilSettled(
  line: Line,
  delivery: Delivery,
  webhook: Webhook,
  body: string,
): Promise<Delivery> {
  let current = delivery
  for (let tried = 0; tried < line.options.callbackAttempts; tried++) {
    if (tried > 0) await pause(line, line.options.callbackRetrySeconds * 1000 * 5 ** (tried - 1))
    const made = await attempt(line, webhook, body)
    line.closing.throwIfAborted()
    current = { ...current, attempts: [...current.attempts, made] }
    if (made.status !== null && made.status >= 200 && made.status < 300) {
      return { ...current, status: 'delivered' }
    }
  }
  line.log.warn({ event: 'callback.failed', delivery_id: delivery.id }, 'a callback was given up')
  return { ...current, status: 'failed' }
}

async function attempt(line: Line, webhook: Webhook, body: string): Promise<Attempt> {
  const at = new Date().toISOString()
  try {
    const reply = await request(webhook.url, {
      method: 'POST',
      dispatcher: line.agent,
      signal: AbortSignal.any([line.closing, AbortSignal.timeout(TIMEOUT_MS)]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'pulsifi-sandbox',
        ...secretHeaders(line.options, webhook.secret, body),
      },
      body,
    })
    await reply.body.dump()
    return { at, status: reply.statusCode, error: null }
  } catch (reason) {
    return { at, status: null, error: codeOf(reason) }
  }
}

const pause = (line: Line, ms: number) => wait(ms, undefined, { signal: line.closing })

const shapeOf = (strikes: readonly FaultRule[]): CallbackShape =>
  strikes.find(rule => rule.action === 'body')?.shape ?? 'standard'
const timesOf = (strikes: readonly FaultRule[]): number =>
  strikes.find(rule => rule.action === 'duplicate')?.times ?? 1

/** A code without the address it speaks of. */
function codeOf(reason: unknown): string {
  if (reason instanceof errors.UndiciError) return reason.code
  if (reason instanceof Error && 'code' in reason && typeof reason.code === 'string') return reason.code
  return reason instanceof Error ? reason.name : 'UNKNOWN'
}

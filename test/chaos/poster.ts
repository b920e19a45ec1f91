/** Sends deliveries as an ATS does: again and again until they are acknowledged, in order for each entity. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Delivery } from './story.ts'

/** How long one request may take, before it counts as failed and is made again. */
const PATIENCE_MS = 10_000

export interface PosterOptions {
  readonly deliveries: readonly Delivery[]
  readonly perSecond: number
  readonly concurrency: number
  /** Addresses of the ingress instances that run now. */
  readonly targets: () => readonly string[]
  readonly secret: string
  readonly giveUpAfterMs: number
}

export interface Posted {
  /** Requests made. */
  sent: number
  /** Deliveries answered 200. */
  acknowledged: number
  readonly eventIds: Set<string>
  /** Statuses other than 200, and the kinds of broken connections. */
  readonly refusals: Map<string, number>
}

export async function postAll(options: PosterOptions): Promise<Posted> {
  const posted: Posted = { sent: 0, acknowledged: 0, eventIds: new Set(), refusals: new Map() }
  const started = performance.now()
  const tails = new Map<string, Promise<void>>()
  const running = new Set<Promise<void>>()
  for (const [index, delivery] of options.deliveries.entries()) {
    const aheadMs = (index / options.perSecond) * 1000 - (performance.now() - started)
    if (aheadMs > 0) await delay(aheadMs)
    while (running.size >= options.concurrency) await Promise.race(running)
    const earlier = tails.get(delivery.entity) ?? Promise.resolve()
    const turn = earlier.then(() => postUntilAcknowledged(delivery, options, posted))
    tails.set(delivery.entity, turn)
    const tracked = turn.finally(() => running.delete(tracked))
    running.add(tracked)
  }
  await Promise.all(running)
  return posted
}

async function postUntilAcknowledged(
  delivery: Delivery,
  options: PosterOptions,
  posted: Posted,
): Promise<void> {
  const giveUpAt = performance.now() + options.giveUpAfterMs
  for (let attempt = 0; performance.now() < giveUpAt; attempt++) {
    const outcome = await postOnce(delivery, options, attempt)
    posted.sent++
    if (typeof outcome !== 'string') {
      posted.acknowledged++
      for (const id of outcome) posted.eventIds.add(id)
      return
    }
    posted.refusals.set(outcome, (posted.refusals.get(outcome) ?? 0) + 1)
    await delay(Math.min(2_000, 50 * 2 ** attempt))
  }
}

async function postOnce(
  { source, body }: Delivery,
  { targets, secret }: PosterOptions,
  attempt: number,
): Promise<readonly string[] | string> {
  const all = targets()
  const target = all[attempt % Math.max(1, all.length)]
  if (target === undefined) return 'no ingress runs'
  try {
    const response = await fetch(`${target}/hooks/${source}/default`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const answer: unknown = await response.json()
    if (response.status !== 200) return String(response.status)
    const ids = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'event_ids') : null
    return Array.isArray(ids) ? ids.map(String) : 'an answer without event ids'
  } catch (error) {
    return error instanceof Error ? error.name : 'failed'
  }
}

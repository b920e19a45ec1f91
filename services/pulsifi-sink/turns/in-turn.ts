/** Requests that no decision has taken a turn for: they wait for one like any other. */
import type { InTurn } from '../../platform/pulsifi/ensure-webhook.ts'
import { signalOf } from './account-condition.ts'
import type { Turns } from './turns.ts'
import type { Urgency } from './waiting-turns.ts'

/**
 * @param key of several that wait under one key only the last gets a turn
 * @returns rejects, without a request, when the signal aborts before there is a turn
 */
export const inTurn =
  (turns: Turns, urgency: Exclude<Urgency, 'poll'>, key: string, signal: AbortSignal): InTurn =>
  async ask => {
    await turnOf(turns, urgency, key, signal)
    const refusedForMs = await new Promise<number | null>(resolve => turns.begin(resolve))
    if (refusedForMs !== null || signal.aborted) {
      turns.done('look', null)
      signal.throwIfAborted()
      return { type: 'retry', reason: 'NOT_SENT', httpStatus: null, retryAfterMs: refusedForMs }
    }
    const verdict = await ask()
    turns.done('look', signalOf(verdict))
    return verdict
  }

async function turnOf(turns: Turns, urgency: Urgency, key: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const giveUp = () => {
    turns.forget(key)
    reject(signal.reason)
  }
  signal.addEventListener('abort', giveUp, { once: true })
  turns.wait(urgency, key, resolve)
  try {
    await promise
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

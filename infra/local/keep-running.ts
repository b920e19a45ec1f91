/** Starts parts of the infrastructure again that have ended although nobody asked for it, with growing pauses, and says so. */
import { setTimeout as delay } from 'node:timers/promises'
import { pauseAfter } from '../restart-policy.ts'
import type { Infrastructure } from './infrastructure.ts'
import type { WatchedPart } from './part.ts'

export interface KeepOptions {
  /** One line for a person. */
  readonly onEvent: (line: string) => void
  readonly nowMs?: () => number
  /** Resolves early when the signal is given. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

export interface Kept {
  /** From now on nothing is started again, and what was being started is stopped. */
  readonly stop: () => Promise<void>
}

const waitFor = (ms: number, signal: AbortSignal): Promise<unknown> =>
  delay(ms, undefined, { signal, ref: false }).catch(() => undefined)

/** @param parts that answer now, by what they are called; null is not ours to start */
export function keepRunning(
  parts: Readonly<Record<string, WatchedPart | null>>,
  { onEvent, nowMs = () => performance.now(), pause = waitFor }: KeepOptions,
): Kept {
  const stopping = new AbortController()
  const { signal } = stopping
  const returning = new Map<WatchedPart, Promise<void>>()

  function keep(name: string, part: WatchedPart): void {
    let startedMs = nowMs()
    let failures = 0
    async function startAgain(how: string): Promise<void> {
      let says: string | null = `ended (${how})`
      while (says !== null) {
        const next = pauseAfter({ ranMs: nowMs() - startedMs, failuresBefore: failures })
        failures = next.failures
        onEvent(`${name} ${says}: starting it again in ${next.delayMs / 1000} s`)
        await pause(next.delayMs, signal)
        if (signal.aborted) return
        startedMs = nowMs()
        const fault = await faultOfStart(part)
        if (signal.aborted) return
        says = fault === null ? null : `could not be started (${fault})`
      }
      onEvent(`${name} answers again`)
    }
    part.onDeath(how => {
      returning.set(
        part,
        startAgain(how).finally(() => returning.delete(part)),
      )
    })
  }

  for (const [name, part] of Object.entries(parts)) if (part !== null) keep(name, part)
  return {
    async stop() {
      stopping.abort()
      for (const [part, returned] of returning) {
        // Else it would be waited for until it answers.
        await part.stop()
        await returned
      }
    },
  }
}

/** The broker and the registry, where they are ours. */
export const keepInfrastructure = (
  { broker, registry }: Pick<Infrastructure, 'broker' | 'registry'>,
  onEvent: (line: string) => void,
): Kept => keepRunning({ 'the broker': broker, 'the schema registry': registry }, { onEvent })

async function faultOfStart(part: WatchedPart): Promise<string | null> {
  try {
    await part.start()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

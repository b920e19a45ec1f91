/** Whether the topics are as they must be, asked of a broker that may be away. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '../platform/process/config.ts'
import type { CheckResult } from '../platform/process/health.ts'
import type { LogEvents } from '../platform/process/log-events.ts'

export interface TopicsCheck {
  /** For the start: throws ConfigError when the broker answers and the topics are wrong, and waits no longer than that. */
  readonly atStart: (patienceMs: number) => Promise<void>
  /** For every connection: throws when the topics are wrong or nobody answers. */
  readonly run: () => Promise<void>
  /** Red while the topics are known to be wrong. */
  readonly ready: () => CheckResult
}

/** @param check throws ConfigError when the topics are wrong, anything else when the broker does not answer */
export function createTopicsCheck(
  check: () => Promise<void>,
  log: Pick<LogEvents, 'topicsWrong'>,
): TopicsCheck {
  let fault: string | null = null
  return {
    async atStart(patienceMs) {
      const answered = check().catch((error: unknown) => {
        if (error instanceof ConfigError) throw error
      })
      // Whoever is late finds nobody to tell; the next connection asks again.
      answered.catch(() => undefined)
      await Promise.race([answered, sleep(patienceMs, undefined, { ref: false })])
    },
    async run() {
      try {
        await check()
        fault = null
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        if (fault !== error.message) log.topicsWrong({ fault: error.message })
        fault = error.message
        throw error
      }
    },
    ready: () => ({ ok: fault === null, detail: fault ?? 'no fault known' }),
  }
}

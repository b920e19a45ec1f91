/** Whether each topic is as it must be, asked of a broker that may be away. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, UnreachableError } from '../platform/process/config.ts'
import type { CheckResult } from '../platform/process/health.ts'
import type { LogEvents } from '../platform/process/log-events.ts'
import { type ExistingTopics, topicsFault } from '../platform/topics/admin.ts'

export interface TopicsCheck {
  /** For the start: throws ConfigError when the broker answers and all are wrong, and waits no longer than that. */
  readonly atStart: (patienceMs: number) => Promise<void>
  /** Throws UnreachableError when nobody answers. */
  readonly reached: () => Promise<void>
  /** For every connection: throws ConfigError when the topic is wrong, anything else when nobody answers. */
  readonly run: (topic: string) => Promise<void>
  /** Red while all are known to be wrong; names those that are. */
  readonly ready: () => CheckResult
}

export interface TopicsCheckPorts {
  readonly topics: readonly string[]
  readonly partitions: number
  /** Who asks, as the cluster knows it. */
  readonly principal: string
  /** Rejects when the broker does not answer. */
  readonly read: (topics: readonly string[]) => Promise<ExistingTopics>
  readonly log: Pick<LogEvents, 'topicsWrong'>
}

export function createTopicsCheck({
  topics,
  partitions,
  principal,
  read,
  log,
}: TopicsCheckPorts): TopicsCheck {
  /** Also what an earlier version has left records for. */
  const asked = new Set(topics)
  let wrong: readonly string[] = []
  let existing: ExistingTopics = new Map()
  let reading: Promise<void> | null = null
  const faultOf = (names: readonly string[]) => topicsFault(existing, names, partitions, principal)
  /** All who ask at the same time have one answer. */
  const look = (): Promise<void> => {
    reading ??= read([...asked])
      .then(found => {
        existing = found
        const before = wrong.join()
        wrong = [...asked].filter(topic => faultOf([topic]) !== null)
        const fault = faultOf([...asked])
        if (fault !== null && wrong.join() !== before) log.topicsWrong({ fault })
      })
      .finally(() => {
        reading = null
      })
    return reading
  }
  const throwWhenAllAreWrong = (): void => {
    if (wrong.length === asked.size) throw new ConfigError(faultOf([...asked]) ?? '')
  }
  return {
    async atStart(patienceMs) {
      const answered = look().then(throwWhenAllAreWrong, () => undefined)
      // Whoever is late finds nobody to tell; the next connection asks again.
      answered.catch(() => undefined)
      await Promise.race([answered, sleep(patienceMs, undefined, { ref: false })])
    },
    async reached() {
      await look().catch(error => {
        throw new UnreachableError('no broker answers, and events wait on disk', { cause: error })
      })
    },
    async run(topic) {
      const isNew = !asked.has(topic)
      asked.add(topic)
      // An answer that is on its way does not tell of it.
      if (isNew) await reading?.catch(() => undefined)
      await look()
      const fault = faultOf([topic])
      if (fault !== null) throw new ConfigError(fault)
    },
    ready: () => ({
      ok: wrong.length < asked.size,
      detail: (wrong.length > 0 ? faultOf(wrong) : null) ?? 'no fault known',
    }),
  }
}

/** Looks at the pipeline every two seconds while the console runs, and forgets what the topics have forgotten. */

import { createProgressWatch } from '../../platform/partitions/progress.ts'
import type { CheckResult } from '../../platform/process/health.ts'
import { codeOf } from '../../platform/process/log-events.ts'
import type { Logger } from '../../platform/process/logger.ts'
import type { Metrics } from '../../platform/process/metrics.ts'
import type { Snapshot, Snapshots } from './look-at-kafka.ts'

const LOOK_EVERY_MS = 2_000
const PRUNE_EVERY_LOOKS = 300
const STALLED_AFTER_MS = 40_000

export interface Watch {
  /** Null before the first look. */
  readonly newest: () => Snapshot | null
  readonly isMoving: () => CheckResult
  readonly stop: () => Promise<void>
}

export interface WatchPorts {
  readonly snapshots: Snapshots
  /** Removes the rows whose records stood before the first offset of their partition. */
  readonly forget: (lows: ReadonlyMap<string, number>) => Promise<void>
  readonly metrics: Metrics
  readonly positions: () => ReadonlyMap<string, number>
  readonly log: Logger
}

export function watchPipeline(ports: WatchPorts): Watch {
  const { snapshots, log } = ports
  const progress = createProgressWatch()
  let newest: Snapshot | null = null
  let looks = 0
  let timer: NodeJS.Timeout | undefined
  let isStopping = false

  async function look(): Promise<void> {
    try {
      newest = await snapshots.look()
      noteProgress(ports, progress, newest)
      if (looks++ % PRUNE_EVERY_LOOKS === 0) await ports.forget(newest.lows)
    } catch (error) {
      progress.unknown()
      log.debug({ event: 'look_failed', code: codeOf(error) }, 'The pipeline could not be looked at.')
    }
    if (!isStopping) timer = setTimeout(next, LOOK_EVERY_MS)
  }
  let looking: Promise<void> = Promise.resolve()
  const next = () => {
    looking = look()
  }
  next()

  return {
    newest: () => newest,
    isMoving() {
      const stalled = [...progress.standings()].filter(([, { ageMs }]) => ageMs > STALLED_AFTER_MS)
      return {
        ok: stalled.length === 0,
        detail: stalled.map(([name]) => name).join(', ') || 'every topic moves',
      }
    },
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await looking
    },
  }
}

function noteProgress(
  { metrics, positions }: WatchPorts,
  progress: ReturnType<typeof createProgressWatch>,
  { ends }: Snapshot,
): void {
  const now = Date.now()
  for (const [name, end] of ends) {
    progress.note(name, { position: positions().get(name) ?? 0, end, waitsForOthers: false }, now)
  }
  for (const [name, { lag, ageMs }] of progress.standings()) {
    const at = name.lastIndexOf('/')
    const labels = { topic: name.slice(0, at), partition: name.slice(at + 1) }
    metrics.consumerLag.set(labels, lag)
    metrics.consumerProgressAgeSeconds.set(labels, ageMs / 1000)
  }
}

/** Fault by fault in one world, and beside it a Prometheus: which alerts fire, and when. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { FAULTS, type Fault } from '../faults.ts'
import { GROUNDS } from '../ground/ground.ts'
import { postAll } from '../poster.ts'
import { createRandom } from '../random.ts'
import { SETTINGS } from '../run-seed.ts'
import { writeStory } from '../story.ts'
import { SECRET, World } from '../world.ts'
import { OWN_ALERT } from './own-alert.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'

export interface MatrixOptions {
  readonly faults: readonly string[]
  /** How much faster the rules are. */
  readonly factor: number
  readonly perSecond: number
  readonly onEvent: (line: string) => void
}

/** One fault, and every alert that fired from its beginning until all was calm again. */
export interface MatrixRow {
  readonly fault: string
  readonly own: string | null
  /** Seconds since the fault began. */
  readonly fired: ReadonlyMap<string, number>
}

/** The row in which nothing is broken. */
export const NONE = 'none'

const LOOK_EVERY_MS = 250
/** A fault that nobody was told of in this time has no alert. */
const TOLD_WITHIN_MS = 90_000
const CALM_FOR_MS = 4_000
const CALM_WITHIN_MS = 180_000
const NOTHING_LASTS_MS = 20_000

export async function runMatrix(options: MatrixOptions): Promise<readonly MatrixRow[]> {
  const { faults, factor, perSecond, onEvent } = options
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-alerts-'))
  const ground = await GROUNDS['one broker'](directory)
  const world = await World.start(directory, ground, { ...SETTINGS, CALL_GRACE_SECONDS: '1' })
  let prometheus: Prometheus | undefined
  const over = new AbortController()
  let posting: Promise<unknown> = Promise.resolve()
  try {
    await world.add('console')
    prometheus = await startPrometheus(world, factor)
    posting = postAll({
      ...{ deliveries: writeStory(1, 1, 60_000).deliveries, perSecond, concurrency: 16 },
      ...{ targets: world.ingressUrls, secret: SECRET, giveUpAfterMs: 120_000, signal: over.signal },
    })
    const rows: MatrixRow[] = []
    await calm(prometheus, new Map())
    for (const fault of faults) {
      onEvent(`fault: ${fault}`)
      const row = await strike(world, prometheus, fault)
      rows.push(row)
      onEvent(
        `  fired: ${[...row.fired].map(([alert, s]) => `${alert} after ${s} s`).join(', ') || 'nothing'}`,
      )
    }
    return rows
  } finally {
    over.abort()
    await prometheus?.stop()
    await world.stop()
    await posting
    await ground.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function strike(world: World, prometheus: Prometheus, name: string): Promise<MatrixRow> {
  const own = OWN_ALERT[name] ?? null
  const fault: Fault | undefined = name === NONE ? () => delay(NOTHING_LASTS_MS) : FAULTS[name]
  if (fault === undefined) throw new Error(`no fault is named "${name}"`)
  const fired = new Map<string, number>()
  const startedMs = performance.now()
  const look = async (): Promise<number> => {
    const { firing, pending } = await prometheus.alerts()
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10
    for (const alert of firing) if (!fired.has(alert)) fired.set(alert, seconds)
    return firing.length + pending.length
  }
  const ending = new AbortController()
  const watching = lookUntil(look, ending.signal)
  /** Broken until its alert has told somebody. */
  const lasts = async () => {
    const untilMs = performance.now() + TOLD_WITHIN_MS
    while (own !== null && !fired.has(own) && performance.now() < untilMs) await delay(LOOK_EVERY_MS)
  }
  const random = createRandom(7)
  await fault(own === null ? { world, random } : { world, random, lasts })
  await Promise.all(world.instances.map(instance => world.ready(instance)))
  ending.abort()
  await watching
  await calm({ ...prometheus }, fired, startedMs)
  return { fault: name, own, fired }
}

async function lookUntil(look: () => Promise<number>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await look()
    await delay(LOOK_EVERY_MS)
  }
}

/** Until for a while nothing fires and nothing is about to; what fires meanwhile is told. */
async function calm(
  prometheus: Pick<Prometheus, 'alerts'>,
  fired: Map<string, number>,
  startedMs = performance.now(),
): Promise<void> {
  const untilMs = performance.now() + CALM_WITHIN_MS
  let calmSinceMs = performance.now()
  while (performance.now() - calmSinceMs < CALM_FOR_MS) {
    const { firing, pending } = await prometheus.alerts()
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10
    for (const alert of firing) if (!fired.has(alert)) fired.set(alert, seconds)
    const left = [...firing, ...pending]
    if (left.length > 0) calmSinceMs = performance.now()
    if (performance.now() > untilMs) throw new Error(`after three minutes still: ${left.join(', ')}`)
    await delay(LOOK_EVERY_MS)
  }
}

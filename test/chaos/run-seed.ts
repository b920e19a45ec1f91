/** One seed: a world, a story, faults while it is told, and the count at the end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CLUSTER_FAULTS } from './cluster-faults.ts'
import { FAULTS, type Fault, LOSES_REPLIES } from './faults.ts'
import { GROUNDS, type GroundName } from './ground/ground.ts'
import { type Posted, postAll } from './poster.ts'
import { createRandom } from './random.ts'
import { type Story, writeStory } from './story.ts'
import { unreadRecords, watchGroups } from './stuck/look-at-groups.ts'
import { createTopicsReader, type TopicsReader } from './topics.ts'
import { type Count, count, eventsOnNoTopic, isPending, readLedger, type Window } from './verify.ts'
import { SECRET, World } from './world.ts'

export interface SeedOptions {
  readonly seed: number
  readonly events: number
  readonly perSecond: number
  /** When nothing has changed for so long, what is open never ends. An answer is given up after 45 s. */
  readonly settleSeconds: number
  readonly faults: readonly string[]
  readonly ground: GroundName
  /** Environment of the processes, besides that of every run. */
  readonly settings?: Readonly<Record<string, string>>
  readonly onEvent: (line: string) => void
}

export interface SeedResult {
  readonly seed: number
  readonly seconds: number
  readonly windows: readonly Window[]
  readonly count: Count
}

const ALL_FAULTS: Readonly<Record<string, Fault>> = { ...FAULTS, ...CLUSTER_FAULTS }

/** Fast answers and small waits, so that a run shows in minutes what production shows in days. */
export const SETTINGS = {
  PULSIFI_RATE_PER_SECOND: '200',
  PULSIFI_CONCURRENCY: '20',
  JOB_WAIT_SECONDS: '1,2,5',
  RESULT_POLL_SECONDS: '5,10,15',
  RESULT_POLL_PER_HOUR: '360000',
  SANDBOX_FINISH_SECONDS: '1',
}

/** Each look reads the whole ledger. */
const LOOK_EVERY_MS = 1_000
const SAY_EVERY_MS = 10_000

export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const { seed, onEvent } = options
  const started = performance.now()
  const directory = mkdtempSync(join(tmpdir(), `atsflow-chaos-${seed}-`))
  const ground = await GROUNDS[options.ground](directory)
  const world = await World.start(directory, ground, { ...SETTINGS, ...options.settings })
  const windows: Window[] = []
  let isKept = true
  const reader = await createTopicsReader(ground.brokers, ground.registryUrl)
  const groups = await watchGroups(world, reader)
  try {
    const story = storyOf(options)
    const posting = postAll({
      deliveries: story.deliveries,
      perSecond: options.perSecond,
      concurrency: 32,
      targets: world.ingressUrls,
      secret: SECRET,
      giveUpAfterMs: 300_000,
    })
    await strike(world, options, windows)
    const posted: Posted = await posting
    onEvent(`${posted.acknowledged} of ${story.deliveries.length} deliveries acknowledged`)
    await untilQuiet(reader, posted, options)
    const stoodStill = await groups.end()
    const result = await count(reader, world.sandboxUrl, posted, story.expected, windows, stoodStill)
    isKept = result.faults.length > 0
    if (isKept) onEvent(`kept for a look: ${directory}`)
    return { seed, seconds: Math.round((performance.now() - started) / 1000), windows, count: result }
  } finally {
    await groups.end()
    await reader.close()
    await world.stop()
    await ground.stop()
    if (!isKept) rmSync(directory, { recursive: true, force: true })
  }
}

/** The last release counts people by application: while it runs, nobody can be known to have two. */
const storyOf = ({ seed, events, faults }: SeedOptions): Story =>
  writeStory(seed, 1 + (seed % 900), events, faults.includes('two versions') ? 0 : undefined)

async function strike(
  world: World,
  { seed, faults, onEvent }: SeedOptions,
  windows: Window[],
): Promise<void> {
  const random = createRandom(seed * 7919)
  await delay(3_000)
  for (const name of faults) {
    const fault = ALL_FAULTS[name]
    if (fault === undefined) throw new Error(`no fault is named "${name}"`)
    const window: Window = {
      fault: name,
      fromMs: Date.now(),
      toMs: Date.now(),
      losesReplies: LOSES_REPLIES.has(name),
    }
    windows.push(window)
    onEvent(`fault: ${name}`)
    await fault({ world, random })
    window.toMs = Date.now()
    await delay(1_000 + random.below(3_000))
  }
}

/** Until nothing can happen by itself any more: nothing is pending for a while, or nothing has changed for long. */
export async function untilQuiet(
  reader: TopicsReader,
  posted: Posted,
  { settleSeconds, onEvent }: Pick<SeedOptions, 'settleSeconds' | 'onEvent'>,
): Promise<void> {
  let quietTimes = 0
  let [last, changedMs, saidMs] = ['', performance.now(), 0]
  while (quietTimes < 3 && performance.now() - changedMs < settleSeconds * 1_000) {
    await delay(LOOK_EVERY_MS)
    const { newest, size } = await readLedger(reader)
    const pending = [...newest.values()].filter(isPending).length
    const missing = pending === 0 ? (await eventsOnNoTopic(reader, posted)).length : 0
    // Who is not in the ledger yet may be on its way there. Brokers that cannot say so are asked again.
    const unread = pending + missing === 0 ? await unreadRecords(reader).catch(() => null) : null
    const now = `${newest.size} applications known, ${pending} pending, ${missing} events on no topic, ${unread ?? 'unknown'} unread`
    if (`${size} ${now}` !== last) changedMs = performance.now()
    last = `${size} ${now}`
    quietTimes = pending + missing === 0 && unread === 0 && newest.size > 0 ? quietTimes + 1 : 0
    if (performance.now() - saidMs < SAY_EVERY_MS) continue
    saidMs = performance.now()
    onEvent(now)
  }
}

/** Raw events a second from first commit to last, and what they cost: our normalizer beside the floor, on the same records. */
import { setTimeout as delay } from 'node:timers/promises'
import { applyTopicsFile } from '../../infra/local/topics.ts'
import { CANONICAL_CANDIDATE, CANONICAL_JOB } from '../../services/core/topics.ts'
import { waitForCoordinator } from '../../services/platform/kafka/group-coordinator.ts'
import { type BenchAdmin, benchKafka, removeTopics } from './bench-kafka.ts'
import { cpuSeconds, peakMib } from './figures.ts'
import { type BenchmarkOptions, type Measurement, type Turn, turns } from './measurement.ts'
import { fill, RAW_TOPICS, rawEvents } from './raw-events.ts'
import type { Started, World } from './world.ts'

const PARTITIONS = 4
export const EVENTS_QUICK = 20_000
/** The floor is safe as one only. */
const INSTANCES = { full: [1, 2, 4], quick: [1, 2] }
const GIVE_UP_MS = 900_000
const GROUP = 'normalizer'

export async function* benchNormalizer(options: BenchmarkOptions): AsyncIterable<Measurement> {
  const { isQuick, say } = options
  const events = isQuick ? EVENTS_QUICK : options.events
  const world = await options.openWorld(PARTITIONS)
  try {
    say(`normalizer: writing ${events} raw events`)
    await fill(benchKafka(world), rawEvents(events))
    for (const turn of turns(options)) {
      for (const instances of turn.subject === 'floor' ? [1] : INSTANCES[isQuick ? 'quick' : 'full']) {
        const figures = await take(world, turn, { events, instances })
        const name = `${instances} process${instances > 1 ? 'es' : ''}`
        say(`normalizer, ${name}, ${turn.subject}: ${Math.round(figures.perSecond)} events/s`)
        yield { benchmark: 'normalizer', case: name, ...turn, figures }
      }
    }
  } finally {
    await world.close()
  }
}

interface Load {
  readonly events: number
  readonly instances: number
}

/** Everything is there to be read again, and nothing of it is known. */
export async function forget(world: World): Promise<void> {
  const admin = benchKafka(world).admin()
  await admin.connect()
  const { groups } = await admin.listGroups()
  if (groups.some(({ groupId }) => groupId === GROUP)) await admin.deleteGroups([GROUP])
  await removeTopics(admin, [CANONICAL_JOB, CANONICAL_CANDIDATE])
  await applyTopicsFile(world.env)
  await admin.disconnect()
}

async function take(world: World, { round, subject }: Turn, { events, instances }: Load) {
  await forget(world)
  const stateDirectory = `${world.directory}/state-${round}-${instances}`
  if (subject === 'atsflow') return await drain(world, { stateDirectory, events, instances })
  const group = `floor-${round}`
  return await watch(world, [await startFloor(world, group)], { events, group })
}

/** Lets normalizers of ours read on until `events` raw events are committed in all, and stops them. */
export async function drain(
  world: World,
  {
    stateDirectory,
    events,
    instances = 1,
    env = {},
  }: {
    stateDirectory: string
    events: number
    instances?: number
    env?: Readonly<Record<string, string>>
  },
) {
  const started = await Promise.all(
    Array.from({ length: instances }, (_, number) =>
      world.start('services/normalizer/main.ts', {
        portVariable: 'NORMALIZER_PORT',
        readyPath: '/livez',
        env: { ...env, STATE_DIR: `${stateDirectory}-${number}` },
      }),
    ),
  )
  return await watch(world, started, { events, group: GROUP })
}

const startFloor = (world: World, group: string): Promise<Started> =>
  world.start('test/bench/floor-normalizer.ts', {
    portVariable: 'FLOOR_PORT',
    readyPath: '/',
    env: { FLOOR_TOPICS: RAW_TOPICS.join(','), FLOOR_OUTPUT: CANONICAL_CANDIDATE, FLOOR_GROUP: group },
  })

/** From the first commit that is seen: starting and joining the group are not what is measured. */
async function watch(
  world: World,
  started: readonly Started[],
  { events, group }: { events: number; group: string },
) {
  const admin = benchKafka(world).admin()
  await admin.connect()
  const cpu = () => started.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)
  await waitForCoordinator(admin, group, RAW_TOPICS)
  const before = await committed(admin, group)
  const deadlineMs = performance.now() + GIVE_UP_MS
  let first: { readonly atMs: number; readonly done: number; readonly cpu: number } | undefined
  for (let done = before; done < events; done = await committed(admin, group)) {
    if (performance.now() > deadlineMs) throw new Error(`${done} of ${events} events are committed`)
    if (done > before) first ??= { atMs: performance.now(), done, cpu: cpu() }
    await delay(50)
  }
  await admin.disconnect()
  if (first === undefined) throw new Error('all of it was one commit: take more events')
  const steady = events - first.done
  const figures = {
    events,
    perSecond: steady / ((performance.now() - first.atMs) / 1000),
    cpuSecondsPer100k: ((cpu() - first.cpu) / steady) * 100_000,
    peakMib: started.reduce((sum, { pid }) => sum + peakMib(pid), 0),
  }
  for (const process of started) await process.stop()
  return figures
}

/** How far a group has come, over all partitions. */
export async function committed(
  admin: BenchAdmin,
  groupId: string,
  topics: readonly string[] = RAW_TOPICS,
): Promise<number> {
  const offsets = await admin.fetchOffsets({ groupId, topics: [...topics] })
  return offsets
    .flatMap(({ partitions }) => partitions)
    .reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
}

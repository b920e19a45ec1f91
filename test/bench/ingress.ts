/** Webhooks a second, and what one costs: our ingress beside the floor, in turns on one broker. */
import autocannon from 'autocannon'
import { cpuSeconds, peakMib, resetPeak } from './figures.ts'
import { type BenchmarkOptions, type Measurement, type Turn, turns } from './measurement.ts'
import { cleverConnect } from './payloads.ts'
import { INGRESS, SECRET, type Started, type World } from './world.ts'

const PARTITIONS = 4
const CONNECTIONS = 64
const FLOOR_TOPIC = 'ats.raw.direct'
/** Sent first. Our ingress has ten times the code of the floor, and is compiled as long; then it runs for weeks. */
const WARM_UP = { full: 40_000, quick: 500 }

interface Case {
  readonly name: string
  readonly bytes: number
  /** Different bodies, sent again and again: each connection of the load generator holds all of them. */
  readonly bodies: number
  readonly seconds: number
  /** Offered load, requests a second; undefined: as many as it takes. */
  readonly perSecond?: number
  readonly connections?: number
}

const USUAL: Case = { name: '2 KB', bytes: 2 * 1024, bodies: 50, seconds: 8 }
const CASES: readonly Case[] = [
  USUAL,
  { name: '2 KB, 1,000/s', bytes: 2 * 1024, bodies: 50, seconds: 10, perSecond: 1_000 },
  { name: '20 KB', bytes: 20 * 1024, bodies: 20, seconds: 6 },
  { name: '200 KB', bytes: 200 * 1024, bodies: 6, seconds: 6 },
  { name: '5 MB', bytes: 5 * 1024 * 1024, bodies: 1, seconds: 8, connections: 16 },
]

export async function* benchIngress(options: BenchmarkOptions): AsyncIterable<Measurement> {
  const world = await options.openWorld(PARTITIONS)
  try {
    for (const { round, subject } of turns(options))
      for await (const measurement of turn(world, { round, subject }, options)) yield measurement
  } finally {
    await world.close()
  }
}

async function* turn(
  world: World,
  { round, subject }: Turn,
  { isQuick, say }: BenchmarkOptions,
): AsyncIterable<Measurement> {
  const server = await (subject === 'floor' ? startFloor(world) : startIngress(world))
  const url = subject === 'floor' ? server.url : `${server.url}/hooks/cleverconnect/default`
  await autocannon({ ...shotsAt(url, USUAL), amount: isQuick ? WARM_UP.quick : WARM_UP.full })
  // Kafka takes no record of 5 MB, and the floor knows no other place.
  for (const each of CASES.filter(({ bytes }) => subject === 'atsflow' || bytes < 1024 * 1024)) {
    const seconds = isQuick ? 1 : round === 0 ? 2 : each.seconds
    const figures = await load(server, url, { ...each, seconds })
    say(`ingress, ${each.name}, ${subject}: ${Math.round(figures.perSecond)} webhooks/s`)
    yield { benchmark: 'ingress', case: each.name, subject, round, figures }
  }
  await server.stop()
}

const startIngress = (world: World): Promise<Started> => world.start('services/ingress/main.ts', INGRESS)

const startFloor = (world: World): Promise<Started> =>
  world.start('test/bench/floor-ingress.ts', {
    portVariable: 'FLOOR_PORT',
    env: { FLOOR_TOPIC, FLOOR_SECRET: SECRET },
    readyPath: '/',
  })

const shotsAt = (url: string, { bytes, bodies, connections = CONNECTIONS }: Case) => ({
  url,
  method: 'POST' as const,
  headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
  connections,
  requests: Array.from({ length: bodies }, (_, number) => ({ body: cleverConnect(number, bytes) })),
})

async function load(server: Started, url: string, each: Case) {
  const { seconds, perSecond } = each
  const options = shotsAt(url, each)
  await autocannon({ ...options, duration: Math.min(2, seconds) })
  resetPeak(server.pid)
  const before = cpuSeconds(server.pid)
  const paced = perSecond === undefined ? {} : { overallRate: perSecond }
  const result = await autocannon({ ...options, ...paced, duration: seconds })
  const cpu = cpuSeconds(server.pid) - before
  const accepted = result['2xx']
  if (accepted === 0 || result.non2xx > 0 || result.errors > 0)
    throw new Error(`${accepted} accepted, ${result.non2xx} refused, ${result.errors} errors`)
  return {
    perSecond: accepted / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuSecondsPer1000: (cpu / accepted) * 1000,
    peakMib: peakMib(server.pid),
  }
}

/**
 * How fast the console reads, and how fast the questions of its page are answered then: one after the other, and by ten
 * people at once while applications go on coming in.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connectPipeline } from '../support/ops-records.ts'
import { figuresOf, lookAround, type Pace, startWriting } from './console-people.ts'
import { applicationKeyOf, CHANGES_EACH, fillConsoleTopics, PARTITIONS, SOURCES } from './console-topics.ts'
import { peakMib, percentile } from './figures.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { CONSOLE, type Started } from './world.ts'

const APPLICATIONS = { full: 1_000_000, quick: 10_000 }
const ASKED = { full: 20, quick: 3 }
const PACE: Readonly<Record<'full' | 'quick', Pace>> = {
  full: { rounds: 4, pauseMs: 2_000 },
  quick: { rounds: 1, pauseMs: 100 },
}
const GIVE_UP_MS = 1_800_000

/** Each answer is asked for at another address, so that none is one that was kept. */
const anew = (n: number) => '&'.repeat(n)
const QUERIES: Readonly<Record<string, (n: number) => string>> = {
  funnel: n => `funnel?source=${SOURCES[n % 4]}${anew(n)}`,
  'funnel day by day': n => `funnel/days?${anew(n)}`,
  'time between steps': n => `steps?${anew(n)}`,
  'sources and jobs to choose': n => `choices?${anew(n)}`,
  'types of scores': n => `scores/types?${anew(n)}`,
  'distribution of scores': n => `scores/distribution?bins=${10 + n}`,
  'distribution by job': n => `scores/distribution?by=job_key&bins=${10 + n}`,
  'scores over time': n => `scores/over-time?${anew(n)}`,
  jobs: n => `jobs?limit=${10 + n}`,
  'page of applications': n => `applications?offset=${n * 12}&limit=12`,
  'search for an application': n => `applications?q=c${n * 991}`,
  'timeline of one': n => `applications/timeline?key=${encodeURIComponent(applicationKeyOf(n * 13))}`,
  'dead letters': n => `dead-letters?limit=${10 + n}`,
  health: () => 'health',
}

type Of = Omit<Measurement, 'figures' | 'case'>
const ALONE: Of = { benchmark: 'console', subject: 'atsflow', round: 1 }
const TOGETHER: Of = { ...ALONE, benchmark: 'console, ten people at once' }

export async function* benchConsole({
  isQuick,
  say,
  openWorld,
}: BenchmarkOptions): AsyncIterable<Measurement> {
  const size = isQuick ? 'quick' : 'full'
  const applications = APPLICATIONS[size]
  const world = await openWorld(PARTITIONS)
  const pipeline = await connectPipeline(world.env)
  try {
    say(`console: writing ${applications} applications with ${applications * CHANGES_EACH} changes`)
    const records = await fillConsoleTopics(pipeline, applications)
    say(`console: ${records} records are written`)
    const file = join(world.directory, 'console.duckdb')
    const console = await world.start('services/console/main.ts', {
      ...CONSOLE,
      env: { CONSOLE_DB: file },
    })
    const startedMs = performance.now()
    await hasRead(console, records)
    const perSecond = records / ((performance.now() - startedMs) / 1000)
    say(`console: read ${Math.round(perSecond)} records/s`)
    for (const [name, query] of Object.entries(QUERIES)) {
      const figures = await ask(console, query, ASKED[size])
      say(`console, ${name}: p95 ${Math.round(figures.p95Ms)} ms`)
      yield { ...ALONE, case: name, figures }
    }
    const writing = startWriting(pipeline, applications)
    const took = await lookAround(console.url, PACE[size])
    await writing.stop()
    for (const [name, tookMs] of [...took, ['all of them', [...took.values()].flat()] as const]) {
      const figures = figuresOf(tookMs)
      say(`console, ten people, ${name}: p95 ${Math.round(figures.p95Ms)} ms`)
      yield { ...TOGETHER, case: name, figures }
    }
    const mib = { peakMib: peakMib(console.pid), fileMib: statSync(file).size / 2 ** 20 }
    yield {
      ...ALONE,
      benchmark: 'console reading',
      case: `${records} records`,
      figures: { perSecond, ...mib },
    }
  } finally {
    await pipeline.close()
    await world.close()
  }
}

/** As the console itself says it: its tables are written in batches. */
async function hasRead({ url }: Started, records: number): Promise<void> {
  const deadlineMs = performance.now() + GIVE_UP_MS
  for (;;) {
    const response = await fetch(`${url}/api/health`)
    const { reading } = JSON.parse(await response.text())
    if (reading !== null && reading.total >= records && reading.behind === 0) return
    if (performance.now() > deadlineMs)
      throw new Error(`${reading?.behind} of ${records} records were not read`)
    await delay(500)
  }
}

async function ask({ url }: Started, query: (n: number) => string, times: number) {
  const tookMs: number[] = []
  for (let n = 1; n <= times; n++) {
    const startedMs = performance.now()
    const response = await fetch(`${url}/api/${query(n)}`)
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`${query(n)} answered ${response.status}`)
    tookMs.push(performance.now() - startedMs)
  }
  return { p50Ms: percentile(tookMs, 0.5), p95Ms: percentile(tookMs, 0.95) }
}

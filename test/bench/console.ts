/** How fast the console reads, and how fast the questions of its page are answered then, one after the other. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fillConsoleTopics, invitationOf, PARTITIONS, SCORES_EACH, SOURCES } from './console-topics.ts'
import { peakMib, percentile } from './figures.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { CONSOLE, type Started } from './world.ts'

const INVITATIONS = { full: 1_000_000, quick: 10_000 }
const ASKED = { full: 20, quick: 3 }
const GIVE_UP_MS = 1_200_000

/** Each answer is asked for at another address, so that none is one that was kept. */
const anew = (n: number) => '&'.repeat(n)
const QUERIES: Readonly<Record<string, (n: number) => string>> = {
  funnel: n => `funnel?source=${SOURCES[n % 4]}${anew(n)}`,
  'time between steps': n => `steps?${anew(n)}`,
  'sources and jobs to choose': n => `choices?${anew(n)}`,
  'types of scores': n => `scores/types?${anew(n)}`,
  'distribution of scores': n => `scores/distribution?bins=${10 + n}`,
  'distribution by job': n => `scores/distribution?by=job_key&bins=${10 + n}`,
  'scores over time': n => `scores/over-time?${anew(n)}`,
  jobs: n => `jobs?limit=${10 + n}`,
  'page of applications': n => `applications?offset=${n * 12}&limit=12`,
  'search for an application': n => `applications?q=c${n * 991}`,
  'timeline of one': n =>
    `applications/timeline?key=${encodeURIComponent(invitationOf(n * 13).application_key)}`,
  'dead letters': n => `dead-letters?limit=${10 + n}`,
  health: () => 'health',
}

export async function* benchConsole({
  isQuick,
  say,
  openWorld,
}: BenchmarkOptions): AsyncIterable<Measurement> {
  const size = isQuick ? 'quick' : 'full'
  const invitations = INVITATIONS[size]
  const records = invitations * (1 + SCORES_EACH)
  const world = await openWorld(PARTITIONS)
  try {
    say(`console: writing ${records} records`)
    await fillConsoleTopics(world, invitations)
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
      yield { benchmark: 'console', case: name, subject: 'atsflow', round: 1, figures }
    }
    const mib = { peakMib: peakMib(console.pid), fileMib: statSync(file).size / 2 ** 20 }
    const reading = { case: `${records} records`, subject: 'atsflow' as const, round: 1 }
    yield { benchmark: 'console reading', ...reading, figures: { perSecond, ...mib } }
  } finally {
    await world.close()
  }
}

async function hasRead({ url }: Started, records: number): Promise<void> {
  const sql = 'SELECT (SELECT count(*) FROM invitation_event) + (SELECT count(*) FROM score)'
  const headers = { 'content-type': 'application/json' }
  const deadlineMs = performance.now() + GIVE_UP_MS
  for (;;) {
    const response = await fetch(`${url}/api/sql`, { method: 'POST', headers, body: JSON.stringify({ sql }) })
    const { rows } = JSON.parse(await response.text())
    if (Number(rows?.[0]?.[0]) === records) return
    if (performance.now() > deadlineMs) throw new Error(`${rows?.[0]?.[0]} of ${records} records were read`)
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

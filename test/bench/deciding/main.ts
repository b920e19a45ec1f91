/**
 * What deciding alone costs, without Kafka: microseconds of CPU and bytes allocated for each event, by case, and a digest
 * of everything that is decided, so that a change can be shown to change nothing but its cost.
 *
 *     node test/bench/deciding/main.ts [--only idibu] [--seconds 5] [--beside <worktree of another version>]
 *     node test/bench/deciding/main.ts --digest
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GCProfiler } from 'node:v8'
import { Command } from 'commander'
import { NODE_FLAGS } from '../../../infra/node-flags.ts'
import type { InputRecord, State } from '../../../services/platform/partitions/processor.ts'
import { type Build, loadBuild } from './build.ts'
import { odd, USUAL, updates, type Webhook } from './made-webhooks.ts'

const options = new Command('deciding')
  .description('What it costs to decide a raw event, without Kafka.')
  .option('--only <words>', 'cases whose names contain these words')
  .option('--seconds <n>', 'for each case and version', Number, 5)
  .option('--beside <folder>', 'another version of the project, measured by turns in the same process')
  .option('--digest', 'of all that is decided about usual, repeated and odd webhooks')
  .option('--case <name>', 'one case, in this process')
  .parse()
  .opts<{ only?: string; seconds: number; beside?: string; digest?: true; case?: string }>()

const HERE = fileURLToPath(new URL('../../..', import.meta.url))
const build = await loadBuild(HERE)
const NOTHING_KNOWN: State = { get: () => undefined, scan: () => [] }

/** More numbers than are remembered, so that each is read. */
const EVENTS = 1_200
/** So few that some window of all is disturbed by nothing else on the machine: the best one counts. */
const WINDOW = 60

async function costOf(name: string): Promise<string> {
  const make = USUAL[name]
  if (make === undefined) throw new Error(`there is no case ${name}`)
  const events = Array.from({ length: EVENTS }, (_, number) => build.recordsOf(make(number), number)).flat()
  const builds = options.beside === undefined ? [build] : [await loadBuild(resolve(options.beside)), build]
  const best = builds.map(() => Number.POSITIVE_INFINITY)
  const endMs = performance.now() + builds.length * options.seconds * 1000
  for (let from = 0; performance.now() < endMs; from = (from + WINDOW) % (events.length - WINDOW + 1)) {
    const window = events.slice(from, from + WINDOW)
    for (const [index, each] of builds.entries())
      best[index] = Math.min(best[index] ?? 0, microsFor(each, window))
  }
  const bytes = builds.map(each => Math.round(allocations(() => decideAll(each, events)) / events.length))
  return `${name.padEnd(34)} ${best.map(micros => micros.toFixed(1)).join(' -> ')} us, ${bytes.join(' -> ')} bytes`
}

function decideAll({ decide }: Build, events: readonly InputRecord[]): void {
  for (const event of events) decide(event, NOTHING_KNOWN)
}

function microsFor(each: Build, events: readonly InputRecord[]): number {
  const before = process.cpuUsage()
  decideAll(each, events)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / events.length
}

/** Bytes of V8's heap: what each collection found beyond what the one before it had left. */
function allocations(run: () => void): number {
  const profiler = new GCProfiler()
  profiler.start()
  const begin = process.memoryUsage().heapUsed
  run()
  const end = process.memoryUsage().heapUsed
  const collections = profiler.stop()?.statistics ?? []
  let left = begin
  let sum = 0
  for (const { beforeGC, afterGC } of collections) {
    sum += beforeGC.heapStatistics.usedHeapSize - left
    left = afterGC.heapStatistics.usedHeapSize
  }
  return sum + end - left
}

/** Each event is decided twice: as the first of its key, and beside what was decided before. */
function digest(webhooks: Iterable<Webhook>): string {
  const known = new Map<string, unknown>()
  const state: State = {
    get: key => known.get(key),
    scan: prefix => [...known].filter(([key]) => key.startsWith(prefix)),
  }
  const hash = createHash('sha256')
  const outcomes: Record<string, number> = {}
  for (const record of [...webhooks].flatMap(build.recordsOf)) {
    const decision = build.decide(record, state)
    hash.update(JSON.stringify([decision, build.decide(record, NOTHING_KNOWN)]))
    for (const [key, value] of decision.outputs.flatMap(({ entries = [] }) => entries))
      value === undefined ? known.delete(key) : known.set(key, value)
    const name = decision.outcome?.name ?? 'none'
    outcomes[name] = (outcomes[name] ?? 0) + 1
  }
  return `${hash.digest('hex')} ${JSON.stringify(outcomes)}`
}

function* usual(): Iterable<Webhook> {
  for (const make of Object.values(USUAL)) for (let number = 0; number < 300; number++) yield make(number)
}

if (options.digest) {
  console.log(`usual   ${digest(usual())}`)
  console.log(`updates ${digest(updates(2_000))}`)
  console.log(`odd     ${digest(odd(60))}`)
} else if (options.case !== undefined) console.log(await costOf(options.case))
else
  for (const name of Object.keys(USUAL).filter(each => each.includes(options.only ?? ''))) {
    // A process each, so that none is compiled for the shapes of another; V8 as the normalizer has it.
    const args = [
      ...[...NODE_FLAGS, fileURLToPath(import.meta.url), '--case', name],
      ...['--seconds', String(options.seconds)],
      ...(options.beside === undefined ? [] : ['--beside', options.beside]),
    ]
    process.stdout.write(execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
  }

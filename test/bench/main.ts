/** `npm run bench`: what the processes can do on this machine, beside the least that Node and kafkajs need. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { benchFootprint } from './footprint.ts'
import { benchGrowth } from './growth.ts'
import { benchIngress } from './ingress.ts'
import { benchLatency } from './latency.ts'
import type { Benchmark, Measurement } from './measurement.ts'
import { benchNormalizer } from './normalizer.ts'
import { writePlots } from './plots.ts'
import { rowsOf, tablesOf } from './report.ts'
import { benchSoak } from './soak.ts'

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  footprint: benchFootprint,
  ingress: benchIngress,
  normalizer: benchNormalizer,
  latency: benchLatency,
  growth: benchGrowth,
  soak: benchSoak,
}
const PLOTS = fileURLToPath(new URL('plots', import.meta.url))

const program = new Command('bench')
  .description(
    'Measures throughput, latency, growth and memory on a broker of its own, and writes what it found.',
  )
  .option(
    '--only <names>',
    `comma separated, of ${Object.keys(BENCHMARKS).join(', ')}`,
    Object.keys(BENCHMARKS).join(','),
  )
  .option('--rounds <n>', 'measured rounds; one more before them is thrown away', Number, 2)
  .option('--events <n>', 'raw events for the normalizer', Number, 600_000)
  .option('--quick', 'see that everything runs, in less than three minutes; the figures compare with nothing')
  .option('--out <file>', 'every measurement, as JSON', 'bench-results.json')
  .option('--plots', 'write the plots of the README anew')
  .option('--report <file>', 'tables and plots of an earlier run, without measuring')
  .parse()
const options = program.opts<{
  only: string
  rounds: number
  events: number
  quick?: true
  out: string
  plots?: true
  report?: string
}>()

const names = options.only.split(',').map(name => name.trim())
const unknown = names.filter(name => !(name in BENCHMARKS))
if (unknown.length > 0)
  program.error(
    `there is no benchmark ${unknown.join(', ')}: choose of ${Object.keys(BENCHMARKS).join(', ')}`,
  )

const startedMs = performance.now()
const say = (line: string): void =>
  console.error(`${String(Math.round((performance.now() - startedMs) / 1000)).padStart(5)} s  ${line}`)

const measurements: Measurement[] = options.report
  ? JSON.parse(readFileSync(options.report, 'utf8')).measurements
  : await measure()

async function measure(): Promise<Measurement[]> {
  const found: Measurement[] = []
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  }
  for (const name of names) {
    say(`${name} begins`)
    const benchmark = BENCHMARKS[name]
    if (benchmark === undefined) continue
    for await (const measurement of benchmark({
      rounds: options.rounds,
      events: options.events,
      isQuick: options.quick === true,
      say,
    })) {
      found.push(measurement)
      writeFileSync(options.out, `${JSON.stringify({ machine, measurements: found }, null, 1)}\n`)
    }
  }
  return found
}

const rows = rowsOf(measurements)
console.log(tablesOf(rows))
if (options.plots) for (const file of writePlots(rows, PLOTS)) say(`wrote ${file}`)

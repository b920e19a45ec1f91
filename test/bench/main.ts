/** `npm run bench`: what the processes can do on this machine, beside the least that Node and kafkajs need. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { Command, Option } from 'commander'
import { runCommand } from '../../infra/local/command.ts'
import { benchConsole } from './console.ts'
import { benchFootprint } from './footprint.ts'
import { benchGrowth } from './growth.ts'
import { benchIngress } from './ingress.ts'
import { benchInterruption } from './interruption.ts'
import { benchKafkaStreams } from './kstreams/bench.ts'
import { benchLatency } from './latency.ts'
import type { Benchmark, Measurement } from './measurement.ts'
import { benchNormalizer } from './normalizer.ts'
import { type Machine, publish } from './publish.ts'
import { rowsOf, tablesOf } from './report.ts'
import { benchSink } from './sink.ts'
import { benchSoak } from './soak.ts'
import { benchTracing } from './tracing.ts'
import { openWorld, shareBroker } from './world.ts'

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  footprint: benchFootprint,
  ingress: benchIngress,
  normalizer: benchNormalizer,
  latency: benchLatency,
  sink: benchSink,
  interruption: benchInterruption,
  growth: benchGrowth,
  console: benchConsole,
  tracing: benchTracing,
  soak: benchSoak,
}

/** Raw events where nobody says how many. Beside Kafka Streams, three rounds of them take some ten minutes. */
const EVENTS = { normalizer: 600_000, kstreams: 200_000 }

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
  .option(
    '--events <n>',
    `raw events for the normalizer (default: ${EVENTS.normalizer}; with --peer ${EVENTS.kstreams})`,
    Number,
  )
  .option('--quick', 'see that everything runs, in less than three minutes; the figures compare with nothing')
  .addOption(
    new Option(
      '--peer <name>',
      'instead of all of these: our normalizer with one and two processes beside a Kafka Streams application that does the same work for the candidates of idibu and must publish the same bytes; needs a JDK (17 or later) and Maven',
    ).choices(['kstreams']),
  )
  .option(
    '--out <file>',
    'every measurement, as JSON; with --peer only when it is given',
    'bench-results.json',
  )
  .option('--publish', 'write plots, tables and the figures of the README anew')
  .option('--report <files>', 'the tables of earlier runs, comma separated, without measuring')
  .parse()
const options = program.opts<{
  only: string
  rounds: number
  events?: number
  quick?: true
  peer?: 'kstreams'
  out: string
  publish?: true
  report?: string
}>()

const names = options.only.split(',').map(name => name.trim())
const unknown = names.filter(name => !(name in BENCHMARKS))
if (unknown.length > 0)
  program.error(
    `there is no benchmark ${unknown.join(', ')}: choose of ${Object.keys(BENCHMARKS).join(', ')}`,
  )

if (options.publish && options.quick) program.error('figures of --quick compare with nothing')
if (options.peer && (options.publish || options.report))
  program.error('--peer prints its table; --publish and --report are about the other benchmarks')

const startedMs = performance.now()
const say = (line: string): void =>
  console.error(`${String(Math.round((performance.now() - startedMs) / 1000)).padStart(5)} s  ${line}`)

interface Run {
  readonly machine: Machine
  readonly measurements: readonly Measurement[]
}

const HERE: Machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  day: new Date().toISOString().slice(0, 10),
}

if (options.peer)
  await runCommand(async () => {
    const out = program.getOptionValueSource('out') === 'default' ? null : options.out
    const { rounds, events = EVENTS.kstreams } = options
    console.log(
      await benchKafkaStreams({ rounds, events, out, isQuick: options.quick === true, machine: HERE, say }),
    )
  })

const { machine, measurements } = options.report ? earlier(options.report.split(',')) : await measure()

/** The parts of a long run may be measured one after the other, on the same machine. */
function earlier(files: readonly string[]): Run {
  const runs = files.map((file): Run => JSON.parse(readFileSync(file, 'utf8')))
  const [first] = runs
  if (first === undefined) throw new Error('no file of an earlier run is named')
  return { machine: first.machine, measurements: runs.flatMap(run => run.measurements) }
}

async function measure(): Promise<Run> {
  const found: Measurement[] = []
  const worlds = options.quick ? await shareBroker() : { open: openWorld, close: async () => {} }
  const { rounds, events = EVENTS.normalizer } = options
  const given = { rounds, events, isQuick: options.quick === true, say }
  try {
    for (const name of names) {
      say(`${name} begins`)
      const benchmark = BENCHMARKS[name]
      if (benchmark === undefined) continue
      for await (const measurement of benchmark({ ...given, openWorld: worlds.open })) {
        found.push(measurement)
        writeFileSync(options.out, `${JSON.stringify({ machine: HERE, measurements: found }, null, 1)}\n`)
      }
    }
  } finally {
    await worlds.close()
  }
  return { machine: HERE, measurements: found }
}

const rows = rowsOf(measurements)
console.log(tablesOf(rows))
if (options.publish) publish(rows, machine)

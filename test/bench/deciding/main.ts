/**
 * What deciding alone costs, without Kafka: microseconds of CPU and bytes allocated for each event, by source, and a digest
 * of everything that is decided, so that a change can be shown to change nothing but its cost.
 *
 *     node test/bench/deciding/main.ts [--only idibu] [--rounds 60] [--events 600]
 *     node test/bench/deciding/main.ts --digest
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { GCProfiler } from 'node:v8'
import { Command } from 'commander'
import { NODE_FLAGS } from '../../../infra/node-flags.ts'
import { type DecidePorts, decideRecord } from '../../../services/normalizer/decide.ts'
import { createCodec } from '../../../services/platform/avro/codec.ts'
import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'
import { createPartitionOf } from '../../../services/platform/kafka/partition-of.ts'
import type { InputRecord, State } from '../../../services/platform/partitions/processor.ts'
import { receive } from '../../../services/platform/raw-events/receive.ts'
import { odd, USUAL, updates, type Webhook } from './made-webhooks.ts'

const options = new Command('deciding')
  .description('What it costs to decide a raw event, without Kafka.')
  .option('--only <words>', 'sources or cases that contain these words')
  .option('--rounds <n>', 'the best of so many counts', Number, 60)
  .option('--events <n>', 'in a round: more than telephone numbers are remembered', Number, 600)
  .option('--digest', 'of all that is decided about usual, repeated and odd webhooks')
  .option('--case <name>', 'one case, in this process')
  .parse()
  .opts<{ only?: string; rounds: number; events: number; digest?: true; case?: string }>()

const RECEIVED_AT_MS = Date.UTC(2026, 0, 15, 9, 30)
const sources = await discoverSources()
const settings = new Map([...sources].map(([name, source]) => [name, source.settings.parse({})]))
const ports: DecidePorts = {
  codec: createCodec({ idOf: () => 1, writerSchema: async () => null }),
  sources,
  settingsOf: source => settings.get(source) ?? {},
  hostsOf: () => [],
  companyName: () => null,
  partitionOf: createPartitionOf(6),
  personKeySecret: 'bench-person-key',
  normalizerVersion: 'bench',
}

/** As Kafka hands it over: keys, values and headers are bytes. */
function recordsOf({ source: name, headers, body }: Webhook, number: number): readonly InputRecord[] {
  const source = sources.get(name)
  if (source === undefined) throw new Error(`there is no source ${name}`)
  const receipt = receive(
    source,
    { headers, body },
    {
      ...{ source: name, tenant: 'default', settings: settings.get(name) ?? {}, auth: 'bearer' },
      ...{ receivedAtMs: RECEIVED_AT_MS + number, contentEncoding: null },
      contentType: headers['content-type'] ?? 'application/json',
      traceParent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
  )
  if (receipt.type !== 'routed') return []
  return receipt.records.map(({ record }, index) => ({
    ...{ type: 'record', topic: record.topic, partition: 1, offset: 10 * number + index },
    ...{
      key: Buffer.from(record.key),
      value: record.value,
      timestampMs: RECEIVED_AT_MS + number,
      fact: null,
    },
    headers: Object.fromEntries(
      Object.entries(record.headers).map(([header, text]) => [header, Buffer.from(text)]),
    ),
  }))
}

const NOTHING_KNOWN: State = { get: () => undefined, scan: () => [] }

function costOf(name: string): string {
  const make = USUAL[name]
  if (make === undefined) throw new Error(`there is no case ${name}`)
  const events = Array.from({ length: options.events }, (_, number) => recordsOf(make(number), number)).flat()
  const decideAll = () => {
    for (const event of events) decideRecord(event, NOTHING_KNOWN, ports)
  }
  let micros = Number.POSITIVE_INFINITY
  for (let round = 0; round < options.rounds; round++) {
    const before = process.cpuUsage()
    decideAll()
    const { user, system } = process.cpuUsage(before)
    micros = Math.min(micros, (user + system) / events.length)
  }
  const bytes = allocations(decideAll) / events.length
  return `${name.padEnd(34)} ${micros.toFixed(1).padStart(7)} us ${String(Math.round(bytes)).padStart(8)} bytes`
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
  for (const record of [...webhooks].flatMap(recordsOf)) {
    const decision = decideRecord(record, state, ports)
    hash.update(JSON.stringify([decision, decideRecord(record, NOTHING_KNOWN, ports)]))
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
} else if (options.case !== undefined) console.log(costOf(options.case))
else
  for (const name of Object.keys(USUAL).filter(name => name.includes(options.only ?? ''))) {
    // A process each, so that none is compiled for the shapes of another; V8 as the normalizer has it.
    const args = [
      ...[...NODE_FLAGS, fileURLToPath(import.meta.url), '--case', name],
      ...['--rounds', String(options.rounds), '--events', String(options.events)],
    ]
    process.stdout.write(execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
  }

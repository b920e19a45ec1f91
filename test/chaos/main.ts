/** `npm run chaos`: faults against the real processes on real brokers, and what was lost or doubled. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { isCaught } from './break-build.ts'
import { CLUSTER_FAULTS } from './cluster-faults.ts'
import { FAULTS } from './faults.ts'
import type { GroundName } from './ground/ground.ts'
import { createRandom } from './random.ts'
import { tableOf } from './report.ts'
import { runSeed, type SeedResult } from './run-seed.ts'

const number = (text: string): number => Number(text)

interface Suite {
  readonly ground: GroundName
  readonly faults: readonly string[]
  readonly events: number
  readonly perSecond: number
  readonly perSeed: number
  readonly resume: string
  readonly report: string
}
const ONE_BROKER: Suite = {
  ground: 'one broker',
  faults: Object.keys(FAULTS),
  events: 5_000,
  perSecond: 60,
  perSeed: 7,
  resume: 'chaos-results.jsonl',
  report: 'results.md',
}
const THREE_BROKERS: Suite = {
  ground: 'three brokers',
  faults: Object.keys(CLUSTER_FAULTS),
  events: 3_000,
  // Three brokers, TLS and all processes share the processors of one machine.
  perSecond: 40,
  perSeed: 3,
  resume: 'chaos-cluster-results.jsonl',
  report: 'results-cluster.md',
}
/** A default of one suite and of the other. */
const either = (name: keyof Suite): string => `(${ONE_BROKER[name]}; on a cluster ${THREE_BROKERS[name]})`

const program = new Command('chaos')
  .description('Kills, stops, delays and duplicates while events flow, then counts everything again.')
  .option('--cluster', 'three brokers with users and rights, and the faults of such a cluster')
  .option('--seeds <n>', 'how many seeds', number, 20)
  .option('--first <n>', 'the first seed', number, 1)
  .option('--events <n>', `deliveries a seed ${either('events')}`, number)
  .option('--per-second <n>', `deliveries a second ${either('perSecond')}`, number)
  .option('--per-seed <n>', `faults a seed draws ${either('perSeed')}`, number)
  .option('--faults <names>', 'these faults instead, comma separated; "none" for a calm run')
  .option('--settle-seconds <n>', 'nothing may stand still for longer before it has ended', number, 120)
  .option('--resume <file>', `append results here, and leave out seeds that are there ${either('resume')}`)
  .option('--broken <name>', 'run this deliberately broken build instead: fails unless the counts show it')
  .option('--publish', `write the table into test/chaos/ ${either('report')}`)
  .option('--list', 'name the faults and end')
  .parse()
const given = program.opts<{
  cluster?: boolean
  seeds: number
  first: number
  events?: number
  perSecond?: number
  perSeed?: number
  faults?: string
  settleSeconds: number
  resume?: string
  broken?: string
  publish?: boolean
  list?: boolean
}>()
const suite = given.cluster ? THREE_BROKERS : ONE_BROKER
const { ground, report, faults: names } = suite
const { events = suite.events, perSecond = suite.perSecond } = given
const { perSeed = suite.perSeed, resume = suite.resume } = given

if (given.list) {
  console.log(names.join('\n'))
  process.exit(0)
}

if (given.broken !== undefined)
  process.exit((await isCaught(given.broken, line => console.log(line))) ? 0 : 1)

/** Each seed draws its faults so that over all seeds every one is drawn equally often. */
function drawn(seed: number): readonly string[] {
  if (given.faults !== undefined)
    return given.faults === 'none' ? [] : given.faults.split(',').map(name => name.trim())
  const start = ((seed - 1) * perSeed) % names.length
  const faults = Array.from({ length: perSeed }, (_, index) => names[(start + index) % names.length] ?? '')
  const random = createRandom(seed)
  return faults
    .map(fault => ({ fault, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ fault }) => fault)
}

const results: SeedResult[] = existsSync(resume)
  ? readFileSync(resume, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line))
  : []
for (let seed = given.first; seed < given.first + given.seeds; seed++) {
  if (results.some(result => result.seed === seed)) continue
  const started = performance.now()
  const onEvent = (line: string) =>
    console.error(`seed ${seed} ${Math.round((performance.now() - started) / 1000)} s: ${line}`)
  const { settleSeconds } = given
  const faults = drawn(seed)
  const result = await runSeed({ seed, ground, events, perSecond, settleSeconds, faults, onEvent })
  results.push(result)
  appendFileSync(resume, `${JSON.stringify(result)}\n`)
  for (const fault of result.count.faults) onEvent(fault)
}
const table = tableOf(results)
console.log(table)
if (given.publish) publish()
process.exitCode = results.every(({ count }) => count.faults.length === 0) ? 0 : 1

function publish(): void {
  const text = [
    '# Faults, and what became of every delivery',
    '',
    `\`npm run chaos -- ${given.cluster ? '--cluster ' : ''}--seeds ${results.length} --events ${events} --publish\`, ${perSeed} faults a seed.`,
    'A seed counts in the row of each fault that it drew, so rows overlap. `published`, `duplicates` and what is neither',
    'say what became of the acknowledged deliveries; `ambiguous` are invitations whose answer was lost with a fault, and',
    '`unexplained` those of them without one. `wrong changes` are doubled or missing in the history. `stuck` are input partitions that stood still for more than a minute while',
    'the processes said that they live.',
    '',
    table,
    '',
  ]
  writeFileSync(fileURLToPath(new URL(report, import.meta.url)), text.join('\n'))
}

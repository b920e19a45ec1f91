/** `npm run chaos`: faults against the real processes on a real broker, and what was lost or doubled. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { isCaught } from './break-build.ts'
import { FAULTS } from './faults.ts'
import { createRandom } from './random.ts'
import { tableOf } from './report.ts'
import { runSeed, type SeedResult } from './run-seed.ts'

const number = (text: string): number => Number(text)

const program = new Command('chaos')
  .description('Kills, stops, delays and duplicates while events flow, then counts everything again.')
  .option('--seeds <n>', 'how many seeds', number, 20)
  .option('--first <n>', 'the first seed', number, 1)
  .option('--events <n>', 'deliveries a seed', number, 5_000)
  .option('--per-second <n>', 'deliveries a second', number, 60)
  .option('--per-seed <n>', 'faults a seed draws', number, 7)
  .option('--faults <names>', 'these faults instead, comma separated; "none" for a calm run')
  .option('--settle-seconds <n>', 'nothing may stand still for longer before it has ended', number, 120)
  .option('--resume <file>', 'append results here, and leave out seeds that are there', 'chaos-results.jsonl')
  .option('--broken <name>', 'run this deliberately broken build instead: fails unless the counts show it')
  .option('--publish', 'write the table into test/chaos/results.md')
  .option('--list', 'name the faults and end')
  .parse()
const options = program.opts<{
  seeds: number
  first: number
  events: number
  perSecond: number
  perSeed: number
  faults?: string
  settleSeconds: number
  resume: string
  broken?: string
  publish?: boolean
  list?: boolean
}>()

const names = Object.keys(FAULTS)
if (options.list) {
  console.log(names.join('\n'))
  process.exit(0)
}

if (options.broken !== undefined)
  process.exit((await isCaught(options.broken, line => console.log(line))) ? 0 : 1)

/** Each seed draws its faults so that over all seeds every one is drawn equally often. */
function drawn(seed: number): readonly string[] {
  if (options.faults !== undefined)
    return options.faults === 'none' ? [] : options.faults.split(',').map(name => name.trim())
  const start = ((seed - 1) * options.perSeed) % names.length
  const faults = Array.from(
    { length: options.perSeed },
    (_, index) => names[(start + index) % names.length] ?? '',
  )
  const random = createRandom(seed)
  return faults
    .map(fault => ({ fault, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ fault }) => fault)
}

const results: SeedResult[] = existsSync(options.resume)
  ? readFileSync(options.resume, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line))
  : []
for (let seed = options.first; seed < options.first + options.seeds; seed++) {
  if (results.some(result => result.seed === seed)) continue
  const started = performance.now()
  const onEvent = (line: string) =>
    console.error(`seed ${seed} ${Math.round((performance.now() - started) / 1000)} s: ${line}`)
  const { events, perSecond, settleSeconds } = options
  const faults = drawn(seed)
  const result = await runSeed({ seed, events, perSecond, settleSeconds, faults, onEvent })
  results.push(result)
  appendFileSync(options.resume, `${JSON.stringify(result)}\n`)
  for (const fault of result.count.faults) onEvent(fault)
}
const table = tableOf(results)
console.log(table)
if (options.publish) publish()
process.exitCode = results.every(({ count }) => count.faults.length === 0) ? 0 : 1

function publish(): void {
  const text = [
    '# Faults, and what became of every delivery',
    '',
    `\`npm run chaos -- --seeds ${results.length} --events ${options.events} --publish\`, ${options.perSeed} faults a seed.`,
    'A seed counts in the row of each fault that it drew, so rows overlap. `published`, `duplicates` and what is neither',
    'say what became of the acknowledged deliveries; `ambiguous` are invitations whose answer was lost with a fault, and',
    '`unexplained` those of them without one.',
    '',
    table,
    '',
  ]
  writeFileSync(fileURLToPath(new URL('results.md', import.meta.url)), text.join('\n'))
}

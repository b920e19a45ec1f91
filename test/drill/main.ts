/**
 * `npm run drill`: what infra/disaster-recovery.md promises, played on small data. `npm run drill -- fresh-starts`: whether
 * everything comes up from nothing. Fails when anything is lost, doubled, or ends by itself.
 */
import { Command, InvalidArgumentError } from 'commander'
import { markdownTable } from '../support/markdown-table.ts'
import { type FreshStart, figuresOf, startAfresh } from './fresh-starts.ts'
import { DRILL_NAMES, runDrill } from './run-drill.ts'

const program = new Command('drill').description('Plays with real processes what must not go wrong.')

program
  .command('disasters', { isDefault: true })
  .description('Plays disasters of the cluster, and counts who was invited twice and what is lost.')
  .argument('[names...]', `which ones: ${DRILL_NAMES.map(name => `"${name}"`).join(', ')}; none: all`)
  .option('--events <n>', 'deliveries of the story', Number, 300)
  .action(async (chosen: readonly string[], { events }: { events: number }) =>
    playDisasters(chosen.length > 0 ? chosen : DRILL_NAMES, events),
  )

program
  .command('fresh-starts')
  .description('Has "npm start" begin in empty folders, and says how long it takes and what ended by itself.')
  .option('--times <n>', 'how many starts', countOf, 20)
  .action(({ times }: { times: number }) => startOften(times))

await program.parseAsync()

async function playDisasters(names: readonly string[], events: number): Promise<void> {
  const rows: string[][] = []
  for (const name of names) {
    const onEvent = (line: string) => console.error(`${name}: ${line}`)
    const { invitedTwice, lost, askedAgain, perSecond, faults } = await runDrill(name, { events, onEvent })
    const asked = Object.entries(askedAgain).map(([operation, count]) => `${count} ${operation}`)
    rows.push([name, String(invitedTwice), String(lost), asked.join(', ') || 'nothing', String(perSecond)])
    fail(faults, onEvent)
  }
  const head = ['drill', 'invited twice', 'lost', 'asked of Pulsifi again', 'at most in one second']
  console.log(markdownTable(head, rows).join('\n'))
}

async function startOften(times: number): Promise<void> {
  const starts: FreshStart[] = []
  for (let at = 1; at <= times; at++) {
    const onEvent = (line: string) => console.error(`start ${at}: ${line}`)
    const start = await startAfresh(onEvent)
    if (start.seconds !== null) onEvent(`${start.seconds.toFixed(1)} s until ready`)
    fail(start.faults, onEvent)
    starts.push(start)
  }
  const { median, worst } = figuresOf(starts)
  const faulty = starts.filter(({ faults }) => faults.length > 0).length
  const row = [String(times), String(faulty), median.toFixed(1), worst.toFixed(1)]
  const head = ['fresh starts', 'in which something went wrong', 'median seconds until ready', 'worst']
  console.log(markdownTable(head, [row]).join('\n'))
}

function fail(faults: readonly string[], onEvent: (line: string) => void): void {
  for (const fault of faults) onEvent(fault)
  if (faults.length > 0) process.exitCode = 1
}

/** @throws InvalidArgumentError unless it is a number from 1 */
function countOf(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0) return count
  throw new InvalidArgumentError('Write a number from 1.')
}

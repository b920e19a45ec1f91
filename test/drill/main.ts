/** `npm run drill`: what infra/disaster-recovery.md promises, played on small data. Fails when anything is lost or doubled. */
import { Command } from 'commander'
import { markdownTable } from '../support/markdown-table.ts'
import { DRILL_NAMES, runDrill } from './run-drill.ts'

const program = new Command('drill')
  .description(
    'Plays disasters of the cluster with real processes, and counts who was invited twice and what is lost.',
  )
  .argument('[names...]', `which ones: ${DRILL_NAMES.map(name => `"${name}"`).join(', ')}; none: all`)
  .option('--events <n>', 'deliveries of the story', Number, 300)
  .parse()
const names = program.args.length > 0 ? program.args : DRILL_NAMES
const { events } = program.opts<{ events: number }>()

const rows: string[][] = []
for (const name of names) {
  const onEvent = (line: string) => console.error(`${name}: ${line}`)
  const { invitedTwice, lost, askedAgain, perSecond, faults } = await runDrill(name, { events, onEvent })
  const asked = Object.entries(askedAgain).map(([operation, count]) => `${count} ${operation}`)
  rows.push([name, String(invitedTwice), String(lost), asked.join(', ') || 'nothing', String(perSecond)])
  for (const fault of faults) onEvent(fault)
  if (faults.length > 0) process.exitCode = 1
}
console.log(
  markdownTable(
    ['drill', 'invited twice', 'lost', 'asked of Pulsifi again', 'at most in one second'],
    rows,
  ).join('\n'),
)

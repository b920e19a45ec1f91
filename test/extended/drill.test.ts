/** The drills of infra/disaster-recovery.md, and starts on nothing. */
import { expect, it } from 'vitest'
import { startAfresh } from '../drill/fresh-starts.ts'
import { DRILL_NAMES, runDrill } from '../drill/run-drill.ts'

const onEvent = (line: string) => console.error(`  ${line}`)

it.each(DRILL_NAMES)('loses nothing and invites nobody twice: %s', async name => {
  const { faults, invitedTwice, lost, askedAgain } = await runDrill(name, { events: 300, onEvent })
  expect(faults).toEqual([])
  expect({ invitedTwice, lost }).toEqual({ invitedTwice: 0, lost: 0 })
  // Callbacks are read again, and each leads to one look, as does each candidate that only references know; whoever calls
  // nothing at all has read nothing again.
  expect(Object.keys(askedAgain)).toEqual(['candidates.get'])
})

it.each(['first', 'second'])('has nothing end by itself in an empty folder, for the %s time', async () => {
  const { faults, seconds } = await startAfresh(onEvent)
  expect(faults).toEqual([])
  onEvent(`${seconds?.toFixed(1)} s until ready`)
})

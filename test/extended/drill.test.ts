/** The drills of infra/disaster-recovery.md. */
import { expect, it } from 'vitest'
import { DRILL_NAMES, runDrill } from '../drill/run-drill.ts'

const drill = (name: string) => runDrill(name, { events: 300, onEvent: line => console.error(`  ${line}`) })

it.each(DRILL_NAMES)('loses nothing and invites nobody twice: %s', async name => {
  const { faults, invitedTwice, lost, askedAgain } = await drill(name)
  expect(faults).toEqual([])
  expect({ invitedTwice, lost }).toEqual({ invitedTwice: 0, lost: 0 })
  // Callbacks are read again, and each leads to one look, as does each candidate that only references know; whoever calls
  // nothing at all has read nothing again.
  expect(Object.keys(askedAgain)).toEqual(['candidates.get'])
})

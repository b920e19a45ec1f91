/** The drills of infra/disaster-recovery.md whose procedure keeps every promise. */
import { expect, it } from 'vitest'
import { runDrill } from '../drill/run-drill.ts'

const drill = (name: string) => runDrill(name, { events: 300, onEvent: line => console.error(`  ${line}`) })

it.each(['moved to another cluster', 'offsets reset to a time'])(
  'loses nothing and invites nobody twice: %s',
  async name => {
    const { faults, invitedTwice, lost, askedAgain } = await drill(name)
    expect(faults).toEqual([])
    expect({ invitedTwice, lost }).toEqual({ invitedTwice: 0, lost: 0 })
    // Callbacks are read again, and each leads to one look; whoever calls nothing at all has read nothing again.
    expect(Object.keys(askedAgain)).toEqual(['candidates.get'])
  },
)

/** The chaos suite on three brokers in short, and the last release beside this version. */
import { it } from 'vitest'
import { runSeed, type SeedResult } from '../chaos/run-seed.ts'
import { expectAllKept } from '../support/kept.ts'

const run = (faults: readonly string[]): Promise<SeedResult> =>
  runSeed({
    seed: 1,
    ground: 'three brokers',
    events: 600,
    perSecond: 10,
    settleSeconds: 120,
    faults,
    settings: { CALL_GRACE_SECONDS: '1' },
    onEvent: line => console.error(`  ${line}`),
  })

const ENOUGH = { acknowledged: 600, invitedMoreThan: 150 }

it('loses nothing when all brokers are restarted, coordinators and leaders move, and a right is missing for a while', async () => {
  expectAllKept(await run(['coordinators move', 'rolling restart', 'right removed']), ENOUGH)
})

it('loses nothing when the last release takes the groups over under load, and this version takes them back', async () => {
  expectAllKept(await run(['two versions']), ENOUGH)
})

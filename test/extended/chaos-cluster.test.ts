/** The chaos suite on three brokers in short, and the last release beside this version. */
import { expect, it } from 'vitest'
import { runSeed, type SeedResult } from '../chaos/run-seed.ts'

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

function expectAllKept({ count }: SeedResult): void {
  expect(count.faults).toEqual([])
  expect(count).toMatchObject({
    lost: 0,
    invitedTwice: 0,
    unaccounted: 0,
    unexplained: 0,
    stuck: 0,
    wrongChanges: 0,
  })
  // A run in which nothing happened would show nothing.
  expect(count.acknowledged).toBeGreaterThanOrEqual(600)
  expect(count.invited).toBeGreaterThan(150)
}

it('loses nothing when all brokers are restarted, coordinators and leaders move, and a right is missing for a while', async () => {
  expectAllKept(await run(['coordinators move', 'rolling restart', 'right removed']))
})

it('loses nothing when the last release takes the groups over under load, and this version takes them back', async () => {
  expectAllKept(await run(['two versions']))
})

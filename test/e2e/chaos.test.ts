/** The chaos suite in short: one seed, and the three faults that a promise is most easily lost to. */
import { expect, it } from 'vitest'
import { runSeed } from '../chaos/run-seed.ts'
import { expectAllKept } from '../support/kept.ts'

it('loses nothing and invites nobody twice: a sink dies after its intents, the broker is killed, a zombie wakes', async () => {
  const result = await runSeed({
    seed: 1,
    events: 400,
    perSecond: 15,
    settleSeconds: 90,
    ground: 'one broker',
    faults: ['kill sink after-intent', 'broker killed', 'zombie normalizer'],
    settings: { CALL_GRACE_SECONDS: '1' },
    onEvent: line => console.error(`  ${line}`),
  })
  expect(result.windows).toHaveLength(3)
  // Some people come twice, so that more is sent.
  expectAllKept(result, { acknowledged: 400, invitedMoreThan: 100 })
})

import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Wire } from '../../../../services/pulsifi-sink/turns/wire.ts'

const RATE = 20
/** Nobody else gets the loop meanwhile. */
function stall(ms: number): void {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs; );
}

it('counts a request from when a busy process has written it', async () => {
  const wire = new Wire()
  for (let count = 0; count < RATE; count++) wire.add(() => undefined)
  expect(wire.start(RATE + 1, RATE)).toBeNull()
  stall(300)
  const writtenAtMs = performance.now()
  for (let round = 0; round < 3; round++) await setImmediate()
  wire.add(() => undefined)
  const waitMs = wire.start(RATE + 1, RATE) ?? 0
  // By the clock, since this process may be held up here as well.
  expect(performance.now() + waitMs).toBeGreaterThan(writtenAtMs + 1_000)
})

it('starts no more than there are places, and the next one when one has ended', () => {
  const wire = new Wire()
  const started: string[] = []
  for (const name of ['a', 'b', 'c']) wire.add(() => started.push(name))
  wire.start(2, 1_000)
  expect(started).toEqual(['a', 'b'])
  wire.ended()
  wire.start(2, 1_000)
  expect(started).toEqual(['a', 'b', 'c'])
})

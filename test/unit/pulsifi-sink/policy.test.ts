import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextLookAt } from '../../../services/pulsifi-sink/policy.ts'

const WAITS_MS = [900, 3_600, 21_600]

it.each([
  [0, 900],
  [899, 900],
  [900, 4_500],
  [4_500, 26_100],
  [26_100, 47_700],
  [47_699, 47_700],
])('looks, at %i, again at %i', (nowMs, atMs) => {
  expect(nextLookAt(0, WAITS_MS, nowMs)).toBe(atMs)
})

it('is always later, and the same for everybody who asks before it', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (invitedAtMs, nowMs, laterMs) => {
      const atMs = nextLookAt(invitedAtMs, WAITS_MS, nowMs)
      expect(atMs).toBeGreaterThan(nowMs)
      if (nowMs + laterMs < atMs) expect(nextLookAt(invitedAtMs, WAITS_MS, nowMs + laterMs)).toBe(atMs)
    }),
  )
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lastLookAt, nextLookAt } from '../../../../services/pulsifi-sink/decide/policy.ts'

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

it.each([
  [0, 0],
  [900, 0],
  [4_500, 900],
  [26_100, 4_500],
  [26_101, 4_500],
  [47_700, 26_100],
  [69_300, 47_700],
])('that is looked at, at %i, was looked at by plan at %i before', (nowMs, atMs) => {
  expect(lastLookAt(0, WAITS_MS, nowMs)).toBe(atMs)
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RETRY_AFTER_MS_MAX } from '../../../../services/pulsifi-sink/ledger/retry-wait.ts'
import {
  FLOOR_SHARE,
  fullPace,
  type Pace,
  paused,
  rateAt,
  throttled,
} from '../../../../services/pulsifi-sink/turns/allowed-rate.ts'

const MAX = 20
/** What an account answers, and how long after the last answer. */
const events = fc.array(
  fc.record({
    afterMs: fc.nat(120_000),
    type: fc.constantFrom('throttled', 'paused'),
    retryAfterMs: fc.option(fc.nat(10_000_000)),
  }),
)

function live(history: readonly { afterMs: number; type: string; retryAfterMs: number | null }[]) {
  let [pace, nowMs]: [Pace, number] = [fullPace(MAX), 0]
  for (const { afterMs, type, retryAfterMs } of history) {
    nowMs += afterMs
    pace = type === 'paused' ? paused(pace, nowMs, retryAfterMs) : throttled(pace, MAX, nowMs, retryAfterMs)
  }
  return { pace, nowMs }
}

it('stays between the floor and the configured rate, whatever is answered', () => {
  fc.assert(
    fc.property(events, fc.nat(10_000_000), (history, laterMs) => {
      const { pace, nowMs } = live(history)
      const rate = rateAt(pace, MAX, nowMs + laterMs)
      expect(rate).toBeGreaterThanOrEqual(FLOOR_SHARE * MAX)
      expect(rate).toBeLessThanOrEqual(MAX)
    }),
  )
})

it('comes back to the configured rate within a minute of the last refusal and its pause', () => {
  fc.assert(
    fc.property(events, history => {
      const { pace, nowMs } = live(history)
      expect(rateAt(pace, MAX, Math.max(nowMs, pace.resumesAtMs) + 60_000)).toBe(MAX)
    }),
  )
})

it('grows while nothing is refused, and by no more than its even slope', () => {
  fc.assert(
    fc.property(events, fc.nat(60_000), (history, laterMs) => {
      const { pace, nowMs } = live(history)
      const before = rateAt(pace, MAX, nowMs)
      const after = rateAt(pace, MAX, nowMs + laterMs)
      expect(after).toBeGreaterThanOrEqual(before)
      expect(after - before).toBeLessThanOrEqual((MAX * laterMs) / 60_000 + 1e-9)
    }),
  )
})

it('never ends a pause early, and believes in none that is longer than an hour', () => {
  fc.assert(
    fc.property(events, fc.nat(100_000_000), (history, retryAfterMs) => {
      const { pace, nowMs } = live(history)
      const { resumesAtMs } = throttled(pace, MAX, nowMs, retryAfterMs)
      expect(resumesAtMs).toBeGreaterThanOrEqual(
        Math.max(pace.resumesAtMs, nowMs + Math.min(retryAfterMs, RETRY_AFTER_MS_MAX)),
      )
      expect(resumesAtMs - nowMs).toBeLessThanOrEqual(RETRY_AFTER_MS_MAX)
    }),
  )
})

it('is halved once for answers that come together, and again for a later one', () => {
  const once = throttled(fullPace(MAX), MAX, 0, null)
  expect(rateAt(once, MAX, 0)).toBe(MAX / 2)
  expect(throttled(once, MAX, 999, null)).toEqual(once)
  expect(rateAt(throttled(once, MAX, 1_000, null), MAX, 1_000)).toBeCloseTo((MAX / 2 + MAX / 60) / 2)
})

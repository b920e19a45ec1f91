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
import {
  after,
  later,
  type Monotonic,
  monotonic,
  msBetween,
} from '../../../../services/pulsifi-sink/turns/monotonic.ts'

const MAX = 20
const START = monotonic(0.25)
/** What an account answers, and how long after the last answer. */
const events = fc.array(
  fc.record({
    afterMs: fc.nat(120_000),
    type: fc.constantFrom('throttled', 'paused'),
    retryAfterMs: fc.option(fc.nat(10_000_000)),
  }),
)

function live(history: readonly { afterMs: number; type: string; retryAfterMs: number | null }[]) {
  let [pace, now]: [Pace, Monotonic] = [fullPace(MAX), START]
  for (const { afterMs, type, retryAfterMs } of history) {
    now = after(now, afterMs)
    pace = type === 'paused' ? paused(pace, now, retryAfterMs) : throttled(pace, MAX, now, retryAfterMs)
  }
  return { pace, now }
}

it('stays between the floor and the configured rate, whatever is answered', () => {
  fc.assert(
    fc.property(events, fc.nat(10_000_000), (history, laterMs) => {
      const { pace, now } = live(history)
      const rate = rateAt(pace, MAX, after(now, laterMs))
      expect(rate).toBeGreaterThanOrEqual(FLOOR_SHARE * MAX)
      expect(rate).toBeLessThanOrEqual(MAX)
    }),
  )
})

it('comes back to the configured rate within a minute of the last refusal and its pause', () => {
  fc.assert(
    fc.property(events, history => {
      const { pace, now } = live(history)
      expect(rateAt(pace, MAX, after(later(now, pace.resumesAt), 60_000))).toBe(MAX)
    }),
  )
})

it('grows while nothing is refused, and by no more than its even slope', () => {
  fc.assert(
    fc.property(events, fc.nat(60_000), (history, laterMs) => {
      const { pace, now } = live(history)
      const before = rateAt(pace, MAX, now)
      const grown = rateAt(pace, MAX, after(now, laterMs))
      expect(grown).toBeGreaterThanOrEqual(before)
      expect(grown - before).toBeLessThanOrEqual((MAX * laterMs) / 60_000 + 1e-9)
    }),
  )
})

it('never ends a pause early, and believes in none that is longer than an hour', () => {
  fc.assert(
    fc.property(events, fc.nat(100_000_000), (history, retryAfterMs) => {
      const { pace, now } = live(history)
      const pauseMs = msBetween(now, throttled(pace, MAX, now, retryAfterMs).resumesAt)
      expect(pauseMs).toBeGreaterThanOrEqual(
        Math.max(msBetween(now, pace.resumesAt), Math.min(retryAfterMs, RETRY_AFTER_MS_MAX)),
      )
      expect(pauseMs).toBeLessThanOrEqual(RETRY_AFTER_MS_MAX)
    }),
  )
})

it('is halved once for answers that come together, and again for a later one', () => {
  const once = throttled(fullPace(MAX), MAX, START, null)
  expect(rateAt(once, MAX, START)).toBe(MAX / 2)
  expect(throttled(once, MAX, after(START, 999), null)).toEqual(once)
  const second = after(START, 1_000)
  expect(rateAt(throttled(once, MAX, second, null), MAX, second)).toBeCloseTo((MAX / 2 + MAX / 60) / 2)
})

import { describe, expect, it } from 'vitest'
import { checkTombstoneDays, daysToComeBack } from '../../../services/normalizer/tombstone-days.ts'

const topic = (name: string, days: number) => ({
  name,
  config: { 'retention.ms': String(days * 86_400_000) },
  why: '.',
})

describe('the days before a tombstone', () => {
  it.each([
    ['the raw topic keeps longest', 40, 10, 5, 0, 40],
    ['a dead letter can be sent back at the last moment', 14, 21, 7, 1, 28],
    ['a webhook that nobody could read becomes a raw record then', 14, 1, 1, 21, 35],
  ])('must exceed what a record can come back from: %s', (_why, raw, deadLetter, redrive, unread, days) => {
    const topics = [
      topic('ats.raw.acme', raw),
      topic('normalizer.dead-letter', deadLetter),
      topic('normalizer.redrive', redrive),
      topic('ingress.dead-letter', unread),
    ]
    expect(daysToComeBack(topics, ['acme'])).toBe(days)
  })

  it('are enough by default, with the retention that the project ships', () => {
    expect(() => checkTombstoneDays(30, ['jobylon'])).not.toThrow()
  })

  it('are refused when a redrive could revive a person, with the number that would do', () => {
    expect(() => checkTombstoneDays(28, ['jobylon'])).toThrow(/DELETE_TOMBSTONE_DAYS is 28, .* 28 days/)
  })
})

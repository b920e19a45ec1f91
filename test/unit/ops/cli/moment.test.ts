import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import {
  countArgument,
  parseMoment,
  rateArgument,
  secondsArgument,
} from '../../../../services/ops/cli/moment.ts'

const now = Date.UTC(2026, 0, 31, 12)

describe('a time', () => {
  it.each([
    ['90s', now - 90_000],
    ['30m', now - 1_800_000],
    ['2h', now - 7_200_000],
    ['7d', now - 7 * 86_400_000],
    ['2026-01-02', Date.UTC(2026, 0, 2)],
    ['2026-01-02T03:04', Date.UTC(2026, 0, 2, 3, 4)],
    ['2026-01-02 03:04:05', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02T03:04+02:00', Date.UTC(2026, 0, 2, 1, 4)],
  ])('%s is understood', (text, ms) => expect(parseMoment(text, now)).toBe(ms))

  it.each(['', 'yesterday', '5', '-1h', '1w', '2026-13-01', '2026', '01/02/2026'])(
    '%j is not guessed',
    text => expect(parseMoment(text, now)).toBeNull(),
  )
})

describe('numbers', () => {
  it.each([
    [countArgument, '50', 50],
    [secondsArgument, '0.5', 500],
    [rateArgument, '0.5', 0.5],
  ])('are read', (read, text, value) => expect(read(text)).toBe(value))

  it.each([
    [countArgument, ['0', '-1', '1.5', 'many', '']],
    [secondsArgument, ['', '-1', 'soon', 'Infinity']],
    [rateArgument, ['0', '-1', 'NaN', '100000']],
  ])('that make no sense are refused', (read, texts) => {
    for (const text of texts) expect(() => read(text)).toThrow(InvalidArgumentError)
  })
})

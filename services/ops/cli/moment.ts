/** Times as operators write them. */
import { InvalidArgumentError, Option } from 'commander'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * `30m`, `12h`, `7d` ago, or an ISO date or date-time; without an offset it is UTC.
 * @returns ms since the epoch; null when it is neither
 */
export function parseMoment(text: string, nowMs: number): number | null {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) return nowMs - Number(count) * (UNIT_MS[unit] ?? 0)
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return null
  const hasOffset = /(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10))
  const ms = Date.parse(text.length === 10 || hasOffset ? text : `${text.replace(' ', 'T')}Z`)
  return Number.isNaN(ms) ? null : ms
}

/** Of an option's value. */
export function momentArgument(text: string): number {
  const ms = parseMoment(text, Date.now())
  if (ms === null)
    throw new InvalidArgumentError(
      'Write 30m, 12h or 7d for a time ago, or an ISO date such as 2026-01-31T08:00Z.',
    )
  return ms
}

/** @throws InvalidArgumentError unless it is a whole number of at least 1 */
export function countArgument(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Write a whole number, at least 1.')
  return Number(text)
}

/** Seconds, fractions allowed, as ms. */
export function secondsArgument(text: string): number {
  const seconds = Number(text)
  if (text.trim() === '' || !(seconds >= 0 && seconds <= 86_400))
    throw new InvalidArgumentError('Write a number of seconds, such as 15 or 0.5.')
  return Math.round(seconds * 1_000)
}

/** How long somebody's answer is waited for: seconds on the command line, ms in what is parsed. */
export const waitOption = (about: string): Option =>
  new Option('--wait <seconds>', about).argParser(secondsArgument).default(20_000, '20')

/** Events a second. */
export function rateArgument(text: string): number {
  const rate = Number(text)
  if (!(rate > 0 && rate <= 10_000))
    throw new InvalidArgumentError('Write a number a second, such as 10 or 0.5.')
  return rate
}

/** Gathers an option that may be given several times. */
export const several = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
]

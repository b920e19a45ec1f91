/** Dates and times as vendors write them. Reads given text only; nothing here knows what time it is. */
import { DateTime } from 'luxon'

export const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** A day, or a day and a time after `T` or a space; an offset as `Z`, `+02`, `+0200` or `+02:00`. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ] *(\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) *([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/

const PLAIN_TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$/
const PLAIN_OFFSET = /^([+-])([01]\d):?([0-5]\d)?$/

/**
 * The moment that a text names, ms since the epoch; null when it names none. A text without an offset is read in
 * `zoneIfNaive` and says so; a day alone is its first moment.
 */
export function instant(text: unknown, zoneIfNaive: string): { ms: number; naive: boolean } | null {
  const parts = typeof text === 'string' ? DATE_TIME.exec(text.trim()) : null
  if (parts === null) return null
  const [, day = '', time = '00:00', offset] = parts
  const naive = offset === undefined
  const isUtc = naive && zoneIfNaive.toUpperCase() === 'UTC'
  const ms = naive && !isUtc ? null : momentOf(day, time, offset?.toUpperCase() ?? 'Z')
  if (ms !== null) return { ms, naive }
  const local = DateTime.fromISO(`${day}T${time}${offset?.toUpperCase() ?? 'Z'}`, { zone: 'utc' })
  // Not fromISO with the zone: it decides the doubled hour of autumn by the offset of the present moment.
  const moment = naive ? local.setZone(zoneIfNaive, { keepLocalTime: true }) : local
  return moment.isValid ? { ms: moment.toMillis(), naive } : null
}

/**
 * What nearly every text is: a plain time with its offset, in digits that have their places. Null for all others, which
 * luxon reads at many times the cost.
 */
function momentOf(day: string, time: string, offset: string): number | null {
  if (!PLAIN_TIME.test(time)) return null
  const offsetMs = offset === 'Z' ? 0 : offsetOf(offset)
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8))]
  if (offsetMs === null || year < YEAR_MIN || date < 1 || date > daysIn(year, month)) return null
  const seconds = time.length > 5 ? Number(time.slice(6, 8)) : 0
  const ms = time.length > 8 ? Number(time.slice(9, 12).padEnd(3, '0')) : 0
  // biome-ignore lint/style/noRestrictedGlobals: counts from what it is given, never the clock
  const local = Date.UTC(
    year,
    month - 1,
    date,
    Number(time.slice(0, 2)),
    Number(time.slice(3, 5)),
    seconds,
    ms,
  )
  return local - offsetMs
}

/** `Date.UTC` takes smaller ones for years of the twentieth century. */
const YEAR_MIN = 100

function offsetOf(text: string): number | null {
  const [, sign, hours = '0', minutes = '0'] = PLAIN_OFFSET.exec(text) ?? []
  if (sign === undefined) return null
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** None, where there is no such month. */
function daysIn(year: number, month: number): number {
  const isLeapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return (DAYS[month - 1] ?? 0) + (isLeapDay ? 1 : 0)
}

const DAY_LENGTH = 'yyyy-mm-dd'.length

/** The calendar day as the source wrote it, in its own offset: days since 1970-01-01; null when it names none. */
export function calendarDay(text: unknown): number | null {
  const moment = instant(text, 'utc')
  if (typeof text !== 'string' || moment === null) return null
  const written = text.trim()
  const midnight = written.length === DAY_LENGTH ? moment : instant(written.slice(0, DAY_LENGTH), 'utc')
  return midnight === null ? null : midnight.ms / DAY_MS
}

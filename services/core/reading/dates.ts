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
 * What nearly every text is: a plain time with its offset. The platform's parser reads it at a twentieth of luxon's
 * cost; null where it is more lenient, or less, than luxon.
 */
function momentOf(day: string, time: string, offset: string): number | null {
  const [, sign, hours = '0', minutes = '0'] = PLAIN_OFFSET.exec(offset) ?? []
  if (!PLAIN_TIME.test(time) || (sign === undefined && offset !== 'Z')) return null
  // biome-ignore lint/style/noRestrictedGlobals: reads the text that it is given, never the clock
  const local = new Date(`${day}T${time}Z`)
  // The 30th of February would be in March.
  if (local.getUTCDate() !== Number(day.slice(-2))) return null
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
  return local.getTime() + (sign === '-' ? offsetMs : -offsetMs)
}

/** The calendar day as the source wrote it, in its own offset: days since 1970-01-01; null when it names none. */
export function calendarDay(text: unknown): number | null {
  if (typeof text !== 'string' || instant(text, 'utc') === null) return null
  const midnight = instant(text.trim().slice(0, 'yyyy-mm-dd'.length), 'utc')
  return midnight === null ? null : midnight.ms / DAY_MS
}

/** Numbers and times as people read them. */
const whole = new Intl.NumberFormat('en')
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

export const count = value => whole.format(value)
export const points = value => (value === null ? '–' : tenth.format(value))

export function percent(part, whole_) {
  if (whole_ === 0) return ''
  const share = (part / whole_) * 100
  return `${share > 0 && share < 1 ? '<1' : Math.round(share)} %`
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
]

/** Two digits are enough to compare: 850 ms, 12 s, 3.4 min, 2.1 d. */
export function duration(seconds) {
  if (seconds === null) return '–'
  for (const [size, unit] of UNITS) if (seconds >= size) return `${tenth.format(seconds / size)} ${unit}`
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${tenth.format(seconds)} s`
}

const hours = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
export const time = iso => hours.format(new Date(iso))
export const moment = iso => (iso === null ? '–' : clock.format(new Date(iso)))

/** Times are told in the language of whoever reads them; the page says so where they stand in another one than its own. */
export const LANGUAGE = new Intl.DateTimeFormat().resolvedOptions().locale
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })
const SPANS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
]

export function ago(iso) {
  if (iso === null) return '–'
  const seconds = (Date.now() - Date.parse(iso)) / 1000
  for (const [size, unit] of SPANS)
    if (seconds >= size) return relative.format(-Math.floor(seconds / size), unit)
  return relative.format(seconds < 5 ? 0 : -Math.floor(seconds), 'second')
}

const OUTCOMES = {
  WAITING: 'Waiting',
  INTENDED: 'Being invited',
  INVITED: 'Invited',
  BLOCKED: 'Blocked',
  FAILED: 'Failed',
  AMBIGUOUS: 'Ambiguous',
  SKIPPED: 'Not eligible',
  UNDECIDED: 'Not decided yet',
}
export const outcome = code => OUTCOMES[code] ?? code

const STATE_NAMES = {
  received: 'Not decided yet',
  skipped: 'Not eligible',
}
/** Where an application stands, in the words of its history. */
export const stateName = code => STATE_NAMES[code] ?? capital(code)

/** Fewer scores than these are no group to compare: the API has no quartiles of them. */
export const FEW = 10

export const capital = text => text.charAt(0).toUpperCase() + text.slice(1)
export const scoreName = code => capital(code.replaceAll('_', ' '))

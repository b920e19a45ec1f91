/** Days as CVs write them: whole, a month, a year, or "until today". Reads given text only. */
import { calendarDay } from './dates.ts'

export interface PartialDay {
  /** Days since 1970-01-01: the first day of the month or year that the text names. */
  readonly first: number
  /** The last one; of a whole day, the day itself. */
  readonly last: number
  readonly precision: 'DAY' | 'MONTH' | 'YEAR'
}

/** Beginnings of the months' names in the languages of the sources, without accents; the longest that fits counts. */
const MONTHS: readonly (readonly string[])[] = [
  ['jan'],
  ['feb', 'fev'],
  ['mar', 'maart', 'mrt', 'mrz'],
  ['apr', 'avr'],
  ['may', 'mai', 'maj', 'mei'],
  ['jun', 'juin'],
  ['jul', 'juil'],
  ['aug', 'aou'],
  ['sep'],
  ['oct', 'okt'],
  ['nov'],
  ['dec', 'dez', 'des'],
]

/** The end of what has not ended, without accents, in the languages of the sources. */
const CURRENT: ReadonlySet<string> = new Set(
  [
    'current|currently|present|now|today|ongoing|date|to date|employed|working|still employed|still working',
    'aujourd hui|a aujourd hui|actuel|actuelle|actuellement|a ce jour|ce jour|en cours|en poste|maintenant|a present',
    'nuvarande|pagaende|nu|idag|i dag|i dagslaget|tills vidare|fortfarande|nuvaerende|igangvaerende|navaerende|pagar',
    'heden|nu nog|huidig|heute|aktuell|gegenwartig',
  ].flatMap(words => words.split('|')),
)

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('æ', 'ae')
    .replaceAll('å', 'a')
    .replace(/['’]/g, ' ')
    .replace(/[.,]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/** Whether the text says that something lasts: "Present", "aujourd’hui", "pågående". */
export function isUntilToday(text: string | null): boolean {
  if (text === null || !/\p{L}/u.test(text)) return false
  const said = folded(text)
  return CURRENT.has(said) || CURRENT.has(said.replace(AROUND_CURRENT, ''))
}

/** "Jusqu'à aujourd'hui", "current position". */
const AROUND_CURRENT =
  /^(?:(?:to|till|until|up to|still|jusqu a|a|jusque|poste|emploi|fram till|till|bis|tot|in my) )?(?:the )?(?=\S)|(?: (?:position|job|role|employment|employer|poste|emploi|jobb|anstallning|tjanst|arbete))$/g

/**
 * `2019-03-05`, a time, `2019-03`, `03/2019`, `March 2019`, `mars 2019`, `5 March 2019` or `2019`; null when the text
 * names no day. Of `01/02/2015` the day comes first, as in the countries of the sources, unless it cannot.
 */
export function partialDay(text: string | null): PartialDay | null {
  if (text === null) return null
  const whole = calendarDay(text)
  if (whole !== null) return { first: whole, last: whole, precision: 'DAY' }
  const parts = partsOf(folded(text).replace(BEFORE_DAY, ''))
  return parts === null ? null : spanOf(parts)
}

interface Parts {
  readonly year: number
  readonly month: number | null
  readonly day: number | null
}

const YEAR = String.raw`(?<year>(?:19|20)\d{2})`
const NUMBER = String.raw`\d{1,2}`
const SHAPES: readonly RegExp[] = [
  new RegExp(`^${YEAR}$`),
  new RegExp(`^${YEAR}[-/ ](?<month>${NUMBER})(?:[-/ ](?<day>${NUMBER}))?$`),
  new RegExp(`^(?:(?<day>${NUMBER})[-/ ])?(?<month>${NUMBER})[-/ ]${YEAR}$`),
  new RegExp(`^(?:(?<day>${NUMBER})(?:st|nd|rd|th|er)? )?(?:de )?(?<name>[a-z]{3,10})[-/ ]${YEAR}$`),
  new RegExp(`^(?<name>[a-z]{3,10}) (?<day>${NUMBER})(?:st|nd|rd|th)? ${YEAR}$`),
  new RegExp(`^${YEAR}[-/ ](?<name>[a-z]{3,10})$`),
  new RegExp(`^${YEAR}(?<month>0[1-9]|1[0-2])$`),
]

/** "Since 2019", "depuis mars 2019". */
const BEFORE_DAY =
  /^(?:since|from|in|about|circa|ca|depuis(?: le)?|en|des|a partir de|annee|vers|sedan|fran|ar|seit|ab|im|vanaf) (?=\S)/

function partsOf(text: string): Parts | null {
  const groups = SHAPES.map(shape => shape.exec(text)?.groups).find(found => found !== undefined)
  if (groups === undefined) return null
  const month = groups.name === undefined ? numberOf(groups.month) : monthOf(groups.name)
  if (groups.name !== undefined && month === null) return null
  return dayFirst({ year: Number(groups.year), month, day: numberOf(groups.day) })
}

const numberOf = (digits: string | undefined): number | null => (digits === undefined ? null : Number(digits))

/** Only a month can be above twelve by having been written first. */
function dayFirst({ year, month, day }: Parts): Parts {
  const isMonthFirst = month !== null && month > 12 && day !== null && day <= 12
  return isMonthFirst ? { year, month: day, day: month } : { year, month, day }
}

function monthOf(name: string): number | null {
  const at = MONTHS.findIndex(beginnings => beginnings.some(beginning => name.startsWith(beginning)))
  return at === -1 ? null : at + 1
}

function spanOf({ year, month, day }: Parts): PartialDay | null {
  const on = (m: number, d: number) => calendarDay(`${year}-${twoDigits(m)}-${twoDigits(d)}`)
  const first = on(month ?? 1, day ?? 1)
  if (first === null) return null
  if (day !== null) return { first, last: first, precision: 'DAY' }
  const last = [31, 30, 29, 28].map(d => on(month ?? 12, d)).find(known => known !== null) ?? first
  return { first, last, precision: month === null ? 'YEAR' : 'MONTH' }
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

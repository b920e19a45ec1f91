import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { PhoneNumber } from '../../../schemas/types.ts'
import { remember } from '../remember.ts'
import { NOBODYS, type PlainPhone, plainPhone } from './plain-phone.ts'

type PhoneType = 'mobile' | 'landline' | null

/**
 * A phone number as sent, and in E.164 when it is a valid one. `type` is what the source says: a number alone does
 * not tell it for every country. Without `defaultCountry` (ISO 3166-1 alpha-2) only the international format is read.
 */
export function phoneNumber(raw: string, type: PhoneType, defaultCountry?: string | null): PhoneNumber {
  return { raw, e164: e164([defaultCountry ?? '', type ?? '', raw.trim()].join(SEPARATOR)), type }
}

const SEPARATOR = '\n'

/** A candidate comes again with each update, and the same numbers with them. */
const e164 = remember(readText, 1_000)

/** @param text country and type, if any, and number */
function readText(text: string): string | null {
  const [country = '', type = '', ...rest] = text.split(SEPARATOR)
  const written = rest.join(' ')
  const wanted = { country, isMobile: type === 'mobile' }
  const whole = readNumber(written, wanted)
  if (whole !== null) return whole
  for (const number of partsOf(written)) {
    const found = number === written ? null : readNumber(number, wanted)
    if (found !== null) return found
  }
  return null
}

/** Some write two numbers into one field, or when to call. */
const partsOf = (written: string): readonly string[] =>
  written.replace(/\([^()]*\p{L}[^()]*\)/gu, ' ').split(/\s*(?:[/;|]|\b(?:ou|or|eller|oder)\b)\s*/i)

interface Wanted {
  readonly country: string
  readonly isMobile: boolean
}

/** Where people dial each other as if it were one country, and the numbers are of several. */
const DIALLED_ALIKE: ReadonlyMap<string, readonly CountryCode[]> = new Map([
  ['FR', ['RE', 'YT', 'GP', 'MQ', 'GF']],
])

function readNumber(number: string, { country, isMobile }: Wanted): string | null {
  // 00 is how most of the world dials what is written as +.
  const dialled = number.trim().replace(/^00(?=[1-9])/, '+')
  const known = isSupportedCountry(country) ? country : undefined
  for (const inCountry of [known, ...(DIALLED_ALIKE.get(country) ?? [])]) {
    const found = plainPhone(dialled, inCountry) ?? readByLibrary(dialled, inCountry)
    if (found === NOBODYS) continue
    // A mobile number that would be a landline there is a mobile number of somewhere else.
    const isElsewhere = isMobile && found.isFixedLine && !isInternational(dialled, found.callingCode)
    if (!isElsewhere) return found.e164
  }
  return null
}

/** Everything that people write, at several times the cost. */
function readByLibrary(
  dialled: string,
  defaultCountry: CountryCode | undefined,
): PlainPhone | typeof NOBODYS {
  const parsed = parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(defaultCountry && { defaultCountry }),
  })
  if (!parsed?.isValid()) return NOBODYS
  const { number: e164, countryCallingCode: callingCode } = parsed
  return { e164, callingCode, isFixedLine: parsed.getType() === 'FIXED_LINE' }
}

const isInternational = (dialled: string, callingCode: string): boolean =>
  dialled.startsWith('+') || dialled.replace(/\D/g, '').startsWith(callingCode)

/**
 * Telephone numbers that are plainly written, which nearly all are: digits with what separates them, behind a plus or a
 * zero. The library reads everything people write, and takes 13 us for each; its own metadata say of a plain number in one
 * what it is, or that it is nobody's. Whatever is not certain here is null, and left to the library.
 */
import type { CountryCode } from 'libphonenumber-js/max'
import metadata from 'libphonenumber-js/max/metadata'

export interface PlainPhone {
  readonly e164: string
  readonly callingCode: string
  readonly isFixedLine: boolean
}

const PLAIN = /^\+?[0-9(][0-9 ().-]*$/
const SEPARATORS = /[ ().-]+/g

/** No number that anybody has. */
export const NOBODYS = 'nobodys'

type Found = PlainPhone | typeof NOBODYS

/** Null: ask the library. `country`: whose numbers are those without a plus; undefined where nobody knows. */
export function plainPhone(text: string, country: CountryCode | undefined): Found | null {
  if (text.length > LENGTH_MAX || !PLAIN.test(text)) return null
  const digits = text.replace(SEPARATORS, '')
  if (digits.startsWith('+')) return internationalNumber(digits.slice(1))
  return country === undefined ? null : nationalNumber(digits, planOf(country))
}

const LENGTH_MAX = 40
const CALLING_CODE_LENGTH_MAX = 3

function internationalNumber(digits: string): Found | null {
  for (let length = 1; length <= CALLING_CODE_LENGTH_MAX; length++) {
    const [main, ...others] = plansOf(digits.slice(0, length))
    if (main === undefined) continue
    const national = digits.slice(length)
    // What people put between the two is taken out by rules of the country's own.
    return main.trunk?.test(national) ? null : numberOf(national, [main, ...others])
  }
  return null
}

function nationalNumber(digits: string, plan: Plan): Found | null {
  const [trunk, ...rewritten] = plan.trunk?.exec(digits) ?? []
  if (trunk !== '0' || rewritten.some(part => part !== undefined) || plan.goesAbroad.test(digits)) return null
  const national = digits.slice(1)
  return plan.any.test(national) ? numberOf(national, plansOf(plan.callingCode)) : null
}

/** Of several countries that share a calling code, the one whose number it is. */
function numberOf(national: string, plans: readonly Plan[]): Found {
  const own = plans.length === 1 ? plans[0] : plans.find(plan => isOf(national, plan))
  if (own === undefined || !isValid(national, own)) return NOBODYS
  const { callingCode } = own
  return { e164: `+${callingCode}${national}`, callingCode, isFixedLine: isFixedLine(national, own) }
}

const isOf = (national: string, plan: Plan): boolean =>
  plan.leading === null ? isValid(national, plan) : plan.leading.test(national)

const isValid = (national: string, { any, kinds }: Plan): boolean =>
  any.test(national) && kinds.some(kind => isOfKind(national, kind))

/** Whether it is of no mobile telephone; where a country's two kinds look alike, nobody knows. */
const isFixedLine = (national: string, { fixedLine, mobile }: Plan): boolean =>
  isOfKind(national, fixedLine) && mobile !== null && !isOfKind(national, mobile)

const isOfKind = (national: string, kind: Kind | null): boolean =>
  kind?.lengths.includes(national.length) === true && kind.pattern.test(national)

/** How a country numbers its telephones. */
interface Plan {
  readonly callingCode: string
  /** What is dialled before a number within the country; what it captures is moved elsewhere. */
  readonly trunk: RegExp | null
  /** What is dialled before a calling code. */
  readonly goesAbroad: RegExp
  readonly any: RegExp
  /** How the numbers of this country begin among those with the same calling code. */
  readonly leading: RegExp | null
  readonly kinds: readonly (Kind | null)[]
  readonly fixedLine: Kind | null
  readonly mobile: Kind | null
}

interface Kind {
  readonly pattern: RegExp
  readonly lengths: readonly number[]
}

/** Where the library's metadata, version 4, have what is read of a country. */
const AT = { callingCode: 0, goesAbroad: 1, any: 2, lengths: 3, prefix: 5, trunk: 7, leading: 10, kinds: 11 }

function readPlan(country: readonly unknown[]): Plan {
  const textAt = (at: number): string | null => textOf(country[at])
  const trunk = textAt(AT.trunk) ?? textAt(AT.prefix)
  const leading = textAt(AT.leading)
  const kinds = listOf(country[AT.kinds]).map(kind => readKind(listOf(kind), listOf(country[AT.lengths])))
  return {
    callingCode: String(country[AT.callingCode]),
    trunk: trunk === null ? null : atStart(trunk),
    goesAbroad: atStart(String(country[AT.goesAbroad])),
    any: whole(String(country[AT.any])),
    leading: leading === null ? null : atStart(leading),
    kinds,
    fixedLine: kinds[0] ?? null,
    mobile: kinds[1] ?? null,
  }
}

function readKind([pattern, lengths]: readonly unknown[], lengthsOfAll: readonly unknown[]): Kind | null {
  if (typeof pattern !== 'string' || pattern === '') return null
  return { pattern: whole(pattern), lengths: (Array.isArray(lengths) ? lengths : lengthsOfAll).map(Number) }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const atStart = (pattern: string): RegExp => new RegExp(`^(?:${pattern})`)
const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`)

const plans = new Map<string, Plan>()

function planOf(country: CountryCode): Plan {
  const known = plans.get(country)
  if (known !== undefined) return known
  const plan = readPlan(metadata.countries[country] ?? [])
  plans.set(country, plan)
  return plan
}

const plansByCode = new Map<string, readonly Plan[]>()

/** The one that stands for the calling code first. */
function plansOf(callingCode: string): readonly Plan[] {
  const known = plansByCode.get(callingCode)
  if (known !== undefined) return known
  const countries: readonly CountryCode[] = metadata.country_calling_codes[callingCode] ?? []
  const found = countries.map(planOf)
  if (found.length > 0) plansByCode.set(callingCode, found)
  return found
}

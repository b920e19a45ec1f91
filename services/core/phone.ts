import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { PhoneNumber } from '../../schemas/types.ts'
import { remember } from './remember.ts'

/**
 * A phone number as sent, and in E.164 when it is a valid one. `type` is what the source says: a number alone does
 * not tell it for every country. Without `defaultCountry` (ISO 3166-1 alpha-2) only the international format is read.
 */
export function phoneNumber(
  raw: string,
  type: 'mobile' | 'landline' | null,
  defaultCountry?: string,
): PhoneNumber {
  return { raw, e164: e164(`${defaultCountry ?? ''}${SEPARATOR}${raw.trim()}`), type }
}

const SEPARATOR = '\n'

/** A candidate comes again with each update, and the same numbers with them. */
const e164 = remember(readNumber, 1_000)

/** @param text country, if any, and number */
function readNumber(text: string): string | null {
  const at = text.indexOf(SEPARATOR)
  const [country, number] = [text.slice(0, at), text.slice(at + 1)]
  // 00 is how most of the world dials what is written as +.
  const dialled = number.replace(/^00(?=[1-9])/, '+')
  const parsed = parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(isSupportedCountry(country) && { defaultCountry: country }),
  })
  return parsed?.isValid() ? parsed.number : null
}

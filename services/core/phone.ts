import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { PhoneNumber } from '../../schemas/types.ts'

/**
 * A phone number as sent, and in E.164 when it is a valid one. `type` is what the source says: a number alone does
 * not tell it for every country. Without `defaultCountry` (ISO 3166-1 alpha-2) only the international format is read.
 */
export function phoneNumber(
  raw: string,
  type: 'mobile' | 'landline' | null,
  defaultCountry?: string,
): PhoneNumber {
  // 00 is how most of the world dials what is written as +.
  const dialled = raw.trim().replace(/^00(?=[1-9])/, '+')
  const country = defaultCountry && isSupportedCountry(defaultCountry) ? defaultCountry : undefined
  const parsed = parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(country && { defaultCountry: country }),
  })
  return { raw, e164: parsed?.isValid() ? parsed.number : null, type }
}

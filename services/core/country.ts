import countries from 'i18n-iso-countries'
import { remember } from './remember.ts'

/** The languages in which our sources write a country's name. */
const LANGUAGES = ['en', 'fr', 'sv']

/** ISO 3166-1 alpha-2, upper case, of a code (two or three letters) or a name; null when neither is recognised. */
export const countryCode = (nameOrCode: string | null): string | null => codeByText(nameOrCode?.trim() ?? '')

/** The library compares a name with every country's, and few names come again and again. */
const codeByText = remember(lookUp, 1_000)

function lookUp(text: string): string | null {
  const code = codeOf(text.toUpperCase())
  if (code) return code
  for (const language of LANGUAGES) {
    // The "simple" look-up ignores accents and case.
    const found = text && countries.getSimpleAlpha2Code(text, language)
    if (found) return found
  }
  return null
}

function codeOf(text: string): string | undefined {
  // Reserved for the United Kingdom in ISO 3166-1, and what people write.
  if (text === 'UK') return 'GB'
  if (/^[A-Z]{2}$/.test(text)) return countries.alpha2ToAlpha3(text) && text
  return /^[A-Z]{3}$/.test(text) ? countries.alpha3ToAlpha2(text) : undefined
}

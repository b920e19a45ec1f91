import countries from 'i18n-iso-countries'
import { remember } from '../remember.ts'

/** The languages in which our sources, and the people who apply there, write a country's name. */
const LANGUAGES = ['en', 'fr', 'sv', 'de', 'nl', 'es', 'da', 'no', 'fi', 'it', 'pt', 'pl', 'ar']

/** What the lists do not have: parts of countries, and names that people use. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['england', 'GB'],
  ['scotland', 'GB'],
  ['wales', 'GB'],
  ['northern ireland', 'GB'],
  ['great britain', 'GB'],
  ['grande bretagne', 'GB'],
  ['storbritannien', 'GB'],
  ['grossbritannien', 'GB'],
  ['angleterre', 'GB'],
  ['royaume uni', 'GB'],
  ['etats unis', 'US'],
  ['usa', 'US'],
  ['holland', 'NL'],
  ['hollande', 'NL'],
  ['france metropolitaine', 'FR'],
])

/** ISO 3166-1 alpha-2, upper case, of a code (two or three letters) or a name; null when neither is recognised. */
export const countryCode = (nameOrCode: string | null): string | null => codeByText(nameOrCode?.trim() ?? '')

/** The library compares a name with every country's, and few names come again and again. */
const codeByText = remember(lookUp, 1_000)

function lookUp(given: string): string | null {
  const code = codeOf(given.toUpperCase())
  if (code) return code
  const other = OTHER_NAMES.get(folded(given))
  if (other) return other
  const text = given.replace(/[\u2018\u2019\u02bc]/g, "'")
  for (const language of LANGUAGES) {
    // The "simple" look-up ignores accents and case.
    const found = text && countries.getSimpleAlpha2Code(text, language)
    if (found) return found
  }
  return null
}

/** Without accents, and with one space for whatever stands between words. */
const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

function codeOf(text: string): string | undefined {
  // Reserved for the United Kingdom in ISO 3166-1, and what people write.
  if (text === 'UK') return 'GB'
  if (/^[A-Z]{2}$/.test(text)) return countries.alpha2ToAlpha3(text) && text
  return /^[A-Z]{3}$/.test(text) ? countries.alpha3ToAlpha2(text) : undefined
}

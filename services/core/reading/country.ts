import countries from 'i18n-iso-countries'
import { remember } from '../remember.ts'

/** The languages in which our sources, and the people who apply there, write a country's name. */
const LANGUAGES = ['en', 'fr', 'sv', 'de', 'nl', 'es', 'da', 'no', 'fi', 'it', 'pt', 'pl', 'ar']

/** What the lists do not have: parts of countries, and names that people use. */
const OTHER_NAMES = {
  GB: 'england|scotland|wales|northern ireland|great britain|britain|grande bretagne|storbritannien|grossbritannien|angleterre|ecosse|pays de galles|skottland|schottland|royaume uni|u k',
  US: 'etats unis|etats unis d amerique|usa|u s a|u s|america|amerique|amerika|amerikas forenta stater|forenta staterna',
  IE: 'republic of ireland|republique d irlande|eire',
  FR: 'france metropolitaine|republique francaise',
  NL: 'holland|hollande',
  CD: 'rdc|drc|dr congo|rd congo|congo kinshasa|kongo kinshasa',
  CG: 'congo brazzaville',
  AT: 'oesterreich',
  CZ: 'tjeckiska republiken|tchequie',
  CI: 'ivory coast|cote d ivoire',
  VN: 'viet nam',
  RE: 'la reunion',
  AE: 'uae|u a e|emirats arabes unis',
  KR: 'korea|coree',
}

/** The distinguishing signs of vehicles that people write before a postal code; as one letter, they are nobody's ISO code. */
const VEHICLE_SIGNS = {
  A: 'AT',
  B: 'BE',
  D: 'DE',
  E: 'ES',
  F: 'FR',
  I: 'IT',
  L: 'LU',
  N: 'NO',
  P: 'PT',
  S: 'SE',
}

/** Codes by folded names: of several countries with one name the first in the list of languages counts. */
let byName: ReadonlyMap<string, string> | undefined

function listed(): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  const add = (name: string, code: string) => known.has(name) || known.set(name, code)
  for (const [code, names] of Object.entries(OTHER_NAMES))
    for (const name of names.split('|')) add(name, code)
  for (const [sign, code] of Object.entries(VEHICLE_SIGNS)) add(sign.toLowerCase(), code)
  for (const language of LANGUAGES)
    for (const [code, names] of Object.entries(countries.getNames(language, { select: 'all' })))
      for (const name of names) add(folded(name), code)
  return known
}

/** ISO 3166-1 alpha-2, upper case, of a code (two or three letters) or a name; null when neither is recognised. */
export const countryCode = (nameOrCode: string | null): string | null => codeByText(nameOrCode?.trim() ?? '')

/** The library compares a name with every country's, and few names come again and again. */
const codeByText = remember(lookUp, 1_000)

function lookUp(given: string): string | null {
  const code = codeOf(given.toUpperCase())
  if (code) return code
  byName ??= listed()
  return byName.get(folded(given)) ?? null
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

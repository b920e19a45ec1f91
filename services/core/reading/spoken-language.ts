/** Names of languages, as people who apply and forms write them. */
import { remember } from '../remember.ts'

/** The languages in which our sources write the names of others. */
const WRITTEN_IN = ['en', 'fr', 'sv', 'de', 'nl', 'es']

/** What the lists call otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  mandarin: 'zh',
  mandarine: 'zh',
  mandarinkinesiska: 'zh',
  flamand: 'nl',
  flemish: 'nl',
  farsi: 'fa',
  castillan: 'es',
  castellano: 'es',
}

let codes: ReadonlyMap<string, string> | undefined

/** BCP 47, two letters, of a language's name; null for what is none. */
export const spokenLanguage = (name: string): string | null => codeOf(name.trim())

const codeOf = remember((name: string): string | null => {
  codes ??= listed()
  return codes.get(folded(name)) ?? null
}, 1_000)

function listed(): ReadonlyMap<string, string> {
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(97 + at))
  const known = new Map(Object.entries(OTHER_NAMES))
  for (const language of WRITTEN_IN) {
    const names = new Intl.DisplayNames([language], { type: 'language', fallback: 'none' })
    for (const code of letters.flatMap(first => letters.map(second => first + second))) {
      const name = names.of(code)
      if (name !== undefined && !known.has(folded(name))) known.set(folded(name), code)
    }
  }
  return known
}

/** Without accents and capitals. */
const folded = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

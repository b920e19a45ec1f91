/** Text as it is searched: without case and accents, so that nobody has to know how a name is written. Pure. */

/** Letters that no accent makes of others. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ł: 'l', ø: 'o', đ: 'd', ð: 'd', ħ: 'h', ı: 'i', ŧ: 't' },
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th' },
}
const OTHER_LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu')

export const folded = (parts: readonly (string | null)[]): string =>
  parts
    .filter(part => part !== null)
    .join(' ')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(OTHER_LETTER, letter => LETTERS[letter] ?? letter)

/** More make nothing clearer. */
const WORDS_MAX = 8

/** The words of a search, each of which has to be found. */
export const wordsOf = (search: string): readonly string[] =>
  folded([search]).split(/\s+/).filter(Boolean).slice(0, WORDS_MAX)

/** Forms of address, as forms and systems write them in the languages of the sources. */

const SPELLINGS: readonly (readonly [civility: 'M' | 'F' | 'D', words: string])[] = [
  [
    'M',
    'm mr mister monsieur messieurs herr herrn hr sir signor signore sig sr senor dhr heer pan male man homme mann',
  ],
  [
    'F',
    'f w miss mrs ms mme mlle madame mademoiselle frau fraulein fru froken signora senora sra srta mevr mevrouw mw pani female woman femme',
  ],
  ['D', 'd x mx divers diverse nonbinary enby'],
]
const CIVILITIES: ReadonlyMap<string, string> = new Map(
  SPELLINGS.flatMap(([civility, words]) => words.split(' ').map(word => [word, civility] as const)),
)

/** Letters that stand for a form of address only where nothing else is said. */
const isInitial = (word: string): boolean => word.length === 1 && word !== 'm'

/**
 * M, F or D; null where the text says none of them, or more than one. A title beside it, as in `Frau Dr.`, says nothing.
 */
export function civilityOf(raw: string | null): string | null {
  const words = plain(raw ?? '').match(/[a-z]+/g) ?? []
  const said = words
    .filter(word => words.length === 1 || !isInitial(word))
    .flatMap(word => CIVILITIES.get(word) ?? [])
  const [first] = said
  return first !== undefined && said.every(one => one === first) ? first : null
}

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/non[- ]binary/g, 'nonbinary')

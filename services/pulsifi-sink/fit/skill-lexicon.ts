/**
 * Finds known skills in the words of a job. Terms are whole words in English, French and Swedish; each leads to one
 * English name. Matching is pure over a `Lexicon`; `load-lexicon.ts` reads the bundled one.
 */
import { type Token, tokens } from './skill-words.ts'

export interface Lexicon {
  readonly root: Node
  /** Every word of every term: decides how a text such as `customer.Service` is cut into words. */
  readonly words: ReadonlySet<string>
  readonly skillsCount: number
}

interface Node {
  readonly next: Map<string, Node>
  readonly ends: Ending[]
}

interface Ending {
  readonly skill: string
  /** The words as the text must write them; null when case does not matter. */
  readonly exact: readonly string[] | null
  /** A short term must not be tied to a neighbour; one that is a word of its own must be an item of a list. */
  readonly place: 'anywhere' | 'untied' | 'list-item'
}

/** Where a term was found counts more than how often. */
export interface SearchedText {
  readonly title: string
  readonly profile: string
  readonly description: string
}

/**
 * Reads lines of `name <tab> term|term|…`. The name itself is a term. `=` before a term demands its case; terms of
 * one or two letters always do. Lines that are empty or begin with `#` are left out.
 */
export function parseLexicon(tsv: string): Lexicon {
  const lexicon = { root: node(), words: new Set<string>(), skillsCount: 0 }
  for (const row of tsv.split('\n')) {
    if (row.trim() === '' || row.startsWith('#')) continue
    const [name = '', terms = ''] = row.split('\t')
    const isNameExact = name.startsWith('=')
    const skill = (isNameExact ? name.slice(1) : name).trim()
    for (const term of [name, ...terms.split('|')]) addTerm(lexicon, skill, term.trim())
    lexicon.skillsCount += 1
  }
  return lexicon
}

const node = (): Node => ({ next: new Map(), ends: [] })

function addTerm(lexicon: { root: Node; words: Set<string> }, skill: string, written: string): void {
  const isMarked = written.startsWith('=')
  const term = isMarked ? written.slice(1) : written
  const words = tokens(term, null).map(token => token.word)
  if (words.length === 0) return
  const isShort = term.length <= 2
  const ending: Ending = {
    skill,
    exact: isMarked || isShort ? tokens(term, null).map(token => token.written) : null,
    place: isShort ? placeOf(term) : 'anywhere',
  }
  addPath(lexicon, words, ending)
  // A text without accents means the same; a text with accents says exactly what it says.
  if (ending.exact === null) addPath(lexicon, words.map(withoutAccents), ending)
}

/** Two capitals are an acronym, and `C#` is like no other word; "Go", or the letter C, is said of other things too. */
const placeOf = (term: string): Ending['place'] =>
  /^\p{Lu}{2}$|[^\p{L}]/u.test(term) ? 'untied' : 'list-item'

function addPath(
  lexicon: { root: Node; words: Set<string> },
  words: readonly string[],
  ending: Ending,
): void {
  let at = lexicon.root
  for (const word of words) {
    lexicon.words.add(word)
    const next = at.next.get(word) ?? node()
    at.next.set(word, next)
    at = next
  }
  if (!at.ends.some(end => end.skill === ending.skill && end.exact === ending.exact)) at.ends.push(ending)
}

const withoutAccents = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '')

interface Found {
  readonly skill: string
  readonly order: number
  count: number
  inTitle: boolean
  inProfile: boolean
}

/** At most `countMax` skills: those of the title first, then of the profile, then the most frequent. */
export function matchSkills(lexicon: Lexicon, text: SearchedText, countMax: number): readonly string[] {
  const found = new Map<string, Found>()
  for (const part of ['title', 'profile', 'description'] as const) {
    for (const skill of skillsIn(lexicon, text[part])) {
      const known = found.get(skill) ?? {
        skill,
        order: found.size,
        count: 0,
        inTitle: false,
        inProfile: false,
      }
      known.count += 1
      if (part === 'title') known.inTitle = true
      if (part === 'profile') known.inProfile = true
      found.set(skill, known)
    }
  }
  return [...found.values()]
    .sort(
      (a, b) =>
        Number(b.inTitle) - Number(a.inTitle) ||
        Number(b.inProfile) - Number(a.inProfile) ||
        b.count - a.count ||
        a.order - b.order,
    )
    .slice(0, countMax)
    .map(({ skill }) => skill)
}

/** Every occurrence from left to right; at each place the longest term wins and its words are used up. */
function* skillsIn(lexicon: Lexicon, text: string): Generator<string> {
  const words = tokens(text, lexicon.words)
  for (let start = 0; start < words.length; ) {
    const match = longestAt(lexicon.root, words, start)
    if (match !== null) yield match.skill
    start = match?.end ?? start + 1
  }
}

function longestAt(
  root: Node,
  words: readonly Token[],
  start: number,
): { readonly skill: string; readonly end: number } | null {
  let at: Node | undefined = root
  let best = null
  for (let end = start; end < words.length; ) {
    at = at.next.get(words[end]?.word ?? '')
    if (at === undefined) break
    end += 1
    const ending = at.ends.find(candidate => isSatisfied(candidate, words, start, end))
    if (ending !== undefined) best = { skill: ending.skill, end }
  }
  return best
}

function isSatisfied({ exact, place }: Ending, words: readonly Token[], start: number, end: number): boolean {
  if (exact === null) return true
  if (!exact.every((written, at) => words[start + at]?.written === written)) return false
  const word = words[end - 1]
  if (place === 'anywhere' || word === undefined) return true
  return place === 'untied' ? !word.isTied : word.isListItem && !word.isTied
}

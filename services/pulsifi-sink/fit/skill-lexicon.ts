/**
 * Finds known skills in the words of a job. Terms are whole words in English, French and Swedish, whatever their form;
 * each leads to one English name. Matching is pure over a `Lexicon`; `policy-from-config.ts` reads the bundled one.
 */
import { remember } from '../../core/remember.ts'
import { type Token, tokens } from './skill-words.ts'
import { formsOf, wholeCompounds } from './word-forms.ts'

export interface Lexicon {
  readonly root: Node
  /** Every word of every term: decides how a text such as `customer.Service` is cut into words. */
  readonly words: ReadonlySet<string>
  /** The words of terms of which a word may be a form, itself among them. */
  readonly formsOf: (word: string) => readonly string[]
  readonly rankOf: (skill: string) => number
  readonly skillsCount: number
}

interface Node {
  readonly next: Map<string, Node>
  /** The same where up to two words may stand between. */
  readonly later: Map<string, Node>
  readonly ends: Ending[]
}

interface Ending {
  /** Null for a phrase that only looks as if it named one. */
  readonly skill: string | null
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

const ACCENTLESS_LENGTH_MIN = 6
/** Between the words of a loose term. */
const WORDS_BETWEEN_MAX = 2
/** Remembered forms; an advert has some hundred words. */
const FORMS_COUNT_MAX = 20_000

/** Parts of the lexicon that come after what the trade needs: what anybody may need, and in which trade they are. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['Languages', 1],
  ['Personal skills', 2],
  ['Sectors', 3],
])
/** From here on a skill counts only in the title: what the employer deals in is no skill of everybody there. */
const RANK_OF_TITLES_ONLY = 3
/** The part whose phrases name no skill. */
const FALSE_FRIENDS = 'False friends'

/**
 * Reads lines of `name <tab> term|term|…`. The name itself is a term. `=` before a term demands its case; terms of
 * one or two letters always do. `~` lets other words stand between those of the term. Lines that are empty are left
 * out; one that begins with `#` names the part that follows.
 */
export function parseLexicon(tsv: string): Lexicon {
  const lexicon = { root: node(), words: new Set<string>() }
  const ranks = new Map<string, number>()
  let part = ''
  for (const row of tsv.split('\n')) {
    if (row.startsWith('#')) part = row.slice(1).trim()
    if (row.trim() === '' || row.startsWith('#')) continue
    const [name = '', terms = ''] = row.split('\t')
    const skill = name.replace(/^=/, '').trim()
    const isFalse = part === FALSE_FRIENDS
    for (const term of [name, ...terms.split('|')]) addTerm(lexicon, isFalse ? null : skill, term.trim())
    if (!isFalse) ranks.set(skill, RANKS.get(part) ?? 0)
  }
  const known = (word: string) =>
    [...new Set([word, ...formsOf(word)])].filter(form => lexicon.words.has(form))
  return {
    ...lexicon,
    formsOf: remember(known, FORMS_COUNT_MAX),
    rankOf: skill => ranks.get(skill) ?? 0,
    skillsCount: ranks.size,
  }
}

const node = (): Node => ({ next: new Map(), later: new Map(), ends: [] })

interface Growing {
  readonly root: Node
  readonly words: Set<string>
}

function addTerm(lexicon: Growing, skill: string | null, written: string): void {
  const isMarked = written.startsWith('=')
  const isLoose = written.startsWith('~')
  const term = isMarked || isLoose ? written.slice(1) : written
  const words = tokens(term, null).map(token => token.word)
  if (words.length === 0) return
  const isShort = term.length <= 2
  const ending: Ending = {
    skill,
    exact: isMarked || isShort ? tokens(term, null).map(token => token.written) : null,
    place: isShort ? placeOf(term) : 'anywhere',
  }
  addPath(lexicon, words, ending, isLoose)
  // A text without accents means the same, unless the word is so short that it becomes another: stad, städ. A text with
  // accents says exactly what it says.
  if (ending.exact === null && term.length >= ACCENTLESS_LENGTH_MIN)
    addPath(lexicon, words.map(withoutAccents), ending, isLoose)
}

/** Two capitals are an acronym, and `C#` is like no other word; "Go", or the letter C, is said of other things too. */
const placeOf = (term: string): Ending['place'] =>
  /^\p{Lu}{2}$|[^\p{L}]/u.test(term) ? 'untied' : 'list-item'

function addPath(lexicon: Growing, words: readonly string[], ending: Ending, isLoose: boolean): void {
  let at = lexicon.root
  for (const word of words) {
    lexicon.words.add(word)
    const edges = isLoose && at !== lexicon.root ? at.later : at.next
    const next = edges.get(word) ?? node()
    edges.set(word, next)
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

/**
 * At most `countMax` skills: what the trade needs before languages and personal skills; of each kind those of the title
 * first, then of the profile, then the most frequent.
 */
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
    .filter(({ skill, inTitle }) => inTitle || lexicon.rankOf(skill) < RANK_OF_TITLES_ONLY)
    .sort(
      (a, b) =>
        lexicon.rankOf(a.skill) - lexicon.rankOf(b.skill) ||
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
  const whole = wholeCompounds(text, word => lexicon.words.has(word))
  const words = tokens(whole, lexicon.words)
  const forms = words.map(({ word }) => lexicon.formsOf(word))
  for (let start = 0; start < words.length; ) {
    const match = longestFrom(lexicon.root, { words, forms, start }, start)
    if (match !== null && match.skill !== null && !isSomebodyElses(words[match.end])) yield match.skill
    start = match?.end ?? start + 1
  }
}

/** "The delivery driver's run sheets" are another's; what comes after may be the holder's. */
const isSomebodyElses = (after: Token | undefined): boolean => after?.word === 's' && after.isTied

interface Reading {
  readonly words: readonly Token[]
  /** Of each word. */
  readonly forms: readonly (readonly string[])[]
  readonly start: number
}

interface Match {
  readonly skill: string | null
  readonly end: number
}

function longestFrom(at: Node, reading: Reading, end: number): Match | null {
  const { words, forms, start } = reading
  const ending = at.ends.find(candidate => isSatisfied(candidate, words, start, end))
  let best: Match | null = ending === undefined ? null : { skill: ending.skill, end }
  const follow = (edges: ReadonlyMap<string, Node>, place: number) => {
    for (const form of forms[place] ?? []) {
      const next = edges.get(form)
      const match = next === undefined ? null : longestFrom(next, reading, place + 1)
      if (match !== null && (best === null || match.end > best.end)) best = match
    }
  }
  if (at.next.size > 0) follow(at.next, end)
  if (at.later.size === 0) return best
  for (let place = end; place <= end + WORDS_BETWEEN_MAX; place++) {
    follow(at.later, place)
    if (!isWord(words[place])) break
  }
  return best
}

const isWord = (token: Token | undefined): boolean => token !== undefined && /[\p{L}\p{N}]/u.test(token.word)

function isSatisfied({ exact, place }: Ending, words: readonly Token[], start: number, end: number): boolean {
  if (exact === null) return true
  if (!exact.every((written, at) => words[start + at]?.written === written)) return false
  const word = words[end - 1]
  if (place === 'anywhere' || word === undefined) return true
  return place === 'untied' ? !word.isTied : word.isListItem && !word.isTied
}

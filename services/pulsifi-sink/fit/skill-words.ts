/** Cuts a text into the words that the skill lexicon knows: letters and digits, with the marks of `C++` and `.NET`. */

export interface Token {
  /** NFC, lower case. A mark that ends a phrase is a token that no term has. */
  readonly word: string
  /** NFC, as written. */
  readonly written: string
  /** Of a short word: whether a hyphen, an apostrophe or an ampersand ties it to a neighbour, as in `J'ai` or `go-between`. */
  readonly isTied: boolean
  /** Of a short word: whether the edge of a text, the comma of a list, or a word such as "and" or "with" is on both sides. */
  readonly isListItem: boolean
}

const LETTER = String.raw`[\p{L}\p{M}\p{N}]`
/** A word; or a mark after which no phrase goes on. White space, hyphens, apostrophes and slashes only separate. */
const TOKEN = new RegExp(
  String.raw`\.?${LETTER}+(?:\.${LETTER}+)*[+#]*|&|[^\s\p{L}\p{M}\p{N}'’‑/_-]|\n`,
  'gu',
)
const STARTS_WITH_WORD = new RegExp(String.raw`^\.?${LETTER}`, 'u')

const JOINS_ITEMS = 'and|or|et|ou|och|eller'
const INTRODUCES_ITEMS = 'in|with|using|like|en|avec|i|med'
const BEFORE_ITEM = new RegExp(
  String.raw`(?:^|[\n,;:(/|•·]|(?<![\p{L}\p{N}])(?:${JOINS_ITEMS}|${INTRODUCES_ITEMS})|(?:^|\s)[-–*&])[^\S\n]*$`,
  'iu',
)
const AFTER_ITEM = new RegExp(
  String.raw`^[^\S\n]*(?:$|[\n,;:)/|•·.]|&\s|(?:${JOINS_ITEMS})(?![\p{L}\p{N}]))`,
  'iu',
)
const TIE_BEFORE = /['’&‑_-]$/
const TIE_AFTER = /^['’&‑_-]/
/** Lists of other things named by letters: driving licences, vitamins, classes. */
const OTHER_LETTERS =
  /(?:permis|körkort|behörighet|licen[cs]e|cat[ée]gor|kategori|class|klass|vitamin|h[ée]patit)[^.\n]*$/iu
/** How far a neighbour is looked for: the longest word above, and spaces. */
const NEIGHBOUR_LENGTH = 16
const LIST_LENGTH = 60

/** `vocabulary` decides about marks within words, which belong to `node.js` and not to `done.Next`; null keeps them all. */
export function tokens(text: string, vocabulary: ReadonlySet<string> | null): Token[] {
  const normal = text.normalize('NFC')
  const found: Token[] = []
  for (const match of normal.matchAll(TOKEN)) {
    for (const [written, offset] of pieces(match[0], vocabulary)) {
      found.push(token(normal, written, match.index + offset))
    }
  }
  return found
}

function token(text: string, written: string, start: number): Token {
  const end = start + written.length
  const isShort = written.length <= 2 && STARTS_WITH_WORD.test(written)
  return {
    word: written.toLowerCase(),
    written,
    isTied:
      isShort &&
      (TIE_BEFORE.test(text.slice(Math.max(0, start - 1), start)) ||
        TIE_AFTER.test(text.slice(end, end + 1))),
    isListItem: isShort && isListItem(text, start, end),
  }
}

const isListItem = (text: string, start: number, end: number): boolean =>
  BEFORE_ITEM.test(text.slice(Math.max(0, start - NEIGHBOUR_LENGTH), start)) &&
  AFTER_ITEM.test(text.slice(end, end + NEIGHBOUR_LENGTH)) &&
  !OTHER_LETTERS.test(text.slice(Math.max(0, start - LIST_LENGTH), start))

/** The word whole when the vocabulary has it, else without its marks, else cut at its dots. */
function pieces(written: string, vocabulary: ReadonlySet<string> | null): [string, number][] {
  const isKnown = (word: string) => vocabulary === null || vocabulary.has(word.toLowerCase())
  if (!STARTS_WITH_WORD.test(written) || isKnown(written)) return [[written, 0]]
  const lead = written.startsWith('.') ? 1 : 0
  const bare = written.slice(lead).replace(/[+#]+$/, '')
  if (isKnown(bare) || !bare.includes('.')) return [[bare, lead]]
  const parts: [string, number][] = []
  for (const part of bare.matchAll(/[^.]+|\./g)) parts.push([part[0], lead + part.index])
  return parts
}

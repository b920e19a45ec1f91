/** Forms of a word: a text says "dressings", "préparez" or "läkemedlen" where the lexicon has one form of each. */

/** What a longer form ends in, and what the known one may have instead. Shorter words are left as they are. */
const ENDINGS: readonly (readonly [ending: string, instead: readonly string[], lengthMin: number])[] = [
  // English
  ['ies', ['y'], 5],
  ['es', ['', 'e'], 6],
  ['s', [''], 4],
  ['ing', ['', 'e'], 6],
  ['ed', ['', 'e'], 6],
  // French
  ['aux', ['al', 'au'], 6],
  ['ez', ['er'], 6],
  ['ons', ['er'], 7],
  ['ent', ['er'], 7],
  ['e', ['er', ''], 6],
  ['ée', ['é', 'er'], 6],
  ['és', ['é', 'er'], 6],
  ['ées', ['é', 'er'], 6],
  ['euse', ['eur'], 7],
  ['trice', ['teur'], 8],
  // Swedish, Danish and Norwegian
  ['en', ['', 'e'], 6],
  ['et', ['', 'e'], 6],
  ['n', [''], 5],
  ['t', [''], 6],
  ['r', [''], 5],
  ['ar', ['', 'e'], 6],
  ['er', ['', 'e'], 6],
  ['or', ['a'], 5],
  ['na', [''], 7],
  ['arna', ['', 'e'], 7],
  ['erna', ['', 'e'], 7],
  ['orna', ['a'], 7],
  ['erfarenhet', ['', 'a'], 13],
  ['serfarenhet', [''], 14],
  ['kunskaper', [''], 12],
  ['skunskaper', [''], 13],
  ['vana', [''], 9],
]

/** Of a form, what it may be a form of. */
export function* formsOf(word: string): Generator<string> {
  for (const [ending, instead, lengthMin] of ENDINGS) {
    if (word.length < lengthMin || !word.endsWith(ending)) continue
    const stem = word.slice(0, -ending.length)
    for (const other of instead) yield stem + other
    // "fitted", "planning": the consonant was doubled.
    if (/(?:ing|ed)$/.test(ending) && stem.at(-1) === stem.at(-2)) yield stem.slice(0, -1)
  }
}

const ITEM = String.raw`\p{L}{2,}[-‑–]`
const JOINING = '(?:och|eller|samt|og|eller|und|oder|en|of|et|ou|and|or)'
/** `kund-` before `och leverantörsreskontra`, or before further such beginnings. */
const ELIDED = new RegExp(
  String.raw`(?<![\p{L}\p{N}-])(\p{L}{2,})[-‑–](?=(?:,? ${ITEM})*,? ${JOINING} (\p{L}{5,}))`,
  'giu',
)
/** The end of a compound has as many letters at least. */
const END_LENGTH_MIN = 3

/** Makes words of beginnings: `kund- och leverantörsreskontra` is `kundreskontra och leverantörsreskontra`. */
export function wholeCompounds(text: string, isKnown: (word: string) => boolean): string {
  if (!text.includes('- ') && !/[-‑–],/.test(text)) return text
  return text.replace(ELIDED, (elided, beginning: string, compound: string) => {
    for (let at = 2; at <= compound.length - END_LENGTH_MIN; at++) {
      const whole = (beginning + compound.slice(at)).toLowerCase()
      if (isKnown(whole)) return whole
    }
    return elided
  })
}

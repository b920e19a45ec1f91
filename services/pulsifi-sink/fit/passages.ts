/**
 * What an advert says of the work and of whom it wants. The company, what it offers, and what nobody needs to know are
 * left out: a bank's clerk does not need what the bank is proud of. English, French and Swedish, and the words for "not
 * required" of their neighbours.
 */

import {
  ADDRESSED,
  ASIDE_HEADING,
  ASIDE_SENTENCE,
  COLLEAGUES,
  COMPANY_SENTENCE,
  NOT_NEEDED,
  NOT_SOUGHT,
  OFFER,
  OFFERED,
  OTHERS,
  SEEKING,
  SIZE,
  WELCOME,
  WORK_HEADING,
} from './passage-words.ts'

/** Without one of these there is nothing that nobody needs. */
const NEGATION =
  /(?<!\p{L})(?:no|not|n['’]t|\p{L}+n['’]t|pas|non|nullement|ni|aucune?|inte|ej|inget|ingen|inga|ikke|niet|geen|nicht|never)(?!\p{L})/iu
const SENTENCE_END = /(?<=[.!?;…])\s+(?=\P{Ll})/u
const CLAUSE_END = /(?<=[,;:()–—])\s*|\s(?=(?:but|however|mais|men|maar)\s)/u
const HEADING_LENGTH_MAX = 60
const HEADING_WORDS_MAX = 4

/** The lines and sentences of an advert that are about the work and the person wanted. */
export function askedFor(text: string): string {
  const kept: string[] = []
  let isAside = false
  let before = ''
  for (const line of text.split('\n')) {
    const heading = headingOf(line, before)
    if (heading !== null) isAside = heading === 'aside'
    if (!isAside) kept.push(heading === null ? asked(line) : line)
    before = line
  }
  return kept.join('\n')
}

/** A short line that names what follows; an item of a list, which may be as short, follows another line. */
function headingOf(line: string, before: string): 'aside' | 'other' | null {
  if (line.length > HEADING_LENGTH_MAX || /^\s*$|[.;,]\s*$|^\s*[-–•*·]/.test(line)) return null
  if (ASIDE_HEADING.test(line)) return 'aside'
  if (WORK_HEADING.test(line) || /:\s*$/.test(line)) return 'other'
  return before.trim() === '' && !/[,:]/.test(line) && line.split(' ').length <= HEADING_WORDS_MAX
    ? 'other'
    : null
}

function asked(line: string): string {
  if (/^[\W_]*(?:benefits|perks|avantages|förmåner|rémunération)\s*:/iu.test(line)) return ''
  return line
    .split(SENTENCE_END)
    .filter(sentence => !isAside(sentence))
    .map(sentence =>
      sentence
        .slice(SEEKING.exec(sentence)?.index ?? 0)
        .replace(OTHERS, ' ')
        .replace(COLLEAGUES, ' '),
    )
    .map(sentence => (NEGATION.test(sentence) ? withoutNotNeeded(sentence) : sentence))
    .join(' ')
}

const isAside = (sentence: string): boolean =>
  ASIDE_SENTENCE.test(sentence) ||
  OFFER.test(sentence) ||
  NOT_SOUGHT.test(sentence) ||
  (COMPANY_SENTENCE.test(sentence) && !ADDRESSED.test(sentence) && !SEEKING.test(sentence)) ||
  (!ADDRESSED.test(sentence) && new Set(sentence.match(OFFERED)).size > 1) ||
  (SIZE.test(sentence) && !ADDRESSED.test(sentence) && !SEEKING.test(sentence))

function withoutNotNeeded(sentence: string): string {
  const kept: string[] = []
  for (const clause of sentence.split(CLAUSE_END)) {
    if (!NOT_NEEDED.test(clause) || WELCOME.test(clause)) kept.push(clause)
    // "Knowledge of it (or of that) not required": the verdict stands alone, and what it is about before it.
    else if (isVerdictAlone(clause) && !WELCOME.test(kept.join(' '))) kept.length = 0
  }
  return kept.join(' ')
}

const isVerdictAlone = (clause: string): boolean =>
  !/^\s*(?:but|however|mais|men|maar)\s/iu.test(clause) &&
  clause.replace(NOT_NEEDED, '').replace(/[^\p{L}]/gu, '') === ''

import { readFileSync } from 'node:fs'
import { type Lexicon, parseLexicon } from './fit/skill-lexicon.ts'

/** Reads the bundled lexicon. Once, at the start: it takes some milliseconds. */
export const loadLexicon = (): Lexicon =>
  parseLexicon(readFileSync(new URL('./lexicon/skills.tsv', import.meta.url), 'utf8'))

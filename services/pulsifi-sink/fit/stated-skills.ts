/** What vendors call skills: names, lines of the advert, and how recruiters search for people. */
import type { Job } from '../../../schemas/types.ts'
import { line } from './text.ts'

/** Words of a name; a sentence has more. */
const NAME_WORDS_MAX = 5
const SENTENCE =
  /[.:!?]$|[.!?]\s|:\s|^(?:du|ni|vi|you|we|vous|nous|minst|at least|au moins|god|goda|gärna|flytande|erfarenhet|experience|expérience)\s/iu
/** `(forklift OR "reach truck") NOT driver`. */
const SEARCH = /(?<!\p{L})(?:AND|OR|NOT)(?!\p{L})|["“”]/u
const EXCLUDED = /(?<!\p{L})NOT\s+(?:\([^)]*\)|"[^"]*"|\S+)/gu

export interface StatedSkills {
  readonly names: readonly string[]
  /** Lines of the advert; publishable. */
  readonly prose: readonly string[]
  /** Searches for people, without what they exclude. */
  readonly searches: readonly string[]
}

/** The skills that the source states, in its order. */
export function statedSkills(job: Job): StatedSkills {
  const lines = job.skills.filter(({ origin }) => origin === 'SOURCE').map(({ name }) => line(name))
  const kindOf = (text: string): keyof StatedSkills => {
    if (SEARCH.test(text)) return 'searches'
    return text.split(' ').length > NAME_WORDS_MAX || SENTENCE.test(text) ? 'prose' : 'names'
  }
  return {
    names: lines.filter(text => kindOf(text) === 'names'),
    prose: lines.filter(text => kindOf(text) === 'prose'),
    searches: lines.filter(text => kindOf(text) === 'searches').map(text => text.replace(EXCLUDED, ' ')),
  }
}

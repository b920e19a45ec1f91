import type { WorkplaceType } from '../../schemas/types.ts'
import { isSaid } from '../core/reading/negation.ts'
import { labelPattern, plainLabel } from './label-words.ts'

/** In the order of what counts: who works at home on two days works elsewhere on three. */
const WORDS: readonly (readonly [WorkplaceType, string])[] = [
  [
    'HYBRID',
    'hybrid*|(?:partial|partially|partly|occasional) remote|teletravail (?:partiel|occasionnel|hybride|ponctuel)|\\d+ (?:days?|jours?|dagar) (?:remote|home ?office|(?:de |en )?teletravail|distans*)|delvis (?:(?:pa )?distans*|remote|hemma*|hemifran)|teilweise (?:remote|home ?office)',
  ],
  [
    'REMOTE',
    'remote(?:ly)?(?! (?:sensing|controls?|sites?|areas?|locations?|desktop|monitoring|support))|full ?remote|home ?office|home ?based|(?:work|working) from home|work from anywhere|wfh|telecommut*|telework*|teletravail|(?:travail )?a distance|distans*|fjarrarbet*|hemarbet*|hemmakontor*|hemifran|hjemmekontor|fjernarbejd*|heimarbeit|mobiles arbeiten|thuiswerk*|teletrabajo',
  ],
  [
    'ON_SITE',
    'on ?site|in ?office|office ?based|in ?person|sur (?:site|place)|(?:en )?presentiel|pa plats|platsbund*|vor ort|op (?:locatie|kantoor)|pa kontoret|presencial',
  ],
]
const PATTERNS = WORDS.map(([type, words]) => [type, labelPattern(words)] as const)

/** A label of a source, and what it says. */
export interface Workplace {
  readonly workplace_type: WorkplaceType
  readonly workplace_type_raw: string | null
}

/** Where the work is done by the first label that says it; a field of the source's own says it in words that we may not know. */
export function workplaceOf(...labels: readonly (string | null)[]): Workplace {
  for (const label of labels) {
    const type = label === null ? 'UNKNOWN' : typeIn(label)
    if (type !== 'UNKNOWN') return { workplace_type: type, workplace_type_raw: label }
  }
  return { workplace_type: 'UNKNOWN', workplace_type_raw: null }
}

export function typeIn(label: string): WorkplaceType {
  const text = plainLabel(label)
  return PATTERNS.find(([, pattern]) => isSaid(text, pattern))?.[0] ?? 'UNKNOWN'
}

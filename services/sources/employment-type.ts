import type { EmploymentType } from '../../schemas/types.ts'
import { isSaid } from '../core/reading/negation.ts'
import { labelPattern, plainLabel } from './label-words.ts'

/** In the order of what counts. */
const WORDS: readonly (readonly [EmploymentType, string])[] = [
  [
    'INTERN',
    'stages?|stagiaires?|interns?|internships?|alternan(?:ce|te?s?)|apprenti(?:e?s?|ssage)|apprentice(?:s|ship|ships)?|professionnalisation|praktik*|larling*|work placements?|placement student|trainee(?:s|ship|ships)?|werkstudent*|ausbildung*|tirocinio|practicas',
  ],
  [
    'PART_TIME',
    'temps partiels?|mi temps|partiel|part ?time|half ?time|deltid*|halvtid*|deeltijd*|teilzeit*|tempo parziale|media jornada|tiempo parcial|bijbaan|jobs? etudiants?|student jobs?|studentjobb*|studiejobb*|fast,? [1-9]\\d ?%',
  ],
  [
    'TEMPORARY',
    'cdd|cddi|ctt|interim(?:aires?)?|vacataires?|intermittent(?:e|s|es)?|temporaires?|travail temporaire|temporary|temps?(?= |$)(?! (?:plein|complet|partiels?|de travail))|fixed ?term|saisonniers?|saisonnieres?|seasonal|vikariat*|vikarie*|visstid*|tidsbegransad*|sasong*|sommarjobb*|timanstall*|timvikari*|behovsanstall*|projektanstall*|extrajobb*|ferievikar*|ferieaflos*|befristet*|tijdelijk*|midlertidig*|tidsbegraenset*|determinad[ao]|determinato|temporal',
  ],
  [
    'CONTRACTOR',
    'freelanc(?:e|er|ers)|independant(?:e|s|es)?|contractors?|konsult(?:uppdrag*)?|frilans*|portage salarial|self ?employed|auto ?entrepreneur(?:s|e)?|liberal|freiberuf*|zzp|autonomo|egenforetagare|egen foretagare',
  ],
  [
    'FULL_TIME',
    'temps (?:plein|complet)|full ?time|heltid*|voltijd*|fulltid*|fuldtid*|vollzeit*|jornada completa|tempo pieno',
  ],
  [
    'OTHER',
    'voluntary|volunteers?|volontaires?|volontariats?|v\\.?i\\.?e|benevol(?:e|es|at)|zero ?hours?|casual|secondment|service civique',
  ],
]

/** For good, which says nothing of the hours: whole ones, unless something else is said. */
const PERMANENT =
  'cdi|perm|permanent(?:e|es|s|ly)?|tillsvidare*|fast anstallning*|fast,? 100 ?%|fast ansettelse*|fast stilling*|fastansettelse*|fastansaettelse*|vast (?:contract|dienstverband)|unbefristet*|festanstellung*|indefinido|indeterminato'
/** A noun that every kind of employment has, unless nothing else is said. */
const CONTRACT = 'contract|contracting'

const PATTERNS = WORDS.map(([type, words]) => [type, labelPattern(words)] as const)
const IF_NOTHING_ELSE = [
  ['FULL_TIME', labelPattern(PERMANENT)],
  ['CONTRACTOR', labelPattern(CONTRACT)],
] as const

/** All kinds of employment that labels name, in French, English, Swedish and their neighbours; the one that counts first. */
export function employmentTypes(...labels: readonly (string | null)[]): EmploymentType[] {
  const text = plainLabel(labels.filter(label => label !== null).join(' ; '))
  const said = PATTERNS.filter(([, pattern]) => isSaid(text, pattern)).map(([type]) => type)
  if (said.length > 0) return said
  return IF_NOTHING_ELSE.filter(([, pattern]) => isSaid(text, pattern))
    .map(([type]) => type)
    .slice(0, 1)
}

/** The one that counts; UNKNOWN when no word is recognised. */
export const employmentType = (...labels: readonly (string | null)[]): EmploymentType =>
  employmentTypes(...labels)[0] ?? 'UNKNOWN'

/** What labels have besides: `Employment type: Full time`, `Heltid 100 %`. */
const BESIDES = labelPattern(
  'employment|job|work(?:ing)?|position|type|form|hours?|time|of|de|du|contrat|travail|emploi|temps|duree|anstallning*|tjanst*|arbetstid|omfattning|scope|extent|and|or|et|ou|och|eller|only|\\d+(?: ?h)?',
)
const KINDS = [...PATTERNS, ...IF_NOTHING_ELSE]
  .filter(([type]) => type !== 'OTHER')
  .map(([, pattern]) => pattern)

/** Whether a label speaks of a kind of employment and of nothing else: that of a team may have the same words. */
export function isEmploymentAlone(label: string): boolean {
  const text = plainLabel(label)
  const without = KINDS.reduce((rest, pattern) => rest.replace(pattern, ' '), text)
  return without !== text && !/[a-z]/.test(without.replace(BESIDES, ' '))
}

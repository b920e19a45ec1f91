/**
 * The description of a job at Pulsifi: everything publishable that the source wrote, and, when that is too short, the
 * facts it stated in fields. Nothing is invented, padded or said twice.
 */
import type { Job, Location } from '../../../schemas/types.ts'
import { countryCode } from '../../core/reading/country.ts'
import { type Language, languageByTag, languageOf } from '../../core/reading/language.ts'
import { JOB_DESCRIPTION_LENGTH_MIN } from '../../platform/pulsifi/limits.ts'
import { contractName, type Fact, factName } from './fact-words.ts'
import { codePoints, line, printable } from './text.ts'

/** Sections after the main text, in the order in which a reader wants them. Others are not for publication. */
const SECTIONS = ['profile', 'skills', 'experience', 'education', 'company', 'benefits'] as const

/** Schemes of categories that say what the work is, the most exact first. */
export const CATEGORY_SCHEMES = ['sub_category', 'category', 'sector'] as const

export interface Description {
  readonly text: string
  /** Whether facts had to be added to what the source wrote. */
  readonly hasFacts: boolean
}

/** May still be shorter than the minimum: then the job itself says too little. */
export function describeJob(job: Job): Description {
  const prose = paragraphs(job)
  const text = prose.join('\n\n')
  if (codePoints(text) >= JOB_DESCRIPTION_LENGTH_MIN) return { text, hasFacts: false }
  const facts = factsOf(job, text)
  return facts === '' ? { text, hasFacts: false } : { text: [...prose, facts].join('\n\n'), hasFacts: true }
}

function paragraphs(job: Job): string[] {
  const sections = SECTIONS.flatMap(name =>
    job.description_sections.filter(section => section.name === name).map(section => section.text),
  )
  return [...new Set([job.description ?? '', ...sections].map(readable))].filter(text => text !== '')
}

/**
 * Plain text with its line breaks; the runs of white space that layouts leave behind are gone. It is text already: a tag
 * in it is what the advert is about.
 */
export function readable(block: string): string {
  return printable(block)
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** One clause for each known field, in one paragraph. Free text that the prose holds already is left out. */
function factsOf(job: Job, prose: string): string {
  const said = (value: string | null) => (value !== null && prose.includes(line(value)) ? null : value)
  const language = languageOfJob(job, prose)
  const clauses: readonly (readonly [Fact, string | null])[] = [
    ['position', job.title],
    ['organisation', job.hiring_organization?.name ?? null],
    ['location', listed(job.locations.map(placeOf))],
    ['contract', job.employment_type_raw ?? contractName(job.employment_type, language)],
    ['workingTime', job.working_time_raw],
    ['experience', said(job.experience_level)],
    ['education', said(job.education_level)],
    ['category', listed(categoryLabels(job))],
    ['openings', job.total_job_openings?.toString() ?? null],
    ['language', job.language],
  ]
  return clauses
    .map(([fact, value]) => [factName(fact, language), line(value)] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${/[.!?]$/.test(value) ? value : `${value}.`}`)
    .join(' ')
}

/** Where one advertises in one language. */
const BY_COUNTRY: ReadonlyMap<string, Language> = new Map([
  ['FR', 'fr'],
  ['SE', 'sv'],
  ['DE', 'de'],
  ['AT', 'de'],
  ['NL', 'nl'],
  ['DK', 'da'],
  ['NO', 'no'],
  ['ES', 'es'],
  ['IT', 'it'],
])

/** What the text shows, else what the source says, else what the place suggests. */
function languageOfJob(job: Job, prose: string): Language {
  const [place] = job.locations
  const country = place?.country_code ?? countryCode(place?.country ?? null) ?? ''
  return (
    languageOf([job.title, prose, job.experience_level].join(' ')) ??
    languageByTag(job.language) ??
    BY_COUNTRY.get(country) ??
    'en'
  )
}

const placeOf = ({ raw, city, region, country }: Location): string =>
  line(raw) || [...new Set([city, region, country].map(line))].filter(part => part !== '').join(', ')

const listed = (values: readonly string[]): string | null =>
  [...new Set(values.map(line))].filter(value => value !== '').join('; ') || null

/** Labels of the categories that say what the work is, without repeats and without "other". */
export function categoryLabels(job: Job): string[] {
  const labels = CATEGORY_SCHEMES.flatMap(scheme =>
    job.categories.filter(category => category.scheme === scheme).map(category => line(category.label)),
  )
  const seen = new Set<string>()
  return labels.filter(label => {
    const folded = label.toLowerCase()
    if (label === '' || isOther(folded) || seen.has(folded)) return false
    seen.add(folded)
    return true
  })
}

/** What lists offer to those who find nothing in them, in the languages of the sources. */
const OTHER =
  /^(?:autres?|others?|other(?: (?:jobs|sectors?|categor(?:y|ies)))?|autres? (?:m[ée]tiers?|secteurs?|activit[ée]s?|cat[ée]gories?|fonctions?)|divers|miscellaneous|unspecified|non (?:renseign[ée]|pr[ée]cis[ée]|d[ée]fini)e?|none|aucune?|n\/?a|[öo]vrigt|[öo]vriga?|annat|andra|annan)[\s.…]*$/i
const isOther = (label: string): boolean => OTHER.test(label) || !/\p{L}/u.test(label)

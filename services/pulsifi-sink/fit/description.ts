/**
 * The description of a job at Pulsifi: everything publishable that the source wrote, and, when that is too short, the
 * facts it stated in fields. Nothing is invented, padded or said twice.
 */
import type { Job, Location } from '../../../schemas/types.ts'
import { hasMarkup, htmlToText } from '../../core/text.ts'
import { JOB_DESCRIPTION_LENGTH_MIN } from '../../platform/pulsifi/limits.ts'
import { codePoints, line, printable } from './text.ts'

/** Sections after the main text, in the order in which a reader wants them. Others are not for publication. */
const SECTIONS = ['profile', 'experience', 'education', 'company', 'benefits'] as const

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

/** Plain text with its line breaks; the runs of white space that layouts leave behind are gone. */
export function readable(block: string): string {
  const text = printable(hasMarkup(block) ? htmlToText(block) : block)
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** One clause for each known field, in one paragraph. Free text that the prose holds already is left out. */
function factsOf(job: Job, prose: string): string {
  const said = (value: string | null) => (value !== null && prose.includes(line(value)) ? null : value)
  const clauses: readonly (readonly [string, string | null])[] = [
    ['Position', job.title],
    ['Organisation', job.hiring_organization?.name ?? null],
    ['Location', listed(job.locations.map(placeOf))],
    ['Contract', job.employment_type_raw ?? contractOf(job)],
    ['Working time', job.working_time_raw],
    ['Experience', said(job.experience_level)],
    ['Education', said(job.education_level)],
    ['Category', listed(categoryLabels(job))],
    ['Openings', job.total_job_openings?.toString() ?? null],
    ['Language', job.language],
  ]
  return clauses
    .map(([name, value]) => [name, line(value)] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${/[.!?]$/.test(value) ? value : `${value}.`}`)
    .join(' ')
}

const contractOf = ({ employment_type }: Job): string | null =>
  employment_type === 'UNKNOWN' || employment_type === 'OTHER'
    ? null
    : employment_type.toLowerCase().replace('_', ' ')

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

import type { JobSkill, Label, Salary } from '../../../schemas/types.ts'
import { emptyJob, type JobDraft } from '../../core/canonical.ts'
import { isDenied, isSaid } from '../../core/reading/negation.ts'
import { plainLine, prose } from '../../core/reading/text.ts'
import { employmentType } from '../employment-type.ts'
import { customFields, named, readDay, readMoment, scalarText } from '../lenient.ts'
import type { MappedJob } from '../source.ts'
import { isSpontaneous } from '../spontaneous.ts'
import { workplaceOf } from '../workplace-type.ts'
import { contactOf, locationOf, ZONE_IF_NAIVE } from './contact-and-place.ts'
import type { VacancyEvent } from './payload.ts'

type Payload = VacancyEvent['payload']

/** A vacancy as sent. Creation and update both carry all of it. */
export const toJob =
  (change: MappedJob['change']) =>
  (event: VacancyEvent): MappedJob => {
    const { payload } = event
    const warnings = new Set<string>()
    const clockMs = readMoment(event['payload-information']?.timestamp ?? null, ZONE_IF_NAIVE, warnings)
    const description = prose(payload.description)
    if (description.html !== null) warnings.add('HTML_STRIPPED')
    const jobType = named(payload.job_type)?.label ?? null
    const location = locationOf(payload.location, null, null)
    const benefits = prose(payload.benefits).text
    const draft: JobDraft = {
      ...emptyJob(payload.id),
      alternate_ids: payload.reference === null ? {} : { reference: payload.reference },
      reference: payload.reference,
      title: plainLine(payload.title),
      description: description.text,
      description_html: description.html,
      description_sections: benefits === null ? [] : [{ name: 'benefits', text: benefits }],
      skills: skillsOf(payload.search_keywords),
      kind: isSpontaneous(null, payload.title) ? 'SPONTANEOUS' : 'POSTING',
      status: statusOf(payload.status),
      employment_type: employmentType(jobType),
      employment_type_raw: jobType,
      ...workplaceOf(jobType, location?.raw ?? null),
      locations: location ? [location] : [],
      date_posted: readDay(payload.creation_date, warnings),
      job_start_date: readDay(payload.start_date, warnings),
      salary: salaryOf(payload),
      categories: categoriesOf(payload),
      contacts: payload.created_by ? [contactOf(payload.created_by, 'owner')] : [],
      custom_fields: customFields({
        duration: payload.duration,
        search_keywords: payload.search_keywords,
        status: payload.status,
      }),
    }
    return { type: 'job', change, clockMs, warnings: [...warnings], draft }
  }

const OPEN = /\b((?:re[ -]?)?opened|open|active|live|published|advertised)\b/gi

/** No page lists the values. They are matched as whole words; unknown ones decide nothing. */
const STATUSES: readonly (readonly [RegExp, JobDraft['status']])[] = [
  [/\barchived?\b/gi, 'ARCHIVED'],
  [/\b(closed|filled|expired|inactive|cancell?ed|deleted|withdrawn)\b/gi, 'CLOSED'],
  [/\bdraft\b/gi, 'DRAFT'],
  [OPEN, 'OPEN'],
]

/** "Not active" is not the opposite of what it says: what is not open takes nobody, and what is not closed may be anything. */
function statusOf(status: unknown): JobDraft['status'] {
  const label = named(status)?.label ?? ''
  const said = STATUSES.find(([pattern]) => isSaid(label, pattern))?.[1]
  if (said !== undefined) return said
  if (!isDenied(label, OPEN)) return 'UNKNOWN'
  return /\byet\b/i.test(label) ? 'DRAFT' : 'CLOSED'
}

/** Keywords in one text, separated as people do, or in a list; each once, as first written. */
function skillsOf(keywords: unknown): JobSkill[] {
  const texts = Array.isArray(keywords) ? keywords.map(scalarText) : [scalarText(keywords)]
  const names = texts.flatMap(text => (text ?? '').split(/[,;|\n]/)).map(name => name.trim())
  const unique = new Map<string, string>()
  for (const name of names) if (!unique.has(name.toLowerCase())) unique.set(name.toLowerCase(), name)
  unique.delete('')
  return Array.from(unique.values(), name => ({ name, uri: null, origin: 'SOURCE' }))
}

function salaryOf({ salary, salary_override }: Payload): Salary | null {
  const found: Salary = {
    raw: salary_override,
    variable_raw: null,
    min: salary?.salary_min ?? null,
    max: salary?.salary_max ?? null,
    currency: salary?.currency ?? null,
    period: salary?.salary_per ?? null,
  }
  return Object.values(found).some(value => value !== null) ? found : null
}

const categoriesOf = ({ sector, created_by }: Payload): Label[] => [
  ...label('sector', sector),
  ...label('group', created_by?.group),
  ...label('subgroup', created_by?.subgroup),
]

function label(scheme: string, value: unknown): Label[] {
  const found = named(value)
  return found ? [{ scheme, external_id: found.id, label: found.label }] : []
}

import type { DescriptionSection, Label, Location, Organization } from '../../../schemas/types.ts'
import { emptyJob, type JobDraft } from '../../core/canonical.ts'
import { companyWarnings } from '../../core/companies.ts'
import { calendarDay, DAY_MS } from '../../core/reading/dates.ts'
import { plainLine, prose } from '../../core/reading/text.ts'
import { httpUrl } from '../../core/reading/url.ts'
import { employmentType, isEmploymentAlone } from '../employment-type.ts'
import { customFields, membersOf } from '../lenient.ts'
import type { MapContext, MappedJob } from '../source.ts'
import { isSpontaneous } from '../spontaneous.ts'
import { workplaceOf } from '../workplace-type.ts'
import { countryOfPlace } from './country-of-place.ts'
import type { CompanyJob } from './payload.ts'
import { skillsOf } from './skills.ts'

type SentJob = CompanyJob['job']
type SentPlace = SentJob['locations'][number]
type Fields = Readonly<Record<string, unknown>>

/** `company.settings` is left out: it may hold a token. */
export function toJob(
  { company, job }: CompanyJob,
  change: 'created' | 'updated',
  context: MapContext,
): MappedJob {
  const description = prose(job.description)
  const experience = prose(job.experience).text
  const adUrl = httpUrl(job.ad_url)
  return {
    type: 'job',
    change,
    clockMs: null,
    warnings: [...warningsOf(job), ...companyWarnings(context, company?.id ?? null)],
    draft: {
      ...emptyJob(job.id),
      alternate_ids: alternateIds(job),
      reference: job.requisition?.identifier ?? null,
      title: plainLine(job.title),
      description: description.text,
      description_html: description.html,
      description_sections: sectionsOf({ skills: proseIn(job.skills), experience }),
      skills: skillsOf(job.skills),
      kind: isSpontaneous(null, job.title) ? 'SPONTANEOUS' : 'POSTING',
      ...statusOf(job, context.receivedAtMs),
      ...employmentOf(labels(job)),
      ...workplaceOf(
        ...labels(job).map(({ label }) => label),
        ...job.locations.map(({ location }) => location),
      ),
      language: job.language,
      hiring_organization: company && toOrganization(company),
      locations: job.locations.map(toLocation),
      date_posted: calendarDay(job.from_date),
      valid_through: calendarDay(job.to_date),
      experience_level: experience,
      categories: labels(job),
      posting_url: adUrl,
      apply_url: adUrl,
      custom_fields: customFields({
        requisition_title: job.requisition?.title,
        ...shortNames(job.locations),
        ...prefixed('settings', membersOf(job.settings)),
        ...prefixed('dynamic_settings', membersOf(job.dynamic_settings)),
      }),
    },
  }
}

const sectionsOf = (texts: Readonly<Record<string, string | null>>): DescriptionSection[] =>
  Object.entries(texts).flatMap(([name, text]) => (text === null ? [] : [{ name, text }]))

/** More words than a skill has: then companies write about skills, and do not list them. */
const SKILL_WORDS_MAX = 5

/** The field of skills where it is prose, which is then part of what the advert says. */
function proseIn(skills: string | null): string | null {
  const { text } = prose(skills)
  const lines = text?.split(/[\n•;,]/) ?? []
  return lines.some(line => line.trim().split(/\s+/).length > SKILL_WORDS_MAX) ? text : null
}

const toOrganization = (company: NonNullable<CompanyJob['company']>): Organization => ({
  external_id: company.id,
  internal_id: company.internal_id,
  name: plainLine(company.company_name ?? company.name),
  description: null,
  logo_url: null,
  customer: null,
})

/** Open up to and including its last day, and closed as it ends; without one, open for as long as it has been published. */
function statusOf(job: SentJob, receivedAtMs: number): Pick<JobDraft, 'status' | 'closed_at'> {
  const lastDay = calendarDay(job.to_date)
  const endMs = lastDay === null ? null : (lastDay + 1) * DAY_MS
  if (endMs !== null && endMs <= receivedAtMs) return { status: 'CLOSED', closed_at: endMs }
  const isOpen = endMs !== null || calendarDay(job.from_date) !== null
  return { status: isOpen ? 'OPEN' : 'UNKNOWN', closed_at: null }
}

/** Companies have a category or a layer for it, and name these as they like: only what says nothing else is read. */
function employmentOf(all: readonly Label[]): Pick<JobDraft, 'employment_type' | 'employment_type_raw'> {
  const said = all
    .filter(({ scheme }) => scheme !== 'department')
    .flatMap(({ label }) => (label !== null && isEmploymentAlone(label) ? [label] : []))
  return { employment_type: employmentType(...said), employment_type_raw: said.join(' / ') || null }
}

function alternateIds({ internal_id, requisition }: SentJob): Record<string, string> {
  const ids = {
    internal_id,
    requisition_internal_id: requisition?.internal_id,
    requisition_external_id: requisition?.external_id,
    requisition_identifier: requisition?.identifier,
  }
  return Object.fromEntries(Object.entries(ids).flatMap(([name, id]) => (id ? [[name, id]] : [])))
}

function toLocation({ location, location_json: parts }: SentPlace): Location {
  const country = parts?.country ?? null
  return {
    raw: location,
    street: null,
    city: parts?.city ?? null,
    postal_code: null,
    region: parts?.area_1 ?? null,
    country,
    country_code: countryOfPlace({ location, location_json: parts }),
    latitude: null,
    longitude: null,
  }
}

/** What the map service abbreviates, by the place's position: `locations.0.city_short`. */
const shortNames = (places: readonly SentPlace[]): Fields =>
  Object.assign(
    {},
    ...places.map(({ location_json: parts }, index) =>
      prefixed(`locations.${index}`, {
        city_short: parts?.city_short,
        country_short: parts?.country_short,
        area_1_short: parts?.area_1_short,
      }),
    ),
  )

/** Which of a layer's two names is the layer and which the value is not documented, so both are kept. */
function labels({ layers, categories, departments }: SentJob): Label[] {
  return [
    ...layers.map(layer => ({
      scheme: 'layer',
      external_id: layer.id,
      label: [layer.name, layer.layer_name].filter(part => part !== null).join(': ') || null,
    })),
    ...categories.map(category => ({
      scheme: 'category',
      external_id: category.id,
      label: category.text,
    })),
    ...departments.map(department => ({
      scheme: 'department',
      external_id: department.id,
      label: department.name ?? department.text,
    })),
  ]
}

const prefixed = (prefix: string, fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]))

function warningsOf(job: SentJob): string[] {
  return [
    ...([job.from_date, job.to_date].some(date => date && calendarDay(date) === null)
      ? ['DATE_INVALID']
      : []),
    ...(job.ad_url && !httpUrl(job.ad_url) ? ['URL_INVALID'] : []),
  ]
}

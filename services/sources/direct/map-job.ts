import type { DescriptionSection, JobSkill, Location } from '../../../schemas/types.ts'
import { emptyJob } from '../../core/canonical.ts'
import { countryCode } from '../../core/reading/country.ts'
import { plainLine, prose } from '../../core/reading/text.ts'
import { employmentType } from '../employment-type.ts'
import type { MapContext, MappedDeletion, MappedJob } from '../source.ts'
import { typeIn } from '../workplace-type.ts'
import type { Location as SentLocation } from './fields.ts'
import type { JobData } from './job-payload.ts'

/** A job as sent. An upsert does not say whether the job is new. */
export function toJob({ data }: { readonly data: JobData }, { receivedAtMs }: MapContext): MappedJob {
  const { updated_at, ...fields } = data
  const description = prose(data.description ?? data.description_html)
  return {
    type: 'job',
    change: 'updated',
    clockMs: updated_at,
    warnings: description.html === null ? [] : ['HTML_STRIPPED'],
    draft: {
      ...emptyJob(data.external_id),
      ...fields,
      title: plainLine(data.title),
      description: description.text,
      description_html: data.description_html ?? description.html,
      description_sections: data.description_sections.flatMap(toSection),
      skills: data.skills.map(toSkill),
      employment_type:
        data.employment_type === 'UNKNOWN'
          ? employmentType(data.employment_type_raw, data.working_time_raw)
          : data.employment_type,
      workplace_type:
        data.workplace_type === 'UNKNOWN' ? typeIn(data.workplace_type_raw ?? '') : data.workplace_type,
      status: isClosed(data, receivedAtMs) ? 'CLOSED' : data.status,
      locations: data.locations.map(toLocation),
    },
  }
}

/** Whoever says when a job was closed need not say that it is. */
const isClosed = ({ status, closed_at }: JobData, receivedAtMs: number): boolean =>
  status === 'UNKNOWN' && closed_at !== null && closed_at <= receivedAtMs

function toSection({ name, text }: DescriptionSection): DescriptionSection[] {
  const plain = prose(text).text
  return plain === null ? [] : [{ name, text: plain }]
}

const toSkill = (skill: JobData['skills'][number]): JobSkill =>
  typeof skill === 'string' ? { name: skill, uri: null, origin: 'SOURCE' } : skill

/** The country by its code, or by its name where the code is not one. */
export const toLocation = (location: SentLocation): Location => ({
  ...location,
  country_code: countryCode(location.country_code) ?? countryCode(location.country),
})

interface SentDeletion {
  readonly type: 'job' | 'candidate'
  readonly data: { readonly external_id: string; readonly updated_at: number | null }
}

/** A deletion has a clock as a snapshot has one, so that an older snapshot cannot undo it. */
export const toDeletion = ({ type, data }: SentDeletion): MappedDeletion => ({
  type: 'deletion',
  of: type,
  externalId: data.external_id,
  clockMs: data.updated_at,
})

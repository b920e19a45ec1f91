/** A job in our own format: the fields of the canonical record, without those that the pipeline computes. */
import { z } from 'zod'
import {
  amount,
  Contact,
  day,
  ids,
  int,
  jobId,
  Location,
  link,
  list,
  moment,
  oneOf,
  optional,
  required,
  text,
  values,
} from './fields.ts'

const Skill = z
  .strictObject({ name: required, uri: text, origin: oneOf(['UNKNOWN', 'SOURCE', 'DERIVED'], 'SOURCE') })
  .meta({ id: 'JobSkill' })

const Organization = z
  .strictObject({
    external_id: text,
    internal_id: text,
    name: text,
    description: text,
    logo_url: link,
    customer: text,
  })
  .meta({ id: 'Organization' })

const Salary = z
  .strictObject({
    raw: text,
    variable_raw: text,
    min: amount,
    max: amount,
    currency: text,
    period: text,
  })
  .meta({ id: 'Salary' })

const Section = z.strictObject({ name: required, text: required }).meta({ id: 'DescriptionSection' })
const Label = z.strictObject({ scheme: required, external_id: text, label: text }).meta({ id: 'Label' })

export const JobData = z
  .strictObject({
    external_id: jobId,
    updated_at: moment,
    alternate_ids: ids,
    reference: text,
    title: text,
    description: text,
    description_html: text,
    description_sections: list(Section),
    skills: list(z.union([required, Skill])),
    kind: oneOf(['UNKNOWN', 'POSTING', 'SPONTANEOUS'], 'POSTING'),
    status: oneOf(['UNKNOWN', 'DRAFT', 'OPEN', 'CLOSED', 'ARCHIVED'], 'UNKNOWN'),
    employment_type: oneOf(
      ['UNKNOWN', 'FULL_TIME', 'PART_TIME', 'CONTRACTOR', 'TEMPORARY', 'INTERN', 'OTHER'],
      'UNKNOWN',
    ),
    employment_type_raw: text,
    working_time_raw: text,
    workplace_type: oneOf(['UNKNOWN', 'ON_SITE', 'HYBRID', 'REMOTE'], 'UNKNOWN'),
    workplace_type_raw: text,
    language: text,
    hiring_organization: optional(Organization),
    locations: list(Location),
    date_posted: day,
    valid_through: day,
    job_start_date: day,
    contract_end_date: day,
    closed_at: moment,
    total_job_openings: int,
    salary: optional(Salary),
    experience_level: text,
    education_level: text,
    categories: list(Label),
    posting_url: link,
    apply_url: link,
    contacts: list(Contact),
    custom_fields: values,
  })
  .meta({ id: 'Job' })
export type JobData = z.output<typeof JobData>

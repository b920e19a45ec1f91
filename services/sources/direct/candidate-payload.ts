/** A candidate in our own format: the fields of the canonical record, without those that the pipeline computes. */
import { z } from 'zod'
import {
  Contact,
  day,
  entityId,
  flag,
  ids,
  int,
  jobId,
  Location,
  lines,
  link,
  list,
  moment,
  oneOf,
  optional,
  partial,
  partialOrPresent,
  required,
  text,
  values,
} from './fields.ts'

const PhoneNumber = z
  .strictObject({ raw: required, type: optional(z.enum(['mobile', 'landline'])) })
  .meta({ id: 'PhoneNumber' })

const Skill = z.strictObject({ name: required, uri: text, proficiency: text }).meta({ id: 'CandidateSkill' })

const WorkExperience = z
  .strictObject({
    role: required,
    organization: required,
    is_current: flag,
    description: lines,
    start_date: partial.describe(
      'First day, as ISO 8601 text; its month or its year where no more is known.',
    ),
    end_date: partialOrPresent.describe(
      'Last day, as ISO 8601 text; its month or its year where no more is known; `present` while the position lasts.',
    ),
  })
  .meta({ id: 'WorkExperience' })
export type WorkExperience = z.output<typeof WorkExperience>

const Education = z
  .strictObject({
    institution: text,
    degree: text,
    field_of_study: text,
    description: lines,
    start_date: partial.describe(
      'First day, as ISO 8601 text; its month or its year where no more is known.',
    ),
    end_date: partialOrPresent.describe(
      'Last day, as ISO 8601 text; its month or its year where no more is known; `present` while it lasts.',
    ),
  })
  .meta({ id: 'Education' })
export type Education = z.output<typeof Education>

const SpokenLanguage = z
  .strictObject({ name: required, code: text, proficiency: text })
  .meta({ id: 'SpokenLanguage' })

const url = z.url({ protocol: /^https?$/ })
const Link = z.strictObject({ url, type: text }).meta({ id: 'Link' })

const Attachment = z
  .strictObject({
    external_id: text,
    kind: oneOf(
      ['UNKNOWN', 'RESUME', 'COVER_LETTER', 'IMAGE', 'NOTE', 'MESSAGE', 'FORM_ANSWER', 'OTHER'],
      'UNKNOWN',
    ),
    kind_raw: text,
    file_name: text,
    content_type: text,
    source_url: link,
    source_url_expires_at: moment,
    storage_ref: text,
  })
  .meta({ id: 'Attachment' })
export type Attachment = z.output<typeof Attachment>

/** `source` is the key space of the job's id: the name of the source that sent the job, when it is not this one. */
const JobRef = z
  .strictObject({
    external_id: jobId,
    source: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .default('direct')
      .describe(
        'Name of the source that sends the job, such as humansourcing, when it was not pushed here: its id is looked up there.',
      ),
    reference: text,
    title: text,
    status_raw: text,
  })
  .meta({ id: 'JobRef' })
export type JobRef = z.output<typeof JobRef>

const Answer = z
  .strictObject({
    id: text,
    question_id: text,
    question: text,
    answer_type: text,
    value_id: text,
    value: text,
    is_file: z.boolean().default(false),
  })
  .meta({ id: 'Answer' })

const Activity = z
  .strictObject({
    external_id: entityId,
    code: text,
    type: text,
    default_type: text,
    occurred_at: moment,
    rating: int,
    media: text,
    flag: text,
    emailing: flag,
    actor: optional(Contact),
    attachments: list(Attachment),
  })
  .meta({ id: 'Activity' })

const Application = z
  .strictObject({
    external_id: optional(entityId).describe(
      "Id of the application. Without one, the application is the candidate's only one for its job. Give all applications an id, or none.",
    ),
    native_application_id: text,
    job: z.union([jobId, JobRef]).describe('The job applied for: its id alone, or what is known of it.'),
    stage: oneOf(
      ['UNKNOWN', 'NEW', 'IN_PROGRESS', 'ON_HOLD', 'HIRED', 'REJECTED', 'WITHDRAWN'],
      'UNKNOWN',
    ).describe('How far the application is. Nobody is invited who is HIRED, REJECTED or WITHDRAWN.'),
    status_id: text,
    status_label: text,
    status_group_raw: text,
    applied_at: moment.describe(
      'When the candidate applied. Who applied before INVITE_SINCE is not invited; without it, sending is the request.',
    ),
    last_activity_at: moment,
    rejected_at: moment,
    reject_reason: text,
    hired_at: moment,
    cover_message: text,
    origin: text,
    answers: list(Answer),
    attachments: list(Attachment),
    activities: list(Activity),
    requested_by: optional(Contact),
    credited_to: optional(Contact),
    company_id: text,
    custom_fields: values,
  })
  .meta({ id: 'Application' })
export type Application = z.output<typeof Application>

export const CandidateData = z
  .strictObject({
    external_id: entityId,
    updated_at: moment,
    alternate_ids: ids,
    identity_basis: oneOf(['UNKNOWN', 'PERSON_ID', 'APPLICATION_ID'], 'PERSON_ID'),
    first_name: text,
    last_name: text,
    civility: optional(z.enum(['M', 'F', 'D'])),
    civility_raw: text,
    email: text,
    further_emails: list(required),
    phone_numbers: list(z.union([required, PhoneNumber])),
    location: optional(Location),
    headline: text,
    recruiter_notes: text,
    communications_opt_out: flag,
    tags: list(required),
    source_channel: text,
    owner: optional(Contact),
    created_at: moment,
    skills: list(z.union([required, Skill])),
    work_experiences: list(WorkExperience),
    educations: list(Education),
    languages: list(z.union([required, SpokenLanguage])),
    links: list(z.union([url, Link])),
    available_from: day,
    availability: text,
    consented_at: moment,
    attachments: list(Attachment),
    applications: list(Application).describe(
      'All applications of the candidate: what is left out here is gone from the record.',
    ),
    custom_fields: values,
  })
  .meta({ id: 'Candidate' })
export type CandidateData = z.output<typeof CandidateData>

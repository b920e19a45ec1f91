/** What we read of idibu's webhooks. The page is marked as work in progress; ids are strings, and empty means none. */
import { z } from 'zod'
import { anything, candidateIdentifier, decimal, list, membersOf, optionalObject, text } from '../lenient.ts'

export const Identified = z.object({ id: candidateIdentifier })

const Information = z.object({ timestamp: text, webhook_event: text })

/** Old vacancy samples say `request_data` for `payload`. */
const renamed = (body: unknown): unknown => {
  const members = membersOf(body)
  if (members.request_data === undefined || 'payload' in members) return body
  const { request_data: payload, ...rest } = members
  return { ...rest, payload }
}

/** The body around a payload. */
const event = <Payload extends z.ZodType>(payload: Payload) =>
  z.preprocess(
    renamed,
    z.object({ payload, 'payload-information': optionalObject(Information), custom_fields: anything }),
  )

export const Envelope = event(anything)
export type Envelope = z.output<typeof Envelope>

const Creator = z.object({
  id: text,
  profile_id: text,
  email: text,
  firstname: text,
  lastname: text,
  group: anything,
  subgroup: anything,
})
export type Creator = z.output<typeof Creator>

const Vacancy = z.object({ id: text, reference: text, title: text, status: anything })
export type Vacancy = z.output<typeof Vacancy>

const Attachment = z.object({ file_id: text, filename: text, file_link: text, type: text })
export type Attachment = z.output<typeof Attachment>

/** Below `attachments`: members that other pages and samples of the same webhook show. */
export const CandidateEvent = event(
  Identified.extend({
    firstname: text,
    lastname: text,
    comms_status: text,
    email: text,
    background_info: text,
    created_by: optionalObject(Creator),
    creation_date: text,
    videos: anything,
    source: text,
    vacancies: list(Vacancy),
    attachments: list(Attachment),
    job_title: anything,
    phone: anything,
    phone_mobile: anything,
    address: anything,
    location: anything,
    country: anything,
    work_history: anything,
    education_history: anything,
    custom_fields: anything,
  }),
)
export type CandidateEvent = z.output<typeof CandidateEvent>

const Salary = z.object({ currency: text, salary_min: decimal, salary_max: decimal, salary_per: text })

export const VacancyEvent = event(
  Identified.extend({
    title: text,
    status: anything,
    search_keywords: anything,
    location: anything,
    job_type: anything,
    duration: anything,
    reference: text,
    start_date: text,
    salary: optionalObject(Salary),
    salary_override: text,
    benefits: text,
    description: text,
    creation_date: text,
    created_by: optionalObject(Creator),
    sector: anything,
  }),
)
export type VacancyEvent = z.output<typeof VacancyEvent>

/**
 * What we read of Jobylon's webhooks. Unknown keys are ignored; only the ids of company, job and candidate are taken
 * as required, because the vendor's own samples leave out most of the rest.
 */
import { z } from 'zod'
import { answersOf, anything, identifier, list, named, optionalObject, scalarText, text } from '../lenient.ts'

/** The customer's own fields: keys and types are theirs. */
const FreeKeys = anything

/** All that routing needs. The events and actions are open words. */
export const Envelope = z.object({
  event_type: z.string(),
  action: z.string(),
  data: z.looseObject({}).nullish(),
})

/** The part of `data` that names one entity. */
export const Identified = z.object({ id: identifier })

const Place = z.object({
  location: text,
  location_json: optionalObject(
    z.object({
      city: text,
      city_short: text,
      country: text,
      country_short: text,
      area_1: text,
      area_1_short: text,
    }),
  ),
})

export const SignupEvent = z.object({
  data: z.object({
    company_id: identifier,
    internal_id: text,
    company_name: text,
    has_config: text.transform(said => (said === null ? null : /^(true|1|yes)$/i.test(said))),
    dt_created: text,
  }),
})
export type SignupEvent = z.infer<typeof SignupEvent>

/** As the signup calls it, or as its sibling pages do. */
const Company = optionalObject(z.object({ id: text, internal_id: text, name: text, company_name: text }))

/** A job with its company, as in `job/new` and inside `candidate/new`. */
export const CompanyJob = z.object({
  company: Company,
  job: z.object({
    id: identifier,
    internal_id: text,
    title: text,
    from_date: text,
    to_date: text,
    description: text,
    skills: text,
    locations: list(Place, 'location'),
    requisition: optionalObject(
      z.object({ internal_id: text, external_id: text, identifier: text, title: text }),
    ),
    experience: text,
    language: text,
    ad_url: text,
    layers: list(z.object({ id: text, name: text, layer_name: text }), 'name'),
    categories: list(z.object({ id: text, text }), 'text'),
    /** The sibling Push API says `text`. */
    departments: list(z.object({ id: text, name: text, text }), 'name'),
    settings: FreeKeys,
    dynamic_settings: FreeKeys,
  }),
})

export const JobEvent = z.object({ data: CompanyJob })

const Answer = z.object({
  id: text,
  question_id: text,
  answer_type: text,
  /** The sibling Push API sends lists too. */
  text: anything.transform(answersOf),
})

/** A number in the vendor's table; where it comes with its name, the number counts. */
const idOrText = anything.transform(group => named(group)?.id ?? scalarText(named(group)?.label))

/** Each a signed link, or null. */
const Files = z.object({
  cv: text,
  cover_letter: text,
  other_1: text,
  other_2: text,
  other_3: text,
  other_4: text,
  other_5: text,
})

export const CandidateEvent = z.object({
  data: z.object({
    candidate: z.object({
      id: identifier,
      internal_id: text,
      first_name: text,
      last_name: text,
      email: text,
      phone_number: text,
      message: text,
      status: optionalObject(z.object({ id: text, name: text, group: idOrText }), 'name'),
      files: optionalObject(Files),
      data: FreeKeys,
      answers: list(Answer),
      request_author: optionalObject(z.object({ email: text, first_name: text, last_name: text })),
    }),
    company: Company,
    job: optionalObject(
      z.object({
        id: identifier,
        title: text,
        requisition: optionalObject(z.object({ identifier: text })),
        locations: list(Place, 'location'),
        language: text,
      }),
    ),
  }),
})

export type CompanyJob = z.infer<typeof CompanyJob>
export type CandidateEvent = z.infer<typeof CandidateEvent>
export type JobylonCandidate = CandidateEvent['data']['candidate']
export type JobylonAnswer = JobylonCandidate['answers'][number]

/** What we read of Human Sourcing's webhooks. Nothing in their page says which fields may be absent, so most may. */
import { z } from 'zod'
import { anything, candidateIdentifier, identifier, integer, list, optionalObject, text } from '../lenient.ts'

/** An id, a name or an amount, for which `0` stands for none. */
const known = text.transform(value => (value === '0' ? null : value))

/** The words go into `ce_type`; real ones are short, and say the same in capitals. */
const word = z
  .string()
  .regex(/^[\w-]{1,32}$/)
  .toLowerCase()
export const Envelope = z.object({ event: word, type: word, data: anything })
export const JobId = z.object({ job_id: identifier })
export const CandidateId = z.object({ id: candidateIdentifier })

export const JobDeletion = z.object({ data: JobId })
export const CandidateDeletion = z.object({ data: CandidateId })

const Country = z.object({ name: text, code: text, iso2: text })

export const JobEvent = z.object({
  data: JobId.extend({
    job_office_id: text,
    job_office_name: known,
    job_reference: text,
    job_title: text,
    job_description: text,
    job_profil: text,
    job_commentaire: text,
    job_jobstart: text,
    job_mission_start: text,
    job_type: text,
    job_address: text,
    job_company: known,
    job_company_description: text,
    job_contract_type: text,
    job_contract_status: text,
    job_salary: known,
    job_education_level: text,
    job_experience_level: text,
    job_city: text,
    job_city_intl: text,
    job_country_intl: optionalObject(Country, 'name'),
    job_regions: list(anything),
    job_departments: list(anything),
    job_working_time: text,
    job_logo: text,
    job_published_at: text,
    job_updated_at: text,
    job_category_id: text,
    job_category_name: known,
    job_sub_category_id: text,
    job_sub_category_name: known,
    job_secteur_id: text,
    job_secteur_name: known,
    job_interlocutor_id: known,
    job_interlocutor_name: known,
    job_nb_cand_to_recruit: integer,
    job_var_salary: known,
    job_customer: known,
    job_form_url: text,
  }),
})
export type JobEvent = z.output<typeof JobEvent>

const Consultant = z.object({ id: known, office: known, first_name: known, last_name: known })

const Poste = z.object({
  id: known,
  title: text,
  status: text,
  pastille: anything,
  customer: known,
  consultant: anything,
})

const Attachment = z.object({
  id: known,
  type: text,
  mimetype: text,
  filename: text,
  uniqfilename: text,
  /** What `split` leaves of the text. Events of earlier versions hold the text itself. */
  text: z
    .object({ $file: z.object({ sha256: z.hash('sha256') }) })
    .nullish()
    .catch(null),
})

const Answer = z.object({
  id_form_answer: known,
  id_question: known,
  question: text,
  id_form_answer_value: known,
  answer: anything,
})

const Form = z.object({ id: known, image: text, input: list(Answer) })
export type Form = z.output<typeof Form>

const Action = z.object({
  id: text,
  type: text,
  default_type: text,
  media: known,
  rating: integer,
  pastille: anything,
  code: text,
  emailing: anything,
  date: text,
  consultant: optionalObject(Consultant),
  poste: optionalObject(Poste),
  attachment: list(Attachment),
  form: optionalObject(Form),
})
export type Action = z.output<typeof Action>

export const CandidateEvent = z.object({
  data: CandidateId.extend({
    id_company: known,
    first_name: known,
    last_name: known,
    email: known,
    tel_landline: known,
    tel_mobile: known,
    tags: list(anything),
    action: list(Action),
    latest_action: text,
  }),
})
export type CandidateEvent = z.output<typeof CandidateEvent>

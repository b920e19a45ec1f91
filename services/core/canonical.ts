/**
 * The canonical records as the rest of the code says them, and drafts of them: what a source's mapping can know.
 * The normalizer completes a draft with keys and provenance (`normalizer/complete.ts`).
 */
import type { Application, Attachment, Candidate, Company, Job, JobRef } from '../../schemas/types.ts'

export type CanonicalRecord =
  /** `isAside`: came along with something else, and may be shorter than what the job's own event said. */
  | { readonly type: 'job'; readonly record: Job; readonly isAside?: true }
  | { readonly type: 'candidate'; readonly record: Candidate }

export type JobDraft = Omit<Job, 'job_key' | 'lifecycle' | 'deleted_at' | 'provenance'>

export type CompanyDraft = Omit<Company, 'company_key' | 'provenance'>

export type CandidateDraft = Omit<
  Candidate,
  'candidate_key' | 'person_key' | 'applications' | 'lifecycle' | 'deleted_at' | 'provenance'
> & { readonly applications: readonly ApplicationDraft[] }

/** `job.source` is the key space of the job: the candidate's own source unless the connection's `job_source` says otherwise. */
export type ApplicationDraft = Omit<Application, 'application_key' | 'job'> & {
  readonly job: Omit<JobRef, 'job_key'> & { readonly source: string }
}

/** A job of which only the id is known. */
export const emptyJob = (externalId: string): JobDraft => ({
  external_id: externalId,
  alternate_ids: {},
  reference: null,
  title: null,
  description: null,
  description_html: null,
  description_sections: [],
  skills: [],
  kind: 'POSTING',
  status: 'UNKNOWN',
  employment_type: 'UNKNOWN',
  employment_type_raw: null,
  working_time_raw: null,
  workplace_type: 'UNKNOWN',
  workplace_type_raw: null,
  language: null,
  hiring_organization: null,
  locations: [],
  date_posted: null,
  valid_through: null,
  job_start_date: null,
  contract_end_date: null,
  closed_at: null,
  total_job_openings: null,
  salary: null,
  experience_level: null,
  education_level: null,
  categories: [],
  posting_url: null,
  apply_url: null,
  contacts: [],
  custom_fields: {},
})

/** A company of which only the id is known. */
export const emptyCompany = (externalId: string): CompanyDraft => ({
  external_id: externalId,
  internal_id: null,
  name: null,
  is_configured: null,
  signed_up_at: null,
})

/** A candidate of whom only the id is known. */
export const emptyCandidate = (externalId: string): CandidateDraft => ({
  external_id: externalId,
  alternate_ids: {},
  identity_basis: 'PERSON_ID',
  first_name: null,
  last_name: null,
  civility: null,
  civility_raw: null,
  email: null,
  further_emails: [],
  phone_numbers: [],
  location: null,
  headline: null,
  recruiter_notes: null,
  communications_opt_out: null,
  tags: [],
  source_channel: null,
  owner: null,
  created_at: null,
  skills: [],
  work_experiences: [],
  educations: [],
  languages: [],
  links: [],
  available_from: null,
  availability: null,
  consented_at: null,
  attachments: [],
  applications: [],
  custom_fields: {},
})

/** An application of which only its id and its job are known. */
export const emptyApplication = (externalId: string, job: ApplicationDraft['job']): ApplicationDraft => ({
  external_id: externalId,
  id_basis: 'NATIVE',
  native_application_id: null,
  job,
  stage: 'UNKNOWN',
  status_id: null,
  status_label: null,
  status_group_raw: null,
  applied_at: null,
  last_activity_at: null,
  rejected_at: null,
  reject_reason: null,
  hired_at: null,
  cover_message: null,
  origin: null,
  answers: [],
  attachments: [],
  activities: [],
  requested_by: null,
  credited_to: null,
  company_id: null,
  custom_fields: {},
})

export const emptyJobRef = (source: string, externalId: string): ApplicationDraft['job'] => ({
  source,
  external_id: externalId,
  reference: null,
  title: null,
  status_raw: null,
})

/** Every file that a candidate's record names, wherever it stands. */
export const attachmentsOf = ({ attachments, applications }: Candidate): readonly Attachment[] => [
  ...attachments,
  ...applications.flatMap(application => [
    ...application.attachments,
    ...application.activities.flatMap(activity => activity.attachments),
  ]),
]

/** The record with every file changed; parts of it that have none are the same as before. */
export const withAttachments = (
  candidate: Candidate,
  change: (attachment: Attachment) => Attachment,
): Candidate => ({
  ...withFiles(candidate, change),
  applications: candidate.applications.map(application => ({
    ...withFiles(application, change),
    activities: application.activities.map(activity => withFiles(activity, change)),
  })),
})

const withFiles = <Part extends { readonly attachments: readonly Attachment[] }>(
  part: Part,
  change: (attachment: Attachment) => Attachment,
): Part => (part.attachments.length === 0 ? part : { ...part, attachments: part.attachments.map(change) })

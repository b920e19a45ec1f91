import type {
  Activity,
  ApplicationStage,
  CandidateSkill,
  Attachment as CanonicalAttachment,
  Education as CanonicalEducation,
  WorkExperience as CanonicalWorkExperience,
  FetchStatus,
  Link,
  PhoneNumber,
  SpokenLanguage,
} from '../../../schemas/types.ts'
import { type ApplicationDraft, emptyApplication, emptyCandidate, emptyJobRef } from '../../core/canonical.ts'
import { compositeApplicationId } from '../../core/identity.ts'
import { phoneNumber } from '../../core/reading/phone.ts'
import { plainLine } from '../../core/reading/text.ts'
import { expiryOfSignedUrl } from '../../core/reading/url.ts'
import type { MapContext, MappedCandidate } from '../source.ts'
import type {
  Application,
  Attachment,
  CandidateData,
  Education,
  WorkExperience,
} from './candidate-payload.ts'
import { toLocation } from './map-job.ts'

/** A candidate as sent, with all applications. An upsert does not say whether the candidate is new. */
export function toCandidate(
  { data }: { readonly data: CandidateData },
  { receivedAtMs }: MapContext,
): MappedCandidate {
  const { updated_at, ...fields } = data
  const location = data.location && toLocation(data.location)
  const toFile = (file: Attachment) => toAttachment(file, receivedAtMs)
  const applications = data.applications.map(sent => toApplication(data.external_id, sent, toFile))
  // Of two snapshots of one application the later one counts, as of two deliveries.
  const distinct = new Map(applications.map(application => [application.external_id, application]))
  return {
    type: 'candidate',
    change: 'updated',
    clockMs: updated_at,
    warnings: [...(distinct.size < applications.length ? ['APPLICATION_REPEATED'] : [])],
    draft: {
      ...emptyCandidate(data.external_id),
      ...fields,
      location,
      phone_numbers: data.phone_numbers.map(sent => toPhoneNumber(sent, location?.country_code ?? undefined)),
      skills: data.skills.map(toSkill),
      work_experiences: data.work_experiences.map(toWorkExperience),
      educations: data.educations.map(toEducation),
      languages: data.languages.map(toLanguage),
      links: data.links.map(toLink),
      attachments: data.attachments.map(toFile),
      applications: [...distinct.values()],
    },
  }
}

const toPhoneNumber = (
  sent: CandidateData['phone_numbers'][number],
  country: string | undefined,
): PhoneNumber =>
  typeof sent === 'string' ? phoneNumber(sent, null, country) : phoneNumber(sent.raw, sent.type, country)

const toSkill = (sent: CandidateData['skills'][number]): CandidateSkill =>
  typeof sent === 'string' ? { name: sent, uri: null, proficiency: null } : sent

/** A position without an end lasts. */
const toWorkExperience = (sent: WorkExperience): CanonicalWorkExperience => {
  const period = periodOf(sent)
  const role = plainLine(sent.role) ?? sent.role
  const organization = plainLine(sent.organization) ?? sent.organization
  return { ...sent, ...period, role, organization, is_current: sent.is_current ?? period.end_date === null }
}

function periodOf({ start_date: start, end_date }: Pick<WorkExperience, 'start_date' | 'end_date'>) {
  const end = end_date === 'PRESENT' ? null : end_date
  return {
    start_date: start?.first ?? null,
    end_date: end?.last ?? null,
    start_precision: start?.precision ?? 'UNKNOWN',
    end_precision: end?.precision ?? 'UNKNOWN',
  } as const
}

const toEducation = (sent: Education): CanonicalEducation => ({ ...sent, ...periodOf(sent) })

const toLanguage = (sent: CandidateData['languages'][number]): SpokenLanguage =>
  typeof sent === 'string' ? { name: sent, code: null, proficiency: null } : sent

const toLink = (sent: CandidateData['links'][number]): Link =>
  typeof sent === 'string' ? { url: sent, type: null } : sent

function toApplication(
  candidateId: string,
  sent: Application,
  toFile: (file: Attachment) => CanonicalAttachment,
): ApplicationDraft {
  const job = typeof sent.job === 'string' ? emptyJobRef('direct', sent.job) : sent.job
  return {
    ...emptyApplication('', job),
    ...sent,
    external_id: sent.external_id ?? compositeApplicationId(candidateId, job.external_id),
    id_basis: sent.external_id === null ? 'CANDIDATE_JOB' : 'NATIVE',
    job,
    stage: stageOf(sent),
    attachments: sent.attachments.map(toFile),
    activities: sent.activities.map(
      (activity): Activity => ({ ...activity, attachments: activity.attachments.map(toFile) }),
    ),
  }
}

/** Whoever says when somebody was refused or hired need not say that it happened. */
function stageOf({ stage, hired_at, rejected_at }: Application): ApplicationStage {
  if (stage !== 'UNKNOWN') return stage
  if (hired_at !== null) return 'HIRED'
  return rejected_at === null ? 'UNKNOWN' : 'REJECTED'
}

function toAttachment(sent: Attachment, receivedAtMs: number): CanonicalAttachment {
  const { source_url } = sent
  const expiresAtMs =
    sent.source_url_expires_at ?? (source_url === null ? null : expiryOfSignedUrl(source_url, receivedAtMs))
  return {
    ...sent,
    content_type: sent.content_type?.toLowerCase() ?? null,
    source_url_expires_at: expiresAtMs,
    size_bytes: null,
    sha256: null,
    blob_uri: null,
    extracted_text_blob_uri: null,
    fetch_status: fetchStatus(source_url, expiresAtMs, receivedAtMs),
  }
}

function fetchStatus(url: string | null, expiresAtMs: number | null, receivedAtMs: number): FetchStatus {
  if (url === null) return 'NOT_FETCHABLE'
  return expiresAtMs !== null && expiresAtMs <= receivedAtMs ? 'EXPIRED' : 'NOT_ATTEMPTED'
}

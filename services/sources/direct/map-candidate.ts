import type {
  Activity,
  CandidateSkill,
  Attachment as CanonicalAttachment,
  WorkExperience as CanonicalWorkExperience,
  FetchStatus,
  PhoneNumber,
} from '../../../schemas/types.ts'
import { type ApplicationDraft, emptyApplication, emptyCandidate, emptyJobRef } from '../../core/canonical.ts'
import { compositeApplicationId } from '../../core/identity.ts'
import { phoneNumber } from '../../core/reading/phone.ts'
import { expiryOfSignedUrl } from '../../core/reading/url.ts'
import type { MapContext, MappedCandidate } from '../source.ts'
import type { Application, Attachment, CandidateData, WorkExperience } from './candidate-payload.ts'
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
function toWorkExperience(sent: WorkExperience): CanonicalWorkExperience {
  const end = sent.end_date === 'PRESENT' ? null : sent.end_date
  return {
    ...sent,
    is_current: sent.is_current ?? end === null,
    start_date: sent.start_date?.first ?? null,
    end_date: end?.last ?? null,
    start_precision: sent.start_date?.precision ?? 'UNKNOWN',
    end_precision: end?.precision ?? 'UNKNOWN',
  }
}

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
    attachments: sent.attachments.map(toFile),
    activities: sent.activities.map(
      (activity): Activity => ({ ...activity, attachments: activity.attachments.map(toFile) }),
    ),
  }
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

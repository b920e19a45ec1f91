/** Records of the pipeline as their topics hold them, with nothing in them that a test does not set. */
import type {
  Candidate,
  Job,
  PulsifiInvitation,
  PulsifiJobBinding,
  PulsifiResult,
  PulsifiScore,
  PulsifiStatus,
} from '../../schemas/types.ts'
import { emptyApplication, emptyCandidate, emptyJob } from '../../services/core/canonical.ts'
import { bindingRecord, invitationRecord } from './ledger-records.ts'

const provenance = (source: string, tenant_id: string, received_at: number): Job['provenance'] => ({
  source,
  tenant_id,
  event_id: '00000000-0000-5000-8000-000000000000',
  event_type: 'candidate.created',
  source_event_type: 'candidate/new',
  delivery_id: null,
  received_at,
  source_updated_at: null,
  body_sha256: '',
  raw_topic: `ats.raw.${source}`,
  raw_partition: 0,
  raw_offset: 7,
  raw_topic_id: null,
  normalizer_version: 'test',
  superseded: {},
  warnings: [],
})

export interface Place {
  readonly source: string
  readonly tenant: string
}
const keyOf = ({ source, tenant }: Place, id: string) => `${source}:${tenant}:${id}`

export const job = (place: Place, id: string, known: Partial<Job> = {}): Job => ({
  ...emptyJob(id),
  job_key: keyOf(place, id),
  lifecycle: 'ACTIVE',
  deleted_at: null,
  provenance: provenance(place.source, place.tenant, 1_000),
  title: `Job ${id}`,
  ...known,
})

/** A candidate with one application for each job id. */
export function candidate(
  place: Place,
  id: string,
  jobIds: readonly string[],
  known: Partial<Candidate> = {},
): Candidate {
  return {
    ...emptyCandidate(id),
    candidate_key: keyOf(place, id),
    person_key: null,
    first_name: 'Test',
    last_name: `Person ${id}`,
    email: `${id}@example.com`,
    lifecycle: 'ACTIVE',
    deleted_at: null,
    provenance: provenance(place.source, place.tenant, 1_000),
    applications: jobIds.map(jobId => {
      const reference = {
        source: place.source,
        external_id: jobId,
        reference: null,
        title: null,
        status_raw: null,
      }
      return {
        ...emptyApplication(`${id}_${jobId}`, reference),
        application_key: `${keyOf(place, id)}#${jobId}`,
        job: {
          job_key: keyOf(place, jobId),
          external_id: jobId,
          reference: null,
          title: null,
          status_raw: null,
        },
      }
    }),
    ...known,
  }
}

export function invitation(
  place: Place,
  candidateId: string,
  jobId: string,
  known: Partial<PulsifiInvitation>,
): PulsifiInvitation {
  return invitationRecord({
    event_id: '',
    application_key: `${keyOf(place, candidateId)}#${jobId}`,
    candidate_key: keyOf(place, candidateId),
    job_key: keyOf(place, jobId),
    ext_reference_id: `${place.source}_${candidateId}_${jobId}`,
    invitation_link: 'https://example.com/secret-link',
    invite_code: 'secret-code',
    ...known,
  })
}

export function score(
  place: Place,
  candidateId: string,
  jobId: string,
  known: Partial<PulsifiScore>,
): PulsifiScore {
  return {
    event_id: '',
    application_key: `${keyOf(place, candidateId)}#${jobId}`,
    candidate_key: keyOf(place, candidateId),
    job_key: keyOf(place, jobId),
    source: place.source,
    tenant_id: place.tenant,
    pulsifi_candidate_id: `p-${candidateId}`,
    pulsifi_job_id: null,
    ext_reference_id: '',
    score_type: 'role_fit',
    kind: 'FIT',
    score_value: 50,
    score_format: 100,
    normalized: (known.score_value ?? 50) / 100,
    result_content_sha256: '',
    observed_at: 0,
    ...known,
  }
}

export function status(
  place: Place,
  candidateId: string,
  jobId: string,
  known: Partial<PulsifiStatus>,
): PulsifiStatus {
  const key = `${keyOf(place, candidateId)}#${jobId}`
  return {
    ...{ event_id: `${key} ${known.number}`, status_key: `${key} ${known.number}`, application_key: key },
    ...{ candidate_key: keyOf(place, candidateId), job_key: keyOf(place, jobId) },
    ...{ source: place.source, tenant_id: place.tenant, number: 1, from: null, to: 'received' },
    ...{ reason: null, reason_number: null, actor: 'pipeline', occurred_at: 1_000, ingested_at: 1_000 },
    ...known,
  }
}

export function result(
  place: Place,
  candidateId: string,
  jobId: string,
  known: Partial<PulsifiResult> = {},
): PulsifiResult {
  return {
    event_id: '',
    application_key: `${keyOf(place, candidateId)}#${jobId}`,
    candidate_key: keyOf(place, candidateId),
    job_key: keyOf(place, jobId),
    pulsifi_candidate_id: `p-${candidateId}`,
    pulsifi_job_id: null,
    ext_reference_id: '',
    status: 'completed',
    scores: [],
    additional_scores: [],
    score_sets: [],
    report_pdf_link: null,
    report_pdf_link_expires_at: null,
    report_profile_link: null,
    invitation_expired_at: null,
    created_at: null,
    trigger: 'WEBHOOK',
    content_sha256: '',
    observed_at: 0,
    shared_from: null,
    ...known,
  }
}

export const binding = (
  place: Place,
  id: string,
  known: Partial<PulsifiJobBinding> = {},
): PulsifiJobBinding =>
  bindingRecord({ job_key: keyOf(place, id), external_id: id, state: 'BOUND', ...known })

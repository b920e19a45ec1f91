/** From a record to the rows that are kept of it. Links, codes and free text never get in. Pure. */
import type {
  Candidate,
  Job,
  PulsifiInvitation,
  PulsifiJobBinding,
  PulsifiResult,
  PulsifiScore,
  PulsifiStatus,
} from '../../../schemas/types.ts'
import { partsOfKey } from '../../core/identity.ts'
import { wordsFor } from '../../core/reasons.ts'
import type { RowOf } from './columns.ts'
import { folded } from './folded.ts'
import type { STAGED, StagedRow } from './staged.ts'

export interface Place {
  readonly kafka_partition: number
  readonly kafka_offset: number
  readonly recorded_at: number
}
type Row<T extends keyof typeof STAGED> = RowOf<(typeof STAGED)[T]>

function originOf(key: string): { source: string; tenant_id: string } {
  const { source, tenant } = partsOfKey(key)
  return { source, tenant_id: tenant }
}

const textsOf = (reasons: readonly string[] | undefined): readonly string[] | null =>
  reasons?.map(reason => wordsFor(reason).text) ?? null

export function jobRows(place: Place, key: string, job: Job | null): StagedRow[] {
  const city = job?.locations[0]
  const row: Row<'job'> = {
    ...place,
    job_key: key,
    ...originOf(key),
    is_tombstone: job === null,
    lifecycle: job?.lifecycle ?? null,
    event_type: job?.provenance.event_type ?? null,
    received_at: job?.provenance.received_at ?? null,
    external_id: job?.external_id ?? null,
    reference: job?.reference ?? null,
    title: job?.title ?? null,
    status: job?.status ?? null,
    kind: job?.kind ?? null,
    organization: job?.hiring_organization?.name ?? null,
    city: city?.city ?? null,
    country_code: city?.country_code ?? null,
    date_posted: job?.date_posted ?? null,
    valid_through: job?.valid_through ?? null,
    searched: job === null ? null : folded([job.title, job.reference]),
  }
  return [{ table: 'job', row }]
}

export function bindingRows(place: Place, key: string, binding: PulsifiJobBinding | null): StagedRow[] {
  const row: Row<'binding'> = {
    ...place,
    job_key: key,
    ...originOf(key),
    is_tombstone: binding === null,
    state: binding?.state ?? null,
    reasons: binding?.block_reasons ?? null,
    reason_texts: textsOf(binding?.block_reasons),
    pulsifi_job_id: binding?.pulsifi_job_id ?? null,
    attempt: binding?.attempt ?? null,
    next_attempt_at: binding?.next_attempt_at ?? null,
    updated_at: binding?.updated_at ?? null,
  }
  return [{ table: 'binding', row }]
}

export function candidateRows(
  place: Place,
  key: string,
  candidate: Candidate | null,
  keepsPersonalData: boolean,
): StagedRow[] {
  const { kafka_offset } = place
  const origin = originOf(key)
  const applications = (candidate?.applications ?? []).map(
    ({ application_key, job, stage, applied_at }): StagedRow => {
      const received_at = candidate?.provenance.received_at ?? null
      const named = { application_key, job_key: job.job_key, stage, applied_at, received_at }
      return { table: 'application', row: { kafka_offset, candidate_key: key, ...origin, ...named } }
    },
  )
  const rows: StagedRow[] = [
    { table: 'candidate', row: candidateRow(place, key, candidate) },
    ...applications,
  ]
  if (keepsPersonalData) rows.push({ table: 'person', row: personRow(kafka_offset, key, candidate) })
  return rows
}

const candidateRow = (place: Place, key: string, candidate: Candidate | null): Row<'candidate'> => ({
  ...place,
  candidate_key: key,
  ...originOf(key),
  is_tombstone: candidate === null,
  lifecycle: candidate?.lifecycle ?? null,
  event_type: candidate?.provenance.event_type ?? null,
  source_event_type: candidate?.provenance.source_event_type ?? null,
  event_id: candidate?.provenance.event_id ?? null,
  received_at: candidate?.provenance.received_at ?? null,
  raw_topic: candidate?.provenance.raw_topic ?? null,
  raw_partition: candidate?.provenance.raw_partition ?? null,
  raw_offset: candidate?.provenance.raw_offset ?? null,
  source_channel: candidate?.source_channel ?? null,
  application_count: candidate?.applications.length ?? 0,
})

function personRow(kafka_offset: number, key: string, candidate: Candidate | null): Row<'person'> {
  const isGone = candidate === null || candidate.lifecycle === 'DELETED'
  return {
    kafka_offset,
    candidate_key: key,
    is_gone: isGone,
    first_name: isGone ? null : candidate.first_name,
    last_name: isGone ? null : candidate.last_name,
    email: isGone ? null : candidate.email,
    searched: isGone ? null : folded([candidate.first_name, candidate.last_name, candidate.email]),
  }
}

export function invitationRows(place: Place, key: string, invitation: PulsifiInvitation | null): StagedRow[] {
  const row: Row<'invitation'> = {
    ...place,
    application_key: key,
    candidate_key: invitation?.candidate_key ?? null,
    job_key: invitation?.job_key ?? null,
    ...originOf(key),
    is_tombstone: invitation === null,
    event_id: invitation?.event_id ?? null,
    ext_reference_id: invitation?.ext_reference_id ?? null,
    pulsifi_candidate_id: invitation?.pulsifi_candidate_id ?? null,
    outcome: invitation?.outcome ?? null,
    reasons: invitation?.reasons ?? null,
    reason_texts: textsOf(invitation?.reasons),
    status: invitation?.status ?? null,
    http_status: invitation?.http_status ?? null,
    attempt: invitation?.attempt ?? null,
    is_anonymous: invitation?.is_anonymous_candidate ?? null,
    next_attempt_at: invitation?.next_attempt_at ?? null,
    expires_at: invitation?.invitation_expired_at ?? null,
    invited_at: invitation?.created_at ?? null,
    occurred_at: invitation?.occurred_at ?? null,
  }
  return [{ table: 'invitation', row }]
}

export function resultRows(place: Place, key: string, result: PulsifiResult | null): StagedRow[] {
  const row: Row<'result'> = {
    ...place,
    application_key: key,
    job_key: result?.job_key ?? null,
    is_tombstone: result === null,
    pulsifi_candidate_id: result?.pulsifi_candidate_id ?? null,
    status: result?.status ?? null,
    score_count: result === null ? null : result.scores.length + result.additional_scores.length,
    trigger: result?.trigger ?? null,
    content_sha256: result?.content_sha256 ?? null,
    observed_at: result?.observed_at ?? null,
  }
  return [{ table: 'result', row }]
}

/** @param key of a tombstone: the id of one score, or the application of all that are erased */
export function scoreRows(place: Place, key: string, score: PulsifiScore | null): StagedRow[] {
  const row: Row<'score'> = {
    ...place,
    record_key: key,
    is_tombstone: score === null,
    application_key: score?.application_key ?? null,
    candidate_key: score?.candidate_key ?? null,
    job_key: score?.job_key ?? null,
    source: score?.source ?? null,
    tenant_id: score?.tenant_id ?? null,
    event_id: score?.event_id ?? null,
    pulsifi_candidate_id: score?.pulsifi_candidate_id ?? null,
    score_type: score?.score_type ?? null,
    kind: score?.kind ?? null,
    score_value: score?.score_value ?? null,
    score_format: score?.score_format ?? null,
    normalized: score?.normalized ?? null,
    observed_at: score?.observed_at ?? null,
  }
  return [{ table: 'score', row }]
}

/** @param key of a tombstone: of one change, or the application of all that are erased */
export function statusRows(place: Place, key: string, change: PulsifiStatus | null): StagedRow[] {
  const row: Row<'status'> = {
    ...place,
    record_key: key,
    is_tombstone: change === null,
    application_key: change?.application_key ?? null,
    candidate_key: change?.candidate_key ?? null,
    job_key: change?.job_key ?? null,
    source: change?.source ?? null,
    tenant_id: change?.tenant_id ?? null,
    number: change?.number ?? null,
    from_state: change?.from ?? null,
    to_state: change?.to ?? null,
    reason: change?.reason ?? null,
    reason_number: change?.reason_number ?? null,
    reason_text: textOf(change),
    actor: change?.actor ?? null,
    occurred_at: change?.occurred_at ?? null,
    ingested_at: change?.ingested_at ?? null,
    event_id: change?.event_id ?? null,
    status_key: change?.status_key ?? null,
  }
  return [{ table: 'status', row }]
}

/** The number stood behind its code before they were parted. */
function textOf(change: PulsifiStatus | null): string | null {
  const { reason = null, reason_number: number = null } = change ?? {}
  if (reason === null) return null
  return wordsFor(number === null ? reason : `${reason}:${number}`).text
}

/** What Pulsifi says about an application, as records: the result as a whole, and its scores one by one. */
import { DateTime } from 'luxon'
import type { PulsifiResult, PulsifiScore, ResultTrigger, Score, ScoreSet } from '../../../schemas/types.ts'
import { derivedId, sha256Hex } from '../../core/identity.ts'
import { REPORT_PDF_LINK_MONTHS_MAX } from '../../platform/pulsifi/limits.ts'
import type { CandidateReply, ScoreReply } from '../../platform/pulsifi/pulsifi-api.ts'

/** What we know of the application that the result belongs to. */
export interface ResultContext {
  readonly application_key: string
  readonly candidate_key: string | null
  readonly job_key: string | null
  /** The identifier that we gave Pulsifi, for an answer that leaves it out. */
  readonly ext_reference_id: string
  readonly trigger: ResultTrigger
  /** When Pulsifi was asked, ms since the epoch. */
  readonly observedAtMs: number
  /** What was published of the application before. */
  readonly scoreSets: readonly ScoreSet[]
  /** The application that was invited, when it is another one. */
  readonly sharedFrom: string | null
}

export function toResult(reply: CandidateReply, context: ResultContext): PulsifiResult {
  const scores = reply.scores.map(toScore)
  const additionalScores = reply.additional_scores.map(toScore)
  const contentSha256 = resultContentSha256(reply.status, scores, additionalScores)
  const count = scores.length + additionalScores.length
  const set = { content_sha256: contentSha256, observed_at: context.observedAtMs, count }
  return {
    event_id: derivedId('result', context.application_key, contentSha256, context.observedAtMs),
    application_key: context.application_key,
    candidate_key: context.candidate_key,
    job_key: context.job_key,
    pulsifi_candidate_id: reply.candidate_id,
    pulsifi_job_id: reply.job_id,
    ext_reference_id: reply.ext_reference_id ?? context.ext_reference_id,
    status: reply.status,
    scores,
    additional_scores: additionalScores,
    report_pdf_link: reply.report_pdf_link,
    report_pdf_link_expires_at: reply.report_pdf_link === null ? null : pdfLinkExpiry(context.observedAtMs),
    report_profile_link: reply.report_profile_link,
    invitation_expired_at: reply.invitation_expired_at,
    created_at: reply.created_at,
    trigger: context.trigger,
    content_sha256: contentSha256,
    observed_at: context.observedAtMs,
    score_sets: count === 0 ? [...context.scoreSets] : [...context.scoreSets, set],
    shared_from: context.sharedFrom,
  }
}

/** Ids of the scores of a set, in their order: whoever erases them makes them again. */
export const scoreIds = (applicationKey: string, set: ScoreSet): string[] =>
  Array.from({ length: set.count }, (_, at) => scoreId(applicationKey, set, at))

const scoreId = (
  applicationKey: string,
  { content_sha256, observed_at }: Pick<ScoreSet, 'content_sha256' | 'observed_at'>,
  at: number,
): string => derivedId('score', applicationKey, content_sha256, observed_at, at)

/** What Pulsifi had said, as far as a result tells it. */
export const toReply = (result: PulsifiResult): CandidateReply => ({
  candidate_id: result.pulsifi_candidate_id,
  ext_reference_id: result.ext_reference_id,
  job_id: result.pulsifi_job_id,
  is_anonymous_candidate: false,
  invitation_link: null,
  invite_code: null,
  invitation_expired_at: result.invitation_expired_at,
  created_at: result.created_at,
  report_pdf_link: result.report_pdf_link,
  report_profile_link: result.report_profile_link,
  scores: [...result.scores],
  additional_scores: [...result.additional_scores],
  status: result.status,
})

/** One flat record a score. `normalized` is the share of the full score; null when the scale is not positive. */
export function toScores(
  result: PulsifiResult,
  origin: { readonly source: string | null; readonly tenant_id: string | null },
): PulsifiScore[] {
  const all = [
    ...result.scores.map(score => ({ kind: 'FIT', score }) as const),
    ...result.additional_scores.map(score => ({ kind: 'ADDITIONAL', score }) as const),
  ]
  return all.map(({ kind, score }, at) => ({
    event_id: scoreId(result.application_key, result, at),
    application_key: result.application_key,
    candidate_key: result.candidate_key,
    job_key: result.job_key,
    source: origin.source,
    tenant_id: origin.tenant_id,
    pulsifi_candidate_id: result.pulsifi_candidate_id,
    pulsifi_job_id: result.pulsifi_job_id,
    ext_reference_id: result.ext_reference_id,
    ...score,
    kind,
    normalized: score.score_format > 0 ? score.score_value / score.score_format : null,
    result_content_sha256: result.content_sha256,
    observed_at: result.observed_at,
  }))
}

/**
 * Hex SHA-256 over status and scores, in whatever order they come. Links are left out: they are signed anew with
 * every answer, and a new signature is no new result.
 */
export function resultContentSha256(
  status: string,
  scores: readonly Score[],
  additionalScores: readonly Score[],
): string {
  const sorted = (list: readonly Score[]) =>
    list
      .map(({ score_type, score_value, score_format }) =>
        JSON.stringify([score_type, score_value, score_format]),
      )
      .toSorted()
  return sha256Hex(JSON.stringify([status, sorted(scores), sorted(additionalScores)]))
}

/** Avro keeps the scale as a 32-bit integer; one beyond that is no scale. */
const toScore = ({ score_type, score_value, score_format }: ScoreReply): Score => ({
  score_type,
  score_value,
  score_format: Number.isInteger(score_format) && Math.abs(score_format) < 2 ** 31 ? score_format : 0,
})

const pdfLinkExpiry = (observedAtMs: number): number =>
  DateTime.fromMillis(observedAtMs, { zone: 'utc' }).plus({ months: REPORT_PDF_LINK_MONTHS_MAX }).toMillis()

/**
 * The tables as others read them, in SQL and in exports, under the names that the API has for the same things. A view
 * says no tenant: on the connection of who is limited its tables are those that `tenant-views.ts` puts in their place.
 */
import { IS_KNOWN, standings } from './standing.ts'
import { REACHED } from './states.ts'

const REACHED_WORD = `CASE reached ${REACHED.map((word, at) => `WHEN ${at + 1} THEN '${word}'`).join(' ')} END`

/** Of `application a`, with `DETAILS`. */
export const APPLICATION_COLUMNS = `a.application_key, a.candidate_key, a.job_key, job.title AS job_title, a.source, a.tenant_id,
  a.state, ${REACHED_WORD} AS reached,
  coalesce(a.outcome, 'UNDECIDED') AS outcome, coalesce(a.reasons, []) AS reasons, coalesce(a.reason_texts, []) AS reason_texts,
  a.status, a.stage, a.applied_at, a.received_at, a.changed_at, a.decided_at, a.invited_at,
  a.opened_at, a.started_at, a.completed_at, a.expires_at, a.next_attempt_at, a.attempt, a.http_status, a.ext_reference_id,
  a.pulsifi_candidate_id, nullif(trim(concat_ws(' ', person.first_name, person.last_name)), '') AS name, person.email`
export const DETAILS =
  'LEFT JOIN job ON job.job_key = a.job_key LEFT JOIN person ON person.id = a.candidate_id'

const JOB_COLUMNS = `coalesce(job.job_key, a.job_key) AS job_key, title, reference, coalesce(job.source, split_part(a.job_key, ':', 1)) AS source,
  coalesce(job.tenant_id, split_part(a.job_key, ':', 2)) AS tenant_id, status, lifecycle, external_id, kind, organization, city, country_code,
  date_posted, valid_through, received_at, binding_state, coalesce(binding_reasons, []) AS reasons,
  coalesce(binding_reason_texts, []) AS reason_texts, pulsifi_job_id, binding_updated_at,
  coalesce(applications, 0) AS applications, coalesce(invited, 0) AS invited, coalesce(completed, 0) AS completed,
  coalesce(held, 0) AS held`

/** How the list of jobs is narrowed. */
export interface JobsAsked {
  /** An application counts. */
  readonly when: string
  /** A job, by its key, is among those that are asked for. */
  readonly isAsked: string
  /** Columns, of what `joins` adds. */
  readonly more: string
  readonly joins: string
}
const EVERY_JOB: JobsAsked = { when: 'true', isAsked: 'true', more: '', joins: '' }

const sumOf = (condition: string) => `coalesce(sum(n) FILTER (${condition}), 0)::BIGINT`

/** Jobs that a source sent, and jobs that applications name although nobody sent them. */
export const jobsWith = ({ when, isAsked, more, joins }: JobsAsked): string => `
  SELECT ${JOB_COLUMNS}${more} FROM (SELECT * FROM job WHERE ${isAsked}) job FULL JOIN (
    SELECT job_key, ${sumOf('true')} AS applications, ${sumOf('reached >= 1')} AS invited, ${sumOf('reached >= 4')} AS completed,
      ${sumOf("outcome IN ('WAITING', 'BLOCKED', 'AMBIGUOUS', 'FAILED')")} AS held
    FROM ${standings(when)} WHERE job_key IS NOT NULL AND ${isAsked} GROUP BY job_key
  ) a ON a.job_key = job.job_key ${joins}`

/** By name: a table of the API's answers, an export, and a table for SQL. A warehouse has them under the same names. */
export const VIEWS = {
  applications: `SELECT ${APPLICATION_COLUMNS} FROM application a ${DETAILS} WHERE ${IS_KNOWN}`,
  jobs: jobsWith(EVERY_JOB),
  scores: `SELECT s.application_key, s.candidate_key, s.job_key, job.title AS job_title, s.source, s.tenant_id, s.score_type, s.kind,
      s.score_value, s.score_format, s.normalized, s.observed_at, s.is_current, s.event_id, s.pulsifi_candidate_id, s.kafka_partition,
      s.kafka_offset, s.recorded_at
    FROM score s LEFT JOIN job ON job.job_key = s.job_key`,
  statuses: `SELECT s.application_key, s.candidate_key, s.job_key, job.title AS job_title, s.source, s.tenant_id, s.number, s.from_state,
      s.to_state, s.reason, s.reason_number, s.reason_text, s.actor, s.occurred_at, s.ingested_at, s.event_id, s.status_key,
      s.kafka_partition, s.kafka_offset, s.recorded_at
    FROM status s LEFT JOIN job ON job.job_key = s.job_key`,
} as const
export type ViewName = keyof typeof VIEWS

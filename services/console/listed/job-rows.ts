/** Jobs one by one, as the API lists them and as they are exported. */
import { z } from 'zod'
import { CAME_IN, conditions, within } from '../figures/conditions.ts'
import { ofScores, percent } from '../figures/current-scores.ts'
import { cohort, KEYS, time } from '../figures/endpoint.ts'
import { wordsOf } from '../store/folded.ts'
import { jobsWith } from '../store/views.ts'

export const JobRow = z.object({
  job_key: z.string().describe('`<source>:<tenant>:<job>`'),
  title: z.string().nullable().describe('null when no source sent the job, or it has none'),
  reference: z.string().nullable().describe('by which recruiters know it'),
  source: KEYS.source,
  tenant_id: KEYS.tenant_id,
  status: z.string().nullable().describe('status of the canonical job; null when no source sent the job'),
  lifecycle: z.string().nullable().describe('ACTIVE, or DELETED at the source'),
  external_id: z.string().nullable().describe('of the source'),
  kind: z.string().nullable().describe('vacancy or spontaneous, in the words of the canonical job'),
  organization: z.string().nullable(),
  city: z.string().nullable(),
  country_code: z.string().nullable().describe('ISO 3166, two letters'),
  date_posted: z.string().nullable().describe('ISO 8601 date'),
  valid_through: z.string().nullable().describe('ISO 8601 date: the last day on which one can apply'),
  received_at: time().describe('newest receipt from the source'),
  binding_state: z.string().nullable().describe('how far the job is at Pulsifi; null when nobody asked'),
  reasons: z.array(z.string()).describe('codes that say why it is not there'),
  reason_texts: z.array(z.string()).describe('the same in sentences'),
  pulsifi_job_id: z.string().nullable(),
  binding_updated_at: time().describe('when that changed last'),
  applications: z.int().describe('of those received within the days asked for, as for the next three'),
  invited: z.int(),
  completed: z.int(),
  held: z.int().describe('waiting, blocked, ambiguous or failed'),
  score_type: z.string().nullable().describe('the one type that the next two are of; null without any score'),
  score_count: z.int().describe('current scores'),
  score_p50: z.number().nullable().describe('their median, 0 to 100'),
})

export const jobFilters = {
  ...cohort,
  q: z
    .string()
    .max(300)
    .optional()
    .describe('words of title, reference or job_key, without regard to case and accents'),
  score_type: z.string().optional().describe('unset: the fit score that most applications have'),
}
const Filters = z.object(jobFilters)
export type JobFilters = z.output<typeof Filters>

/** A job's key says whose it is, also where an application of another source names it. */
const ofJobs = ({ source, tenant_id, job_key }: JobFilters) =>
  conditions({
    source: ["split_part(job_key, ':', 1) = $source", source],
    tenant_id: ["split_part(job_key, ':', 2) = $tenant_id", tenant_id],
    job_key: ['job_key = $job_key', job_key],
  })

/** @param type null when there is no score of any type */
export function jobRows(query: JobFilters, type: string | null) {
  const words = wordsOf(query.q ?? '').map((word, at) => [`word${at}`, word] as const)
  const { from, to } = query
  const received = conditions(within(CAME_IN, query))
  const asked = ofJobs(query)
  const found = conditions(
    {},
    words.map(([name]) => `contains(concat_ws(' ', searched, lower(job_key)), $${name})`),
  )
  const scores = ofScores({ from, to }, type ?? undefined)
  const every = jobsWith({
    ...{ when: received.when, isAsked: asked.when },
    more: ', searched, $type::VARCHAR AS score_type, coalesce(score_count, 0) AS score_count, score_p50',
    joins: 'LEFT JOIN of_scores ON of_scores.job_key = coalesce(job.job_key, a.job_key)',
  })
  const sql = `WITH of_scores AS (
      SELECT job_key, count(*) AS score_count, ${percent('median(normalized)')} AS score_p50
      FROM score ${scores.where} AND ${asked.when} GROUP BY job_key
    )
    SELECT * FROM (${every}) ${found.where}`
  const parameters = {
    ...{ ...received.parameters, ...asked.parameters, ...scores.parameters },
    ...{ ...Object.fromEntries(words), type },
  }
  return { sql, parameters }
}

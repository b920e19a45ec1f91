import { z } from 'zod'
import { wordsFor } from '../../core/reasons.ts'
import { IS_KNOWN } from '../store/tables.ts'
import { conditions, selected } from './conditions.ts'
import { summaryBy } from './current-scores.ts'
import { endpoint, paging, selection } from './endpoint.ts'

const JobRow = z.object({
  job_key: z.string(),
  title: z.string().nullable(),
  reference: z.string().nullable(),
  source: z.string(),
  tenant_id: z.string(),
  status: z.string().nullable().describe('status of the canonical job; null when no source sent the job'),
  binding_state: z.string().nullable().describe('how far the job is at Pulsifi; null when nobody asked'),
  reason: z.string().nullable(),
  reason_text: z.string().nullable(),
  applications: z.int(),
  invited: z.int(),
  completed: z.int(),
  held: z.int().describe('waiting, blocked, ambiguous or failed'),
  score_count: z.int(),
  score_p50: z.number().nullable(),
})

const SORTS = {
  applications: 'applications DESC',
  completed: 'completed DESC',
  held: 'held DESC',
  score: 'score_p50 DESC NULLS LAST',
  title: 'lower(title) NULLS LAST',
} as const

/** Jobs that a source sent, and jobs that applications name although nobody sent them. */
const JOBS = (where: string, scoreWhere: string) => `
  WITH of_applications AS (
    SELECT job_key, any_value(source) AS source, any_value(tenant_id) AS tenant_id, count(*) AS applications,
      count(*) FILTER (reached >= 1) AS invited, count(*) FILTER (reached >= 4) AS completed,
      count(*) FILTER (outcome IN ('WAITING', 'BLOCKED', 'AMBIGUOUS', 'FAILED')) AS held
    FROM application WHERE ${IS_KNOWN} GROUP BY job_key
  ), v AS MATERIALIZED (
    SELECT job_key, normalized, count(*) AS n FROM score ${scoreWhere} GROUP BY ALL
  ), of_scores AS (SELECT job_key, count AS score_count, p50 AS score_p50 FROM (${summaryBy('job_key')})), every_job AS (
    SELECT coalesce(job.job_key, a.job_key) AS job_key, coalesce(job.source, a.source) AS source,
      coalesce(job.tenant_id, a.tenant_id) AS tenant_id, title, reference, status, binding_state, binding_reasons[1] AS reason,
      coalesce(applications, 0) AS applications, coalesce(invited, 0) AS invited, coalesce(completed, 0) AS completed,
      coalesce(held, 0) AS held, coalesce(score_count, 0) AS score_count, score_p50
    FROM job FULL JOIN of_applications a ON a.job_key = job.job_key
    LEFT JOIN of_scores ON of_scores.job_key = coalesce(job.job_key, a.job_key)
  )
  SELECT *, count(*) OVER () AS total FROM every_job ${where}`

export const jobs = endpoint({
  method: 'get',
  path: '/api/jobs',
  name: 'listJobs',
  tag: 'figures',
  summary: 'Jobs side by side',
  description: [
    'Every canonical job and every job that an application names. invited and completed as in the funnel; held counts',
    'waiting, blocked, ambiguous and failed applications. score_p50 is the median of the current scores of score_type',
    '(unset: of all fit scores), 0 to 100.',
  ].join('\n'),
  query: z.object({
    ...selection,
    q: z.string().optional().describe('part of title, reference or job_key'),
    score_type: z.string().optional(),
    sort: z.enum(['applications', 'completed', 'held', 'score', 'title']).default('applications'),
    ...paging,
  }),
  response: z.object({ total: z.int(), jobs: z.array(JobRow) }),
  followsData: true,
  async answer({ query }, { database }) {
    const chosen = conditions({
      ...selected(query),
      q: ["contains(lower(concat_ws(' ', title, reference, job_key)), $q)", query.q?.toLowerCase()],
    })
    const scores = conditions({ type: ['score_type = $type', query.score_type] }, [
      'is_current',
      'normalized IS NOT NULL',
      ...(query.score_type === undefined ? ["kind = 'FIT'"] : []),
    ])
    const rows = await database.read(
      `${JOBS(chosen.where, scores.where)} ORDER BY ${SORTS[query.sort]}, job_key LIMIT ${query.limit} OFFSET ${query.offset}`,
      { ...chosen.parameters, ...scores.parameters },
    )
    const list = rows.map(({ total: _, ...row }) => {
      const reason = row.reason === null || row.reason === undefined ? null : String(row.reason)
      return JobRow.parse({ ...row, reason, reason_text: reason === null ? null : wordsFor(reason).text })
    })
    return { total: Number(rows[0]?.total ?? 0), jobs: list }
  },
})

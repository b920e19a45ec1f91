import { z } from 'zod'
import { JobRow, jobFilters, jobRows } from '../listed/job-rows.ts'
import { typeOrMain } from './current-scores.ts'
import { endpoint, ordering, paging } from './endpoint.ts'

/** By the column that is shown: what it orders by. */
const SORTS = {
  applications: 'applications',
  invited: 'invited',
  completed: 'completed',
  held: 'held',
  score_p50: 'score_p50',
  received_at: 'received_at',
  title: "coalesce(searched, '~')",
} as const
type Sort = keyof typeof SORTS

export const jobs = endpoint({
  method: 'get',
  path: '/api/jobs',
  name: 'listJobs',
  tag: 'figures',
  summary: 'Jobs side by side',
  description: [
    'Every canonical job and every job that an application names. invited and completed as in the funnel; held counts',
    'waiting, blocked, ambiguous and failed applications. score_p50 is the median of the current scores of one type, which is',
    'named, 0 to 100. Days narrow what is counted, not which jobs are listed.',
  ].join('\n'),
  query: z.object({
    ...jobFilters,
    // Cast: the keys of an object are its keys.
    sort: z.enum(Object.keys(SORTS) as [Sort, ...Sort[]]).default('applications'),
    ...ordering,
    ...paging,
  }),
  response: z.object({ total: z.int(), score_type: z.string().nullable(), jobs: z.array(JobRow) }),
  lasts: 'until-a-record',
  async answer({ query }, context) {
    const type = await typeOrMain(query.score_type, context)
    const { sql, parameters } = jobRows(query, type)
    const order = query.order ?? (query.sort === 'title' ? 'asc' : 'desc')
    // The total stands there also beyond the last page, where there is no job.
    const rows = await context.database.read(
      `WITH found AS MATERIALIZED (SELECT *, ${SORTS[query.sort]} AS sorted_by FROM (${sql})),
       page AS (SELECT * FROM found ORDER BY sorted_by ${order} NULLS LAST, job_key LIMIT ${query.limit} OFFSET ${query.offset})
       SELECT * FROM (SELECT count(*) AS total FROM found) LEFT JOIN page ON true
       ORDER BY sorted_by ${order} NULLS LAST, job_key`,
      parameters,
    )
    return {
      total: Number(rows[0]?.total ?? 0),
      score_type: type,
      jobs: rows.filter(({ job_key }) => job_key !== null).map(row => JobRow.parse(row)),
    }
  },
})

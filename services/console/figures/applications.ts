import { z } from 'zod'
import { ApplicationRow, applicationFilters, applicationsFound } from '../listed/application-rows.ts'
import { APPLICATION_COLUMNS, DETAILS } from '../store/views.ts'
import { type ApiContext, endpoint, ordering, paging } from './endpoint.ts'

/** By the column that is shown: what it orders by, over a row of `application`. */
const SORTS = {
  changed_at: 'changed_at',
  received_at: 'received_at',
  completed_at: 'completed_at',
  expires_at: 'expires_at',
  application_key: 'application_key',
  // Asked once for each place, and not for each application.
  job_title: `(SELECT any_value(job.searched) FROM standing JOIN job ON job.job_key = standing.job_key
    WHERE standing.id = application.standing_id)`,
  state: 'state',
} as const
type Sort = keyof typeof SORTS
const TEXTS: ReadonlySet<Sort> = new Set(['application_key', 'job_title', 'state'])

export const applications = endpoint({
  method: 'get',
  path: '/api/applications',
  name: 'listApplications',
  tag: 'applications',
  summary: 'Search applications',
  description: [
    'The applications that the funnel counts, the one that changed last first. A filter of the funnel finds exactly those it',
    'counted. Whatever the order, applications without a value stand last.',
  ].join('\n'),
  query: z.object({
    ...applicationFilters,
    // Cast: the keys of an object are its keys.
    sort: z.enum(Object.keys(SORTS) as [Sort, ...Sort[]]).default('changed_at'),
    ...ordering,
    ...paging,
  }),
  response: z.object({ total: z.int(), applications: z.array(ApplicationRow) }),
  audited: () => ({ kind: 'LOOK', subjects: [] }),
  lasts: 'until-a-record',
  async answer({ query }, { database }) {
    const { where, parameters } = applicationsFound(query)
    const order = query.order ?? (TEXTS.has(query.sort) ? 'asc' : 'desc')
    const columns = `rowid AS place, id AS page_id, ${SORTS[query.sort]} AS sorted_by`
    const ordered = `ORDER BY sorted_by ${order} NULLS LAST, page_id`
    const page = `${ordered} LIMIT ${query.limit} OFFSET ${query.offset}`
    // A search looks once and keeps what it found; a filter is so cheap that counting apart is cheaper still.
    const found = query.q
      ? `WITH found AS MATERIALIZED (SELECT ${columns} FROM application ${where})
         SELECT *, (SELECT count(*) FROM found) AS total FROM found ${page}`
      : `SELECT * FROM (SELECT ${columns} FROM application ${where} ${page})
         CROSS JOIN (SELECT count(*) AS total FROM application ${where})`
    // By their place in the table: what else is shown of them is read of these rows alone.
    const rows = await database.read(
      `SELECT ${APPLICATION_COLUMNS}, page.total FROM (${found}) page JOIN application a ON a.rowid = page.place ${DETAILS}
       ${ordered}`,
      parameters,
    )
    const total = rows[0]?.total ?? (await countOf(database, where, parameters, query.offset))
    return { total: Number(total), applications: rows.map(row => ApplicationRow.parse(row)) }
  },
})

/** A page beyond the last one has no row that could tell. */
async function countOf(
  database: ApiContext['database'],
  where: string,
  parameters: Parameters<ApiContext['database']['read']>[1],
  offset: number,
): Promise<unknown> {
  if (offset === 0) return 0
  const [row] = await database.read(`SELECT count(*) AS total FROM application ${where}`, parameters)
  return row?.total
}

/** Null when the key is not known. */
export async function applicationOf(
  { database }: Pick<ApiContext, 'database'>,
  key: string,
): Promise<ApplicationRow | null> {
  const rows = await database.read(
    `SELECT ${APPLICATION_COLUMNS} FROM application a ${DETAILS} WHERE a.id = hash($key::VARCHAR)`,
    { key },
  )
  return rows[0] === undefined ? null : ApplicationRow.parse(rows[0])
}

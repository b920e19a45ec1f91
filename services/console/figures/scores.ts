import { z } from 'zod'
import type { Selection } from './conditions.ts'
import { CURRENT, ofScores, scoreType, summaryBy, typeOrMain } from './current-scores.ts'
import { type ApiContext, endpoint, selection } from './endpoint.ts'

export const scoreTypes = endpoint({
  method: 'get',
  path: '/api/scores/types',
  name: 'listScoreTypes',
  tag: 'scores',
  summary: 'Types of scores with their middle',
  description: CURRENT,
  query: z.object(selection),
  response: z.object({
    types: z.array(
      z.object({
        score_type: z.string(),
        kind: z.string(),
        count: z.int(),
        mean: z.number(),
        p50: z.number(),
      }),
    ),
  }),
  followsData: true,
  async answer({ query }, context) {
    return { types: await typesOf(query, context) }
  },
})

async function typesOf(query: Selection, { database }: ApiContext) {
  const { where, parameters } = ofScores(query)
  const rows = await database.read(
    `WITH v AS MATERIALIZED (
       SELECT score_type, kind, normalized, count(*) AS n FROM score ${where} GROUP BY ALL
     )
     ${summaryBy('score_type', 'kind')} ORDER BY kind = 'FIT' DESC, count DESC, score_type`,
    parameters,
  )
  return rows.map(row => ({
    score_type: String(row.score_type),
    kind: String(row.kind),
    count: Number(row.count),
    mean: Number(row.mean),
    p50: Number(row.p50),
  }))
}

const GROUPS = { none: "'all'", job: 'job_key', source: 'source', tenant: 'tenant_id' } as const

const Series = z.object({
  group: z.string().describe('job_key, source or tenant; all without grouping'),
  label: z.string().describe('title of the job where there is one'),
  count: z.int(),
  mean: z.number(),
  p50: z.number(),
  counts: z.array(z.int()).describe('scores in each bin; a bin holds its lower end, the last one both'),
})

export const scoreDistribution = endpoint({
  method: 'get',
  path: '/api/scores/distribution',
  name: 'getScoreDistribution',
  tag: 'scores',
  summary: 'How scores of one type spread',
  description: `${CURRENT}\nWith grouping, the groups that have the most scores.`,
  query: z.object({
    ...selection,
    score_type: scoreType,
    by: z.enum(['none', 'job', 'source', 'tenant']).default('none'),
    bins: z.coerce.number().int().min(4).max(50).default(20),
    groups: z.coerce.number().int().min(1).max(20).default(6),
  }),
  response: z.object({
    score_type: z.string().nullable(),
    bin_width: z.number(),
    series: z.array(Series),
  }),
  followsData: true,
  async answer({ query }, context) {
    const { bins } = query
    const type = await typeOrMain(query.score_type, context)
    if (type === null) return { score_type: null, bin_width: 100 / bins, series: [] }
    const { where, parameters } = ofScores(query, type)
    const rows = await context.database.read(
      `WITH v AS MATERIALIZED (
         SELECT coalesce(${GROUPS[query.by]}, 'unknown') AS name, normalized, count(*) AS n FROM score ${where} GROUP BY ALL
       ), total AS (${summaryBy('name')} ORDER BY count DESC, name LIMIT ${query.groups})
       SELECT total.*, job.title, bins.bin, bins.n FROM total
       JOIN (
         SELECT name, least(${bins - 1}, greatest(0, floor(round(normalized * ${bins}, 9))))::INTEGER AS bin, sum(n)::BIGINT AS n FROM v GROUP BY ALL
       ) bins ON bins.name = total.name
       LEFT JOIN job ON job.job_key = total.name ORDER BY total.count DESC, total.name`,
      parameters,
    )
    return { score_type: type, bin_width: 100 / bins, series: toSeries(rows, bins) }
  },
})

/** From a row for each group and bin; rows of a group stand together. */
function toSeries(rows: readonly Readonly<Record<string, unknown>>[], bins: number) {
  const series = new Map<string, z.input<typeof Series>>()
  for (const row of rows) {
    const group = String(row.name)
    const one = series.get(group) ?? {
      group,
      label: typeof row.title === 'string' ? row.title : group,
      count: Number(row.count),
      mean: Number(row.mean),
      p50: Number(row.p50),
      counts: new Array<number>(bins).fill(0),
    }
    one.counts[Number(row.bin)] = Number(row.n)
    series.set(group, one)
  }
  return [...series.values()]
}

import { z } from 'zod'
import type { Conditions, Selection } from './conditions.ts'
import { CURRENT, GROUP_MIN, ofScores, scoreType, summaryBy, typeOrMain } from './current-scores.ts'
import { type ApiContext, cohort, endpoint } from './endpoint.ts'

export const scoreTypes = endpoint({
  method: 'get',
  path: '/api/scores/types',
  name: 'listScoreTypes',
  tag: 'scores',
  summary: 'Types of scores with their middle',
  description: CURRENT,
  query: z.object(cohort),
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
  lasts: 'until-a-record',
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

const GROUPS = { none: "'all'", job_key: 'job_key', source: 'source', tenant_id: 'tenant_id' } as const

const Series = z.object({
  group: z.string().describe('job_key, source or tenant_id; all without grouping'),
  label: z.string().describe('title of the job where there is one'),
  count: z.int(),
  is_small: z.boolean().describe(`fewer than ${GROUP_MIN} scores: too few to compare`),
  mean: z.number(),
  lowest: z.number(),
  p25: z.number().nullable().describe('null of a small group, as p75'),
  p50: z.number(),
  p75: z.number().nullable(),
  highest: z.number(),
  values: z.array(z.number()).nullable().describe('each score of a small group, 0 to 100; null of others'),
  counts: z.array(z.int()).describe('scores in each bin; a bin holds its lower end, the last one both'),
})

export const scoreDistribution = endpoint({
  method: 'get',
  path: '/api/scores/distribution',
  name: 'getScoreDistribution',
  tag: 'scores',
  summary: 'How scores of one type spread',
  description: `${CURRENT}\nWith grouping, the groups that have the most scores; \`groups_total\` says how many there are.`,
  query: z.object({
    ...cohort,
    score_type: scoreType,
    by: z.enum(['none', 'job_key', 'source', 'tenant_id']).default('none'),
    bins: z.coerce.number().int().min(4).max(50).default(20),
    groups: z.coerce.number().int().min(1).max(20).default(6),
  }),
  response: z.object({
    score_type: z.string().nullable(),
    bin_width: z.number(),
    groups_total: z.int().describe('also those that are not shown'),
    series: z.array(Series),
  }),
  lasts: 'until-a-record',
  async answer({ query }, context) {
    const { bins } = query
    const type = await typeOrMain(query.score_type, context)
    if (type === null) return { score_type: null, bin_width: 100 / bins, groups_total: 0, series: [] }
    const found = ofScores(query, type)
    const name = `coalesce(${GROUPS[query.by]}, 'unknown')`
    const rows = await context.database.read(
      `WITH v AS MATERIALIZED (
         SELECT ${name} AS name, normalized, count(*) AS n FROM score ${found.where} GROUP BY ALL
       ), total AS (${summaryBy('name')} ORDER BY count DESC, name LIMIT ${query.groups})
       SELECT total.*, job.title, bins.bin, bins.n, (SELECT count(DISTINCT name) FROM v) AS groups_total FROM total
       JOIN (
         SELECT name, least(${bins - 1}, greatest(0, floor(round(normalized * ${bins}, 9))))::INTEGER AS bin, sum(n)::BIGINT AS n FROM v GROUP BY ALL
       ) bins ON bins.name = total.name
       LEFT JOIN job ON job.job_key = total.name ORDER BY total.count DESC, total.name`,
      found.parameters,
    )
    const series = toSeries(rows, bins)
    await addValues(series, name, found, context)
    return {
      ...{ score_type: type, bin_width: 100 / bins },
      ...{ groups_total: Number(rows[0]?.groups_total ?? 0), series },
    }
  },
})

type OneSeries = z.input<typeof Series>

/** From a row for each group and bin; rows of a group stand together. */
function toSeries(rows: readonly Readonly<Record<string, unknown>>[], bins: number) {
  const series = new Map<string, OneSeries>()
  for (const row of rows) {
    const group = String(row.name)
    const one = series.get(group) ?? {
      group,
      label: typeof row.title === 'string' ? row.title : group,
      ...figuresOf(row),
      values: null,
      counts: new Array<number>(bins).fill(0),
    }
    one.counts[Number(row.bin)] = Number(row.n)
    series.set(group, one)
  }
  return [...series.values()]
}

function figuresOf(row: Readonly<Record<string, unknown>>) {
  const count = Number(row.count)
  const isSmall = count < GROUP_MIN
  return {
    ...{ count, is_small: isSmall, mean: Number(row.mean), lowest: Number(row.lowest) },
    ...{ p25: isSmall ? null : Number(row.p25), p50: Number(row.p50), p75: isSmall ? null : Number(row.p75) },
    highest: Number(row.highest),
  }
}

/** @param name of a score's group, in SQL */
async function addValues(
  series: readonly OneSeries[],
  name: string,
  { where, parameters }: Conditions,
  { database }: ApiContext,
): Promise<void> {
  const small = series.filter(({ is_small }) => is_small)
  if (small.length === 0) return
  const names = Object.fromEntries(small.map(({ group }, at) => [`group${at}`, group]))
  const rows = await database.read(
    `SELECT ${name} AS name, round(normalized * 100, 2) AS value FROM score ${where}
     AND ${name} IN (${Object.keys(names).map(key => `$${key}`)}) ORDER BY value`,
    { ...parameters, ...names },
  )
  for (const one of small)
    one.values = rows.filter(row => row.name === one.group).map(({ value }) => Number(value))
}

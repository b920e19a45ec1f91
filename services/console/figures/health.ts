import { z } from 'zod'
import { standings } from '../store/standing.ts'
import { OPEN_DEAD_LETTERS } from '../store/tables.ts'
import type { Snapshot } from '../watch/look-at-kafka.ts'
import { type ApiContext, endpoint, NO_QUERY } from './endpoint.ts'

const Group = z.object({
  group: z.string(),
  lag: z.int().describe('offsets between what is committed and the end, over all inputs'),
  inputs: z.array(z.object({ topic: z.string(), lag: z.int() })),
})

export const health = endpoint({
  method: 'get',
  path: '/api/health',
  name: 'getHealth',
  tag: 'health',
  summary: 'Lag, dead letters, and the use of Pulsifi’s budget',
  description: [
    'reading: how far the console itself has read; while behind is above 0, figures are of the past, and while is_current is',
    'false nobody knows by how much: Kafka does not answer, and everything here is as it was at as_of. lag counts offsets, which',
    'include the marks of transactions. completeness_delta: raw offsets consumed minus outcomes counted, by the other',
    'processes’ own metrics: anything but 0 is a bug; null when they cannot be reached, or cannot know. freshness: from the receipt of an event',
    'to its record on a canonical topic, over the last hour; what is sent back late counts as late. pulsifi: requests a second over the',
    'last 20 s against the configured budget.',
  ].join('\n'),
  query: NO_QUERY,
  response: z.object({
    reading: z
      .object({
        behind: z.int(),
        total: z.int(),
        as_of: z.iso.datetime().describe('when Kafka answered last'),
        is_current: z.boolean().describe('Kafka answers'),
      })
      .nullable(),
    groups: z.array(Group),
    dead_letters: z.int().describe('that nobody has decided on yet'),
    unreadable: z.int().describe('records that the console itself could not read'),
    completeness_delta: z.number().nullable(),
    freshness: z
      .object({ count: z.int(), p50_seconds: z.number(), p95_seconds: z.number() })
      .nullable()
      .describe('null: nothing was published in the last hour'),
    spooled: z.int().nullable().describe('events that ingress keeps on its disk until Kafka takes them'),
    pulsifi: z.object({ requests_per_second: z.number().nullable(), budget_per_second: z.number() }),
    processes: z.array(z.object({ name: z.string(), is_up: z.boolean() })),
    keeps_personal_data: z.boolean(),
  }),
  lasts: 'a-moment',
  async answer(_, { database, snapshot, keepsPersonalData, pulsifiBudget }) {
    const [counts] = await database.read(
      `SELECT (SELECT count(*) FROM ${OPEN_DEAD_LETTERS}) AS dead_letters, (SELECT count(*) FROM unreadable) AS unreadable`,
    )
    const seen = snapshot()
    const names = [...new Set((seen?.groups ?? []).map(({ group }) => group))]
    const sumOf = (metric: string) => {
      const sums = (seen?.processes ?? []).flatMap(process => process.sums[metric] ?? [])
      const sum = sums.reduce((total, each) => total + each, 0)
      return sums.length === 0 || Number.isNaN(sum) ? null : sum
    }
    return {
      reading: seen === null ? null : readingOf(seen, Date.now()),
      groups: names.map(group => {
        const inputs = (seen?.groups ?? []).filter(item => item.group === group)
        return {
          group,
          lag: inputs.reduce((sum, { lag }) => sum + lag, 0),
          inputs: inputs.map(({ topic, lag }) => ({ topic, lag })),
        }
      }),
      dead_letters: Number(counts?.dead_letters ?? 0),
      unreadable: Number(counts?.unreadable ?? 0),
      completeness_delta: sumOf('atsflow_completeness_delta'),
      freshness: await freshnessOf(database),
      spooled: sumOf('atsflow_spool_records'),
      pulsifi: {
        requests_per_second: rounded(seen?.pulsifiPerSecond ?? null),
        budget_per_second: pulsifiBudget,
      },
      processes: (seen?.processes ?? []).map(({ name, isUp }) => ({ name, is_up: isUp })),
      keeps_personal_data: keepsPersonalData,
    }
  },
})

/** A look is taken every two seconds, and takes a few when the brokers are busy. */
const CURRENT_FOR_MS = 15_000

export const readingOf = (
  { behind, total, atMs }: Pick<Snapshot, 'behind' | 'total' | 'atMs'>,
  nowMs: number,
) => ({
  behind,
  total,
  as_of: new Date(atMs).toISOString(),
  is_current: nowMs - atMs < CURRENT_FOR_MS,
})

const HOUR_MS = 3_600_000

async function freshnessOf(database: ApiContext['database']) {
  const [row] = await database.read(
    `SELECT count(*) AS count, quantile_cont(ms, [0.5, 0.95]) AS quantiles FROM (
       SELECT epoch_ms(recorded_at) - epoch_ms(received_at) AS ms FROM (
         SELECT recorded_at, received_at FROM candidate_event UNION ALL SELECT recorded_at, received_at FROM job_event)
       WHERE recorded_at > make_timestamp_ms($since::BIGINT) AND received_at <= recorded_at)`,
    { since: BigInt(Date.now() - HOUR_MS) },
  )
  const [p50, p95] = Array.isArray(row?.quantiles) ? row.quantiles : []
  return typeof p50 === 'number' && typeof p95 === 'number'
    ? { count: Number(row?.count), p50_seconds: Math.round(p50) / 1000, p95_seconds: Math.round(p95) / 1000 }
    : null
}

const rounded = (rate: number | null): number | null => (rate === null ? null : Math.round(rate * 100) / 100)

const Named = z.object({ name: z.string(), count: z.int() })

const CHOICES = `WITH place AS MATERIALIZED (SELECT * FROM ${standings()}), named AS (
    SELECT 'source' AS kind, source AS name, sum(n)::BIGINT AS count FROM place GROUP BY ALL
    UNION ALL SELECT 'tenant', tenant_id, sum(n)::BIGINT FROM place GROUP BY ALL
    UNION ALL SELECT 'job', job_key, sum(n)::BIGINT FROM place GROUP BY ALL
  ), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY count DESC, name) AS rank, count(*) OVER (PARTITION BY kind) AS total
    FROM named WHERE name IS NOT NULL
  )
  SELECT ranked.*, job.title FROM ranked LEFT JOIN job ON ranked.kind = 'job' AND job.job_key = name
  WHERE rank <= 200 OR (ranked.kind = 'job' AND name = $job_key) ORDER BY ranked.kind, rank`

export const choices = endpoint({
  method: 'get',
  path: '/api/choices',
  name: 'getChoices',
  tag: 'figures',
  summary: 'What one can choose from: sources, tenants, jobs',
  description:
    'With the number of applications of each. The 200 jobs that have the most, and the one that is named whichever place it has.',
  query: z.object({ job_key: z.string().optional().describe('is among the jobs in any case') }),
  response: z.object({
    sources: z.array(Named),
    tenants: z.array(Named),
    jobs: z.array(z.object({ job_key: z.string(), title: z.string().nullable(), count: z.int() })),
    jobs_total: z.int().describe('jobs that have applications, also those that are not listed'),
  }),
  lasts: 'until-a-record',
  async answer({ query }, { database }) {
    const rows = await database.read(CHOICES, { job_key: query.job_key ?? null })
    const of = (kind: string) => rows.filter(row => row.kind === kind)
    const named = (kind: string) =>
      of(kind).map(({ name, count }) => ({ name: String(name), count: Number(count) }))
    const jobs = of('job')
    return {
      sources: named('source'),
      tenants: named('tenant'),
      jobs: jobs.map(({ name, title, count }) => ({
        job_key: String(name),
        title: typeof title === 'string' ? title : null,
        count: Number(count),
      })),
      jobs_total: Number(jobs[0]?.total ?? 0),
    }
  },
})

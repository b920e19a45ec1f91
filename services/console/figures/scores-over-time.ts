import { z } from 'zod'
import type { Conditions } from './conditions.ts'
import { CURRENT, ofScores, scoreType, summaryBy, typeOrMain } from './current-scores.ts'
import { type ApiContext, cohort, endpoint } from './endpoint.ts'

const POINTS_MAX = 400
const INTERVALS = ['minute', 'hour', 'day', 'week', 'month'] as const
const HOUR_MS = 3_600_000
/** The longest time that is shown by each. */
const SPANS_MS = [
  ['minute', 3 * HOUR_MS],
  ['hour', 96 * HOUR_MS],
  ['day', 100 * 24 * HOUR_MS],
  ['week', 2 * 365 * 24 * HOUR_MS],
] as const

async function readableInterval({ database }: ApiContext, { where, parameters }: Conditions) {
  const [row] = await database.read(
    `SELECT epoch_ms(max(observed_at)) - epoch_ms(min(observed_at)) AS span FROM score ${where}`,
    parameters,
  )
  const spanMs = Number(row?.span ?? 0)
  return SPANS_MS.find(([, mostMs]) => spanMs <= mostMs)?.[0] ?? 'month'
}

const Point = z.object({
  starts_at: z.string(),
  count: z.int(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
})

export const scoresOverTime = endpoint({
  method: 'get',
  path: '/api/scores/over-time',
  name: 'getScoresOverTime',
  tag: 'scores',
  summary: 'Scores by when Pulsifi gave them',
  description: `${CURRENT}\nBy the time at which Pulsifi answered, in UTC; the newest ${POINTS_MAX} intervals that have scores.`,
  query: z.object({
    ...cohort,
    score_type: scoreType,
    interval: z
      .enum(['auto', ...INTERVALS])
      .default('auto')
      .describe('auto: the one that gives a readable number of points'),
  }),
  response: z.object({
    score_type: z.string().nullable(),
    interval: z.enum(INTERVALS),
    points: z.array(Point),
  }),
  lasts: 'until-a-record',
  async answer({ query }, context) {
    const type = await typeOrMain(query.score_type, context)
    if (type === null) return { score_type: null, interval: INTERVALS[2], points: [] }
    const { where, parameters } = ofScores(query, type)
    const interval =
      query.interval === 'auto' ? await readableInterval(context, ofScores(query, type)) : query.interval
    const rows = await context.database.read(
      `WITH v AS MATERIALIZED (
         SELECT date_trunc('${interval}', observed_at)::TIMESTAMP AS starts_at, normalized, count(*) AS n FROM score ${where} GROUP BY ALL
       )
       ${summaryBy('starts_at')} ORDER BY starts_at DESC LIMIT ${POINTS_MAX}`,
      parameters,
    )
    const points = rows.toReversed().map(row => Point.parse(row))
    return { score_type: type, interval, points }
  },
})

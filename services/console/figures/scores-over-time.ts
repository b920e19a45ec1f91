import { z } from 'zod'
import { CURRENT, ofScores, scoreType, summaryBy, typeOrMain } from './current-scores.ts'
import { cohort, endpoint } from './endpoint.ts'

const POINTS_MAX = 400
const INTERVALS = ['minute', 'hour', 'day', 'week', 'month'] as const
const Interval = z.enum(INTERVALS)
const HOUR_MS = 3_600_000
/** The longest time that is shown by each. */
const SPANS_MS = [
  ['minute', 3 * HOUR_MS],
  ['hour', 96 * HOUR_MS],
  ['day', 100 * 24 * HOUR_MS],
  ['week', 2 * 365 * 24 * HOUR_MS],
] as const

/** Of no scores. */
const NO_SPAN = 'day'
/** Of `found`, the interval that gives a readable number of points. */
const READABLE = `(SELECT CASE ${SPANS_MS.map(([interval, mostMs]) => `WHEN span_ms <= ${mostMs} THEN '${interval}'`).join(' ')}
    ELSE 'month' END
  FROM (SELECT epoch_ms(max(observed_at)) - epoch_ms(min(observed_at)) AS span_ms FROM found))`

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
    interval: Interval,
    points: z.array(Point),
  }),
  lasts: 'until-a-record',
  async answer({ query }, context) {
    const type = await typeOrMain(query.score_type, context)
    const asked = query.interval === 'auto' ? null : query.interval
    if (type === null) return { score_type: null, interval: asked ?? NO_SPAN, points: [] }
    const { where, parameters } = ofScores(query, type)
    const interval = asked === null ? READABLE : `'${asked}'`
    const rows = await context.database.read(
      `WITH found AS MATERIALIZED (SELECT observed_at, normalized FROM score ${where}),
       v AS MATERIALIZED (
         SELECT date_trunc(${interval}, observed_at)::TIMESTAMP AS starts_at, normalized, count(*) AS n FROM found GROUP BY ALL
       )
       SELECT *, ${interval} AS interval FROM (${summaryBy('starts_at')}) ORDER BY starts_at DESC LIMIT ${POINTS_MAX}`,
      parameters,
    )
    const points = rows.toReversed().map(row => Point.parse(row))
    return { score_type: type, interval: Interval.parse(rows[0]?.interval ?? asked ?? NO_SPAN), points }
  },
})

import { z } from 'zod'
import { IS_KNOWN } from '../store/tables.ts'
import { conditions, selected } from './conditions.ts'
import { endpoint, selection } from './endpoint.ts'

const STEPS = [
  ['received', 'invited', 'received_at', 'invited_at'],
  ['invited', 'opened', 'invited_at', 'opened_at'],
  ['opened', 'started', 'opened_at', 'started_at'],
  ['started', 'completed', 'started_at', 'completed_at'],
  ['invited', 'completed', 'invited_at', 'completed_at'],
] as const

const Step = z.object({
  from: z.string(),
  to: z.string(),
  count: z.int().describe('applications of which both times are known'),
  p50_seconds: z.number().nullable(),
  p95_seconds: z.number().nullable(),
})

export const steps = endpoint({
  method: 'get',
  path: '/api/steps',
  name: 'getSteps',
  tag: 'figures',
  summary: 'Time between the steps',
  description: [
    'Medians and 95th percentiles in seconds. received: first receipt of a candidate record that names the application.',
    'invited, opened, started, completed: the first ledger record that said so, by our clock, which learns of a step by',
    'callback or by poll. A step that was skipped, or whose record compaction has removed before it was read, counts nowhere.',
  ].join('\n'),
  query: z.object(selection),
  response: z.object({ steps: z.array(Step) }),
  followsData: true,
  async answer({ query }, { database }) {
    const { where, parameters } = conditions(selected(query), [IS_KNOWN])
    const spans = STEPS.map(
      ([, , from, to], at) =>
        `CASE WHEN ${to} >= ${from} THEN epoch_ms(${to}) - epoch_ms(${from}) END AS s${at}`,
    )
    const figures = STEPS.map(
      (_, at) => `count(s${at}) AS n${at}, quantile_cont(s${at}, [0.5, 0.95]) AS q${at}`,
    )
    const [row = {}] = await database.read(
      `SELECT ${figures.join(', ')} FROM (SELECT ${spans.join(', ')} FROM application ${where})`,
      parameters,
    )
    return {
      steps: STEPS.map(([from, to], at) => {
        const quantiles = row[`q${at}`]
        const [p50, p95] = Array.isArray(quantiles) ? quantiles : []
        return {
          from,
          to,
          count: Number(row[`n${at}`] ?? 0),
          p50_seconds: seconds(p50),
          p95_seconds: seconds(p95),
        }
      }),
    }
  },
})

const seconds = (ms: unknown): number | null => (typeof ms === 'number' ? Math.round(ms) / 1000 : null)

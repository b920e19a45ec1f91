import { z } from 'zod'
import { REACHED } from '../store/states.ts'
import { ofApplications } from './conditions.ts'
import { cohort, endpoint } from './endpoint.ts'

const ORDER = ['received', ...REACHED] as const
type Place = (typeof ORDER)[number]

/** Fewer say nothing of the slowest twentieth. */
const P95_MIN = 20

const Step = z.object({
  from: z.enum(ORDER),
  to: z.enum(ORDER),
  count: z.int().describe('the same for every step'),
  p50_seconds: z.number().nullable(),
  p95_seconds: z.number().nullable().describe(`null where fewer than ${P95_MIN} applications are counted`),
})

export const steps = endpoint({
  method: 'get',
  path: '/api/steps',
  name: 'getSteps',
  tag: 'figures',
  summary: 'Time between the steps',
  description: [
    'Medians and 95th percentiles in seconds, all of the same applications: those that have reached `until` and of which the time',
    'of every step shown is known, in this order. left_out have reached it, too, and lack one. received: first receipt of a',
    'candidate record that names the application. invited, opened, started, completed: the first ledger record that said so, by our',
    'clock, which learns of a step by callback or by poll, and may miss one. The last entry is the time from the invitation on.',
  ].join('\n'),
  query: z.object({
    ...cohort,
    until: z.enum(REACHED).default('completed').describe('the last step'),
    path: z
      .enum(['every_step', 'ends'])
      .default('every_step')
      .describe(
        'ends: receipt, invitation and the last step alone, also of those that were not seen in between',
      ),
  }),
  response: z.object({
    count: z.int().describe('applications that every figure is of'),
    left_out: z.int(),
    steps: z.array(Step),
  }),
  lasts: 'until-a-record',
  async answer({ query }, { database }) {
    const places = placesOf(query.until, query.path === 'ends')
    const pairs = pairsOf(places)
    const { where, parameters } = ofApplications(query, {
      until: ['reached >= $until', ORDER.indexOf(query.until)],
    })
    const isCounted = pairs.map(([from, to]) => `${to}_at >= ${from}_at`).join(' AND ')
    const spans = pairs.map(([from, to], at) => `epoch_ms(${to}_at) - epoch_ms(${from}_at) AS ms${at}`)
    const figures = pairs.map((_, at) => `quantile_cont(ms${at}, [0.5, 0.95]) AS q${at}`)
    const [row = {}] = await database.read(
      `WITH found AS MATERIALIZED (SELECT ${places.map(place => `${place}_at`).join(', ')} FROM application ${where})
       SELECT (SELECT count(*) FROM found) AS reached, count(*) AS count, ${figures.join(', ')}
       FROM (SELECT ${spans.join(', ')} FROM found WHERE ${isCounted})`,
      parameters,
    )
    const count = Number(row.count ?? 0)
    return {
      count,
      left_out: Number(row.reached ?? 0) - count,
      steps: pairs.map(([from, to], at) => {
        const quantiles = row[`q${at}`]
        const [p50, p95] = Array.isArray(quantiles) ? quantiles : []
        const p95_seconds = count < P95_MIN ? null : seconds(p95)
        return { from, to, count, p50_seconds: seconds(p50), p95_seconds }
      }),
    }
  },
})

function placesOf(until: Place, areEndsAlone: boolean): readonly Place[] {
  const every = ORDER.slice(0, ORDER.indexOf(until) + 1)
  return areEndsAlone ? every.filter(place => ['received', 'invited', until].includes(place)) : every
}

/** One after the other, and the whole from the invitation on where that is more than one step. */
function pairsOf(places: readonly Place[]): readonly (readonly [Place, Place])[] {
  const pairs = places.flatMap((to, at) => {
    const from = places[at - 1]
    return from === undefined ? [] : [[from, to] as const]
  })
  const last = places.at(-1) ?? 'received'
  return places.length > 3 ? [...pairs, ['invited', last]] : pairs
}

const seconds = (ms: unknown): number | null => (typeof ms === 'number' ? Math.round(ms) / 1000 : null)

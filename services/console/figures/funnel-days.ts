import { z } from 'zod'
import { DAY_MS } from '../../core/reading/dates.ts'
import { conditions, type Selection, selected } from './conditions.ts'
import { type ApiContext, ApiError, endpoint, selection } from './endpoint.ts'
import { STAGES } from './funnel.ts'

const DAYS_MAX = 400
const DAYS_SHOWN = 28

const Day = z.object({
  day: z.string(),
  stages: z.array(z.object({ stage: z.enum(STAGES), count: z.int() })),
  states: z.array(z.object({ state: z.string(), count: z.int() })),
})

export const funnelDays = endpoint({
  method: 'get',
  path: '/api/funnel/days',
  name: 'getFunnelDays',
  tag: 'figures',
  summary: 'The funnel as it was at the end of each day',
  description: [
    'From the history of applications (`pulsifi.status.v1`), as it was known at the end of each day, in UTC; of today, until now.',
    '`stages` counts what `/api/funnel` counted then: applications that were known, and those whose invitation had reached the',
    'status or a later one. `states` counts the same applications by where they stood; states without any are left out.',
    'Who was erased since counts as `erased` on the day of the erasure, and on none before. Applications that a version',
    'without a history knew count from their first change.',
  ].join('\n'),
  query: z.object({
    ...selection,
    from: z.iso.date().optional().describe(`first day; unset: ${DAYS_SHOWN} days up to the last`),
    to: z.iso.date().optional().describe('last day; unset: today'),
  }),
  response: z.object({ days: z.array(Day) }),
  lasts: 'a-moment',
  async answer({ query }, context) {
    const to = query.to ?? dayOf(Date.now())
    const from = query.from ?? dayOf(Date.parse(to) - (DAYS_SHOWN - 1) * DAY_MS)
    const days = daysBetween(from, to)
    const parts = { from, to, query }
    const [states, reached] = await Promise.all([statesOf(context, parts), reachedOf(context, parts)])
    return { days: [...summedUp(days, states, reached)] }
  },
})

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

function daysBetween(from: string, to: string): readonly string[] {
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  if (count < 1) throw new ApiError(400, 'INPUT_INVALID', 'from: is after to')
  if (count > DAYS_MAX) throw new ApiError(400, 'INPUT_INVALID', `from: more than ${DAYS_MAX} days before to`)
  return Array.from({ length: count }, (_, at) => dayOf(Date.parse(from) + at * DAY_MS))
}

interface Parts {
  readonly from: string
  readonly to: string
  readonly query: Selection
}

/** By how much the number of a thing changes on a day; what came before the first day counts on it. */
interface Difference {
  readonly day: string
  readonly name: string
  readonly count: number
}

const SHOWN_DAY = 'greatest(day, $from::DATE) AS day'
const UP_TO = 'day <= $to::DATE'

/** Changes are counted by day and place; those of one job are few enough to be counted when somebody asks. */
const OF_ONE_JOB = `(SELECT ingested_at::DATE AS day, from_state, to_state, source, tenant_id, job_key, 1 AS count FROM status)`

/** What was before an erasure is no longer there to be taken off. */
async function statesOf({ database }: ApiContext, { from, to, query }: Parts) {
  const { where, parameters } = conditions({ ...selected(query), to: [UP_TO, to] })
  const rows = await database.read(
    `WITH step AS (
       SELECT ${SHOWN_DAY}, CASE WHEN to_state <> 'erased' THEN from_state END AS before, to_state AS after, sum(count) AS n
       FROM ${query.job_key ? OF_ONE_JOB : 'status_day'} ${where} GROUP BY ALL
     )
     SELECT day, after AS name, sum(n)::BIGINT AS count FROM step GROUP BY ALL
     UNION ALL SELECT day, before, -sum(n)::BIGINT FROM step WHERE before IS NOT NULL GROUP BY ALL`,
    { ...parameters, from },
  )
  return rows.map(differenceOf)
}

const REACHED = STAGES.slice(1)

async function reachedOf({ database }: ApiContext, { from, to, query }: Parts) {
  const { when, parameters } = conditions(selected(query))
  // One column after the other: days are counted faster than rows are turned.
  const reached = REACHED.map(
    stage =>
      `SELECT '${stage}' AS name, ${stage}_on AS day, count(*) AS n FROM history WHERE ${when} GROUP BY day`,
  )
  const rows = await database.read(
    `SELECT ${SHOWN_DAY}, name, sum(n)::BIGINT AS count FROM (${reached.join(' UNION ALL ')}) WHERE ${UP_TO} GROUP BY ALL`,
    { ...parameters, from, to },
  )
  return rows.map(differenceOf)
}

const differenceOf = (row: Readonly<Record<string, unknown>>): Difference => ({
  day: String(row.day),
  name: String(row.name),
  count: Number(row.count),
})

function* summedUp(
  days: readonly string[],
  states: readonly Difference[],
  reached: readonly Difference[],
): Iterable<z.input<typeof Day>> {
  const [standing, stages] = [new Map<string, number>(), new Map<string, number>()]
  for (const day of days) {
    add(standing, states, day)
    add(stages, reached, day)
    const known = [...standing.values()].reduce((sum, count) => sum + count, 0)
    yield {
      day,
      stages: STAGES.map(stage => ({
        stage,
        count: stage === 'canonical' ? known : (stages.get(stage) ?? 0),
      })),
      states: [...standing].filter(([, count]) => count > 0).map(([state, count]) => ({ state, count })),
    }
  }
}

function add(sums: Map<string, number>, differences: readonly Difference[], day: string): void {
  for (const item of differences)
    if (item.day === day) sums.set(item.name, (sums.get(item.name) ?? 0) + item.count)
}

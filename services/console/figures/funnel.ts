import { z } from 'zod'
import { wordsFor } from '../../core/reasons.ts'
import { standings } from '../store/standing.ts'
import { REACHED, STATES } from '../store/states.ts'
import { CAME_IN, conditions, selected, within } from './conditions.ts'
import { cohort, endpoint } from './endpoint.ts'

export const STAGES = ['canonical', 'invited', 'opened', 'started', 'completed'] as const

const Intake = z.object({
  received: z.int().describe('raw records: the sum of the other five'),
  published: z.int(),
  duplicate: z.int(),
  skipped: z.int(),
  dead_lettered: z.int(),
  pending: z.int().describe('on a raw topic and not yet decided'),
})

const Funnel = z.object({
  intake: Intake.nullable(),
  stages: z.array(
    z.object({
      stage: z.enum(STAGES),
      count: z.int(),
      from_previous: z
        .number()
        .nullable()
        .describe(
          'of those at the stage before, the share that came here, 0 to 1; null when nobody was there',
        ),
    }),
  ),
  states: z
    .array(z.object({ state: z.enum(STATES), count: z.int() }))
    .describe('the same applications by where they stand now; states without any are left out'),
  outcomes: z.array(z.object({ outcome: z.string(), count: z.int() })),
  reasons: z.array(
    z.object({
      outcome: z.string(),
      code: z.string(),
      count: z.int(),
      text: z.string(),
      action: z.string().nullable(),
    }),
  ),
})

/** Outcomes that keep an application from going on. */
const HELD = "outcome IN ('WAITING', 'BLOCKED', 'AMBIGUOUS', 'FAILED', 'SKIPPED')"

export const funnel = endpoint({
  method: 'get',
  path: '/api/funnel',
  name: 'getFunnel',
  tag: 'figures',
  summary: 'How far applications came, and why others did not',
  description: [
    '`intake` counts raw records (events, not applications) by what the normalizer made of them; the counts ride in the',
    'metadata of its committed offsets. It can be told by source only: null with a tenant, a job or days, for users who are limited to tenants, or before the first look.',
    '`stages` counts applications. canonical: named by the newest record of a candidate, or known to the ledger of',
    'invitations. invited, opened, started, completed: the invitation reached this status of Pulsifi or a later one; an',
    'expired invitation keeps what it reached. A status between two looks at Pulsifi can be missed; the later one counts for both.',
    '`outcomes` counts the same applications by the outcome of the newest ledger record, UNDECIDED where there is none:',
    'their sum is canonical. `reasons` counts waiting, blocked, ambiguous, failed and skipped applications by their first',
    'reason, without a number at its end.',
  ].join('\n'),
  query: z.object(cohort),
  response: Funnel,
  lasts: 'a-moment',
  async answer({ query }, { database, snapshot, user }) {
    const received = conditions(within(CAME_IN, query))
    const places = conditions(selected(query), ['n > 0'])
    const rows = await database.read(
      `SELECT outcome, state, CASE WHEN ${HELD} THEN reason END AS code,
         sum(n)::BIGINT AS count, ${REACHED.map((stage, at) => `coalesce(sum(n) FILTER (reached > ${at}), 0)::BIGINT AS ${stage}`).join(', ')}
       FROM ${standings(received.when)} ${places.where} GROUP BY ALL ORDER BY count DESC`,
      { ...received.parameters, ...places.parameters },
    )
    const countAt = (stage: (typeof STAGES)[number]) =>
      rows.reduce((total, row) => total + Number(row[stage === 'canonical' ? 'count' : stage]), 0)
    const { source, ...others } = query
    const byKafka = user.tenants === null && Object.values(others).every(value => value === undefined)
    const states = summed(rows, ({ state }) => String(state))
    return {
      intake: byKafka ? (snapshot()?.intake(source) ?? null) : null,
      stages: STAGES.map((stage, at) => {
        const count = countAt(stage)
        const before = countAt(STAGES[at - 1] ?? stage)
        return { stage, count, from_previous: at === 0 || before === 0 ? null : share(count, before) }
      }),
      states: STATES.flatMap(state => {
        const count = states.get(state)
        return count === undefined ? [] : [{ state, count }]
      }),
      outcomes: [...summed(rows, ({ outcome }) => String(outcome))].map(([outcome, count]) => ({
        outcome,
        count,
      })),
      reasons: reasonsOf(rows),
    }
  },
})

type Rows = readonly Readonly<Record<string, unknown>>[]

function summed(rows: Rows, nameOf: (row: Rows[number]) => string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(nameOf(row), (sums.get(nameOf(row)) ?? 0) + Number(row.count))
  return sums
}

const share = (part: number, whole: number): number => Math.round((part / whole) * 10_000) / 10_000

/** The same reason is on several rows where applications of an outcome stand in several states. */
function reasonsOf(rows: Rows): z.input<typeof Funnel>['reasons'] {
  const counts = summed(
    rows.filter(({ code }) => code !== null),
    ({ outcome, code }) => JSON.stringify([outcome, code]),
  )
  return [...counts]
    .map(([name, count]) => {
      const [outcome = '', code = ''] = JSON.parse(name) as string[]
      return { outcome, code, count, ...wordsFor(code) }
    })
    .toSorted((a, b) => b.count - a.count)
}

import { z } from 'zod'
import { wordsFor } from '../../core/reasons.ts'
import { IS_KNOWN } from '../store/tables.ts'
import { conditions, selected } from './conditions.ts'
import { endpoint, selection } from './endpoint.ts'
import { COUNTED_REASON } from './reasons.ts'

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
  stages: z.array(z.object({ stage: z.enum(STAGES), count: z.int() })),
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
    'metadata of its committed offsets. It can be told by source only: null with a tenant or a job, for users who are limited to tenants, or before the first look.',
    '`stages` counts applications. canonical: named by the newest record of a candidate, or known to the ledger of',
    'invitations. invited, opened, started, completed: the invitation reached this status of Pulsifi or a later one; an',
    'expired invitation keeps what it reached. A status between two looks at Pulsifi can be missed; the later one counts for both.',
    '`outcomes` counts the same applications by the outcome of the newest ledger record, UNDECIDED where there is none:',
    'their sum is canonical. `reasons` counts waiting, blocked, ambiguous, failed and skipped applications by their first',
    'reason, without a number at its end.',
  ].join('\n'),
  query: z.object(selection),
  response: Funnel,
  followsData: false,
  async answer({ query }, { database, snapshot, user }) {
    const { where, parameters } = conditions(selected(query), [IS_KNOWN])
    const rows = await database.read(
      `SELECT coalesce(outcome, 'UNDECIDED') AS outcome,
         CASE WHEN ${HELD} THEN ${COUNTED_REASON} END AS code,
         count(*) AS count, count(*) FILTER (reached >= 1) AS invited, count(*) FILTER (reached >= 2) AS opened,
         count(*) FILTER (reached >= 3) AS started, count(*) FILTER (reached >= 4) AS completed
       FROM application ${where} GROUP BY ALL ORDER BY count DESC`,
      parameters,
    )
    const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0)
    const outcomes = new Map<string, number>()
    for (const { outcome, count } of rows)
      outcomes.set(String(outcome), (outcomes.get(String(outcome)) ?? 0) + Number(count))
    const byKafka = query.tenant === undefined && query.job === undefined && user.tenants === null
    return {
      intake: byKafka ? (snapshot()?.intake(query.source) ?? null) : null,
      stages: STAGES.map(stage => ({ stage, count: sum(stage === 'canonical' ? 'count' : stage) })),
      outcomes: [...outcomes].map(([outcome, count]) => ({ outcome, count })),
      reasons: rows
        .filter(({ code }) => code !== null)
        .map(({ outcome, code, count }) => ({
          outcome: String(outcome),
          code: String(code),
          count: Number(count),
          ...wordsFor(String(code)),
        })),
    }
  },
})

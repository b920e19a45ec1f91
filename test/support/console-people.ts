/** Some hundred made-up applications in every state, with their history and scores: what a page is looked at with. */
import type { ApplicationState } from '../../schemas/types.ts'
import type { MemoryTopics } from '../unit/console/topics-in-memory.ts'
import { candidate, invitation, job, score, status } from './console-records.ts'

export const PLACE = { source: 'jobylon', tenant: 'default' }
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const TITLES = [
  'Ingénieur qualité',
  'Nurse',
  'Store Manager',
  'Data Analyst',
  'Mechanic',
  'Sales Adviser',
  'Żeglarz',
]
/** What became of one application of seven. */
const ENDS: readonly ApplicationState[] = [
  ...(['completed', 'completed', 'started', 'opened', 'expired', 'blocked', 'waiting'] as const),
]
const WAY = ['invited', 'opened', 'started', 'completed'] as const

/** In [0, 1), the same for the same number. */
const lot = (n: number): number => ((n * 7_919) % 1_000) / 1_000

export interface PeopleOptions {
  readonly people: number
  readonly jobs: number
  /** The last day. */
  readonly untilMs: number
}

export async function writePeople(
  topics: MemoryTopics,
  { people, jobs, untilMs }: PeopleOptions,
): Promise<void> {
  const rows = Array.from({ length: jobs }, (_, n) => {
    const title = TITLES[n] ?? `Job ${String(n).padStart(3, '0')}`
    return topics.record('job', keyOf(`j${n}`), job(PLACE, `j${n}`, { title, reference: `REF-${n}` }))
  })
  for (let n = 0; n < people; n++) rows.push(...personRows(topics, n, jobs, untilMs))
  await topics.write(...rows)
}

const keyOf = (id: string) => `${PLACE.source}:${PLACE.tenant}:${id}`

function personRows(topics: MemoryTopics, n: number, jobs: number, untilMs: number) {
  const [id, jobId] = [`p${n}`, `j${n < jobs ? n : (n * n) % Math.min(jobs, 7)}`]
  const receivedAt = untilMs - (n % 20) * DAY_MS - 6 * HOUR_MS
  const provenance = { ...candidate(PLACE, id, []).provenance, received_at: receivedAt }
  const name = n === 0 ? { first_name: 'Zoë', last_name: 'Łukasik' } : {}
  const end = ENDS[n % ENDS.length] ?? 'waiting'
  const reached = stepsTo(end)
  const step = (at: number) => receivedAt + (at + 1) * HOUR_MS * (0.5 + lot(n))
  return [
    topics.record('candidate', keyOf(id), candidate(PLACE, id, [jobId], { provenance, ...name })),
    ...reached.map(([known], at) =>
      topics.record(
        'invitation',
        `${keyOf(id)}#${jobId}`,
        invitation(PLACE, id, jobId, { ...known, occurred_at: step(at) }),
      ),
    ),
    ...[['received'] as const, ...reached.map(([, to]) => [to] as const)].map(([to], at, all) =>
      topics.record(
        'status',
        `${id} ${at + 1}`,
        status(PLACE, id, jobId, {
          ...{ number: at + 1, from: all[at - 1]?.[0] ?? null, to },
          ...{ occurred_at: step(at - 1), ingested_at: step(at - 1) },
        }),
      ),
    ),
    ...(end === 'completed' ? scoreRows(topics, n, id, jobId, step(4)) : []),
  ]
}

type Step = readonly [Parameters<typeof invitation>[3], ApplicationState]
function stepsTo(end: ApplicationState): readonly Step[] {
  if (end === 'waiting') return [[{ outcome: 'WAITING', reasons: ['JOB_UNBOUND'] }, 'waiting']]
  if (end === 'blocked') return [[{ outcome: 'BLOCKED', reasons: ['EMAIL_MISSING'] }, 'blocked']]
  const words =
    end === 'expired'
      ? ['invited' as const, 'opened' as const]
      : WAY.slice(0, (WAY as readonly ApplicationState[]).indexOf(end) + 1)
  const way = words.map(word => [{ outcome: 'INVITED', status: word }, word] as const)
  return end === 'expired' ? [...way, [{ outcome: 'INVITED', status: 'expired' }, 'expired']] : way
}

const scoreRows = (topics: MemoryTopics, n: number, id: string, jobId: string, observed_at: number) =>
  (['role_fit', 'organizational_fit'] as const).map((score_type, at) =>
    topics.record(
      'score',
      `${id} ${score_type}`,
      score(PLACE, id, jobId, {
        ...{ event_id: `${id} ${score_type}`, score_type, observed_at },
        score_value: Math.round(25 + ((n * 37 + at * 11) % 70)),
      }),
    ),
  )

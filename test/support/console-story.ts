/** A few made-up applications, one for each way that they end, as the console's tables hold them. */
import type { MemoryTopics } from '../unit/console/topics-in-memory.ts'
import { binding, candidate, invitation, job, result, score } from './console-records.ts'

export const PLACE = { source: 'jobylon', tenant: 'default' }
const keyOf = (id: string) => `jobylon:default:${id}`
export const applicationKey = (id: string) => `${keyOf(id)}#j1`

const HOUR_MS = 3_600_000

/** `lost`: AMBIGUOUS; `named`: the same, and Pulsifi has called back about it; `blocked`, `late`, `done`, `new`. */
export async function writeStory(topics: MemoryTopics, nowMs: number): Promise<void> {
  const at = nowMs - 2 * HOUR_MS
  const person = (id: string) => {
    const record = candidate(PLACE, id, ['j1'])
    return topics.record(
      'candidate',
      keyOf(id),
      { ...record, provenance: { ...record.provenance, received_at: at } },
      at,
    )
  }
  const decided = (id: string, known: object) =>
    topics.record(
      'invitation',
      applicationKey(id),
      invitation(PLACE, id, 'j1', { occurred_at: at, attempt: 1, ...known }),
      at,
    )
  const scored = (score_type: string, score_value: number, known: object = {}) =>
    topics.record(
      'score',
      applicationKey('done'),
      score(PLACE, 'done', 'j1', { score_type, score_value, observed_at: at, ...known }),
      at,
    )
  await topics.write(
    topics.record('job', keyOf('j1'), job(PLACE, 'j1', { title: 'Store Manager' }), at),
    topics.record('binding', keyOf('j1'), binding(PLACE, 'j1', { updated_at: at }), at),
    ...['lost', 'named', 'blocked', 'late', 'done', 'new'].map(person),
    decided('lost', { outcome: 'AMBIGUOUS', reasons: ['ECONNRESET'] }),
    decided('named', { outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST', 'PULSIFI_CONFIRMED'] }),
    decided('blocked', {
      outcome: 'BLOCKED',
      reasons: ['EMAIL_MISSING', 'JOB_BLOCKED:DESCRIPTION_TOO_SHORT:151'],
    }),
    decided('late', { outcome: 'WAITING', reasons: ['APPLIED_AT_UNKNOWN'] }),
    decided('done', {
      outcome: 'INVITED',
      status: 'invited',
      created_at: at,
      pulsifi_candidate_id: 'p-done',
    }),
    decided('done', {
      outcome: 'INVITED',
      status: 'completed',
      created_at: at,
      pulsifi_candidate_id: 'p-done',
    }),
    topics.record('result', applicationKey('done'), result(PLACE, 'done', 'j1', { observed_at: at }), at),
    scored('role_fit', 78),
    scored('organizational_fit', 61.5),
    scored('reasoning_verbal', 7, { kind: 'ADDITIONAL', score_format: 10 }),
  )
}

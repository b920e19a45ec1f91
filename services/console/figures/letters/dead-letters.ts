import { z } from 'zod'
import { OWNERS, wordsFor } from '../../../core/reasons.ts'
import type { OpenDeadLetters } from '../../../platform/process/metrics-when-asked.ts'
import type { Database } from '../../store/database.ts'
import { OPEN_DEAD_LETTERS } from '../../store/tables.ts'
import { DEAD_LETTER_TOPICS } from '../../store/topics.ts'
import { conditions } from '../conditions.ts'
import { endpoint, paging, time } from '../endpoint.ts'

export const DeadLetter = z.object({
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  recorded_at: z.string(),
  key: z.string().nullable(),
  event_id: z.string().nullable(),
  event_type: z.string().nullable(),
  tenant_id: z.string().nullable(),
  code: z.string().nullable(),
  text: z.string(),
  action: z.string().nullable(),
  owner: z.enum(OWNERS).nullable().describe('whose the action is'),
  stage: z.string().nullable(),
  detail: z.string().nullable().describe('names fields, never values'),
  first_topic: z.string().nullable(),
  first_partition: z.int().nullable(),
  first_offset: z.int().nullable().describe('-1 for an event that ingress refused'),
  delivery_count: z.int().nullable(),
})

const groupOf = (topic: string): string => topic.replace(/[.]dead-letter$/, '')

/** Those that nobody has decided on, by topic and code; one entry without a code for a topic that has none. */
export async function openDeadLetters(database: Pick<Database, 'read'>): Promise<readonly OpenDeadLetters[]> {
  const rows = await database.read(
    `SELECT topic, coalesce(code, 'UNKNOWN') AS code, count(*) AS count, epoch_ms(min(recorded_at)) AS oldest
     FROM ${OPEN_DEAD_LETTERS} GROUP BY ALL ORDER BY ALL`,
  )
  const open = rows.map(({ topic, code, count, oldest }) => ({
    topic: String(topic),
    group: groupOf(String(topic)),
    reason: String(code),
    count: Number(count),
    oldestMs: Number(oldest),
  }))
  const none = DEAD_LETTER_TOPICS.filter(topic => !open.some(letters => letters.topic === topic))
  return [
    ...open,
    ...none.map(topic => ({ topic, group: groupOf(topic), reason: '', count: 0, oldestMs: null })),
  ]
}

export const deadLetters = endpoint({
  method: 'get',
  path: '/api/dead-letters',
  name: 'listDeadLetters',
  tag: 'dead letters',
  summary: 'Records that a process refused',
  description:
    'What the dead-letter topics hold and nobody has decided on yet, newest first, from their headers alone: bodies stay on\nthe topic.',
  query: z.object({
    topic: z.string().optional(),
    code: z.string().optional().describe('one of by_code'),
    ...paging,
  }),
  response: z.object({
    total: z.int(),
    by_code: z.array(
      z.object({ topic: z.string(), code: z.string(), count: z.int(), newest_at: time(), text: z.string() }),
    ),
    dead_letters: z.array(DeadLetter),
  }),
  lasts: 'until-a-record',
  async answer({ query }, { database }) {
    const { where, parameters } = conditions({
      topic: ['topic = $topic', query.topic],
      code: ["coalesce(code, 'UNKNOWN') = $code", query.code],
    })
    const groups = await database.read(
      `SELECT topic, coalesce(code, 'UNKNOWN') AS code, count(*) AS count, max(recorded_at) AS newest_at
       FROM ${OPEN_DEAD_LETTERS} GROUP BY ALL ORDER BY count DESC`,
    )
    const [{ total } = { total: 0 }] = await database.read(
      `SELECT count(*) AS total FROM ${OPEN_DEAD_LETTERS} ${where}`,
      parameters,
    )
    const rows = await database.read(
      `SELECT topic, kafka_partition AS partition, kafka_offset AS "offset", recorded_at, record_key AS key, event_id, event_type,
         tenant_id, code, stage, detail, first_topic, first_partition, first_offset, delivery_count
       FROM ${OPEN_DEAD_LETTERS} ${where} ORDER BY recorded_at DESC, topic, kafka_partition, kafka_offset DESC
       LIMIT ${query.limit} OFFSET ${query.offset}`,
      parameters,
    )
    return {
      total: Number(total),
      by_code: groups.map(group => ({
        topic: String(group.topic),
        code: String(group.code),
        count: Number(group.count),
        newest_at: group.newest_at === null ? null : String(group.newest_at),
        text: wordsFor(String(group.code)).text,
      })),
      dead_letters: rows.map(row => DeadLetter.parse({ ...row, ...wordsFor(String(row.code ?? 'UNKNOWN')) })),
    }
  },
})

import { z } from 'zod'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../core/topics.ts'
import { ApplicationRow, applicationOf } from './applications.ts'
import { ApiError, endpoint } from './endpoint.ts'
import { timelineText } from './timeline-words.ts'

const Entry = z.object({
  happened_at: z.string().describe('when it happened: receipt, decision or answer'),
  recorded_at: z.string().describe('timestamp of the record on its topic'),
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  kind: z.enum(['candidate', 'job', 'binding', 'invitation', 'result', 'score', 'raw']),
  code: z.string(),
  text: z.string(),
  details: z.array(z.string()).describe('reasons in words'),
})

const part = (kind: string, topic: string, at: string, code: string, detail: string, from: string) =>
  `SELECT ${at} AS happened_at, recorded_at, '${topic}' AS topic, kafka_partition AS partition, kafka_offset AS "offset", '${kind}' AS kind,
     ${code} AS code, ${detail} AS details FROM ${from}`

const RECORDS = [
  part(
    'candidate',
    CANONICAL_CANDIDATE,
    'received_at',
    "CASE WHEN is_tombstone THEN 'TOMBSTONE' WHEN lifecycle = 'DELETED' THEN 'DELETED' ELSE event_type END",
    '[source_event_type]',
    'candidate_event WHERE candidate_key = $candidate',
  ),
  `SELECT received_at, received_at, raw_topic, raw_partition, raw_offset, 'raw', source_event_type, [event_id]
     FROM candidate_event WHERE candidate_key = $candidate AND raw_topic IS NOT NULL`,
  part(
    'job',
    CANONICAL_JOB,
    'received_at',
    "CASE WHEN is_tombstone THEN 'TOMBSTONE' ELSE coalesce(status, lifecycle) END",
    '[title]',
    'job_event WHERE job_key = $job',
  ),
  part(
    'binding',
    PULSIFI_JOB_BINDING,
    'updated_at',
    "CASE WHEN is_tombstone THEN 'TOMBSTONE' ELSE state END",
    'reasons',
    'binding_event WHERE job_key = $job',
  ),
  part(
    'invitation',
    PULSIFI_INVITATION,
    'occurred_at',
    "CASE WHEN is_tombstone THEN 'TOMBSTONE' WHEN outcome = 'INVITED' THEN concat_ws(':', outcome, status) ELSE outcome END",
    'reasons',
    'invitation_event WHERE application_key = $key',
  ),
  part(
    'result',
    PULSIFI_RESULT,
    'observed_at',
    "CASE WHEN is_tombstone THEN 'TOMBSTONE' ELSE status END",
    '[trigger, score_count::VARCHAR]',
    'result_event WHERE application_key = $key',
  ),
  part(
    'score',
    PULSIFI_SCORE,
    'observed_at',
    'score_type',
    '[score_value::VARCHAR, score_format::VARCHAR, kind]',
    'score WHERE application_key = $key',
  ),
]

export const timeline = endpoint({
  method: 'get',
  path: '/api/applications/timeline',
  name: 'getTimeline',
  tag: 'applications',
  summary: 'Every record about one application, in order',
  description: [
    'What was read about the application, its candidate and its job, each with topic, partition and offset, oldest first.',
    'Records that compaction removed before they were read are not here.',
  ].join('\n'),
  query: z.object({ key: z.string().min(1).describe('application_key') }),
  response: z.object({ application: ApplicationRow.nullable(), records: z.array(Entry) }),
  audited: ({ query: { key } }) => ({ kind: 'LOOK', subjects: [key] }),
  followsData: true,
  async answer({ query: { key } }, context) {
    const application = await applicationOf(context, key)
    const rows = await context.database.read(
      `SELECT * REPLACE (coalesce(happened_at, recorded_at) AS happened_at) FROM (${RECORDS.join(' UNION ALL ')})
       ORDER BY 1, recorded_at, kind, "offset" LIMIT 1000`,
      { key, candidate: application?.candidate_key ?? null, job: application?.job_key ?? null },
    )
    if (application === null && rows.length === 0)
      throw new ApiError(404, 'APPLICATION_UNKNOWN', 'no record names an application with this key')
    return {
      application,
      records: rows.map(row => Entry.parse({ ...row, code: row.code ?? '', ...timelineText(row) })),
    }
  },
})

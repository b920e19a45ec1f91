import { z } from 'zod'
import { OWNERS } from '../../../core/reasons.ts'
import { RESOLUTIONS } from '../../../core/resolution.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../../core/topics.ts'
import { ApplicationRow } from '../../listed/application-rows.ts'
import { applicationOf } from '../applications.ts'
import { OF_APPLICATION } from '../conditions.ts'
import { type ApiContext, ApiError, endpoint } from '../endpoint.ts'
import { type Answer, answerOf } from './answer.ts'
import { ledgerEntryOf } from './ledger-entry.ts'
import { resultPlaceOf } from './report.ts'
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

const AnswerShown = z.object({
  decided: z.string().describe('in words'),
  explanation: z.string().nullable(),
  reasons: z.array(
    z.object({
      code: z.string(),
      text: z.string(),
      action: z.string().nullable().describe('what to do about it; null: nothing'),
      owner: z.enum(OWNERS).nullable().describe('whose that is'),
    }),
  ),
  next: z.string().describe('what follows when nobody does anything'),
  acts: z
    .array(
      z.object({
        resolution: z.enum(RESOLUTIONS),
        consequence: z.string().describe('what comes of it'),
        command: z.string(),
      }),
    )
    .describe('what an operator can say of it at /api/applications/resolve, each with the same as a command'),
})

const Score = z.object({
  score_type: z.string(),
  kind: z.string().describe('FIT: how well the candidate fits; ADDITIONAL: a single trait'),
  score_value: z.number(),
  score_format: z.int().describe('points of a full score'),
  observed_at: z.string(),
})

const part = (kind: string, topic: string, at: string, code: string, detail: string, from: string) =>
  `SELECT ${at} AS happened_at, recorded_at, '${topic}' AS topic, kafka_partition AS partition, kafka_offset AS "offset", '${kind}' AS kind,
     ${code} AS code, ${detail} AS details FROM ${from}`

const CANDIDATE = 'candidate_id = hash($candidate::VARCHAR)'

const RECORDS = [
  part(
    'candidate',
    CANONICAL_CANDIDATE,
    'received_at',
    "CASE WHEN is_tombstone THEN 'TOMBSTONE' WHEN lifecycle = 'DELETED' THEN 'DELETED' ELSE event_type END",
    '[source_event_type]',
    `candidate_event WHERE ${CANDIDATE}`,
  ),
  `SELECT received_at, received_at, raw_topic, raw_partition, raw_offset, 'raw', source_event_type, [event_id]
     FROM candidate_event WHERE ${CANDIDATE} AND raw_topic IS NOT NULL`,
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
    `invitation_event WHERE ${OF_APPLICATION}`,
  ),
  part(
    'result',
    PULSIFI_RESULT,
    'observed_at',
    "CASE WHEN is_tombstone THEN 'TOMBSTONE' ELSE status END",
    '[trigger, score_count::VARCHAR]',
    `result_event WHERE ${OF_APPLICATION}`,
  ),
  part(
    'score',
    PULSIFI_SCORE,
    'observed_at',
    'score_type',
    '[score_value::VARCHAR, score_format::VARCHAR, kind]',
    `score WHERE ${OF_APPLICATION}`,
  ),
]

export const timeline = endpoint({
  method: 'get',
  path: '/api/applications/timeline',
  name: 'getTimeline',
  tag: 'applications',
  summary:
    'What became of one application, what is to be done, its scores, and every record about it, in order',
  description: [
    'The answer stands in words, with what an operator can say of it; scores are the current ones. records: what was read about the application, its candidate and its job, each with topic, partition and offset, oldest first.',
    'Records that compaction removed before they were read are not here.',
  ].join('\n'),
  query: z.object({ key: z.string().min(1).describe('application_key') }),
  response: z.object({
    application: ApplicationRow.nullable(),
    answer: AnswerShown,
    scores: z.array(Score),
    report: z
      .enum(['none', 'names-off', 'there'])
      .describe(
        'whether /api/applications/report has links; names-off: there is one, and this console shows no names',
      ),
    records: z.array(Entry),
  }),
  audited: ({ query: { key } }) => ({ kind: 'LOOK', subjects: [key] }),
  lasts: 'until-a-record',
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
      answer: shown(answerOf(await ledgerEntryOf(context, key))),
      scores: await scoresOf(context, key),
      report: await reportOf(context, key),
      records: rows.map(row => Entry.parse({ ...row, code: row.code ?? '', ...timelineText(row) })),
    }
  },
})

const shown = (answer: Answer): z.input<typeof AnswerShown> => ({
  ...answer,
  reasons: [...answer.reasons],
  acts: [...answer.acts],
})

async function scoresOf({ database }: ApiContext, key: string) {
  const rows = await database.read(
    `SELECT score_type, kind, score_value, score_format, observed_at FROM score
     WHERE ${OF_APPLICATION} AND is_current ORDER BY kind <> 'FIT', score_type`,
    { key },
  )
  return rows.map(row => Score.parse(row))
}

async function reportOf(context: ApiContext, key: string): Promise<'none' | 'names-off' | 'there'> {
  if ((await resultPlaceOf(context, key)) === null) return 'none'
  return context.keepsPersonalData ? 'there' : 'names-off'
}

/** What the console reads. */
import { type AvroTopic, isAvroTopic } from '../../../schemas/subjects.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  DEAD_LETTER_STATE,
  deadLetterTopic,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../../core/topics.ts'

export const DEAD_LETTER_TOPICS: readonly string[] = [
  deadLetterTopic('ingress'),
  deadLetterTopic('normalizer'),
  deadLetterTopic('pulsifi-sink'),
]

const RECORD_TOPICS = [
  CANONICAL_JOB,
  CANONICAL_CANDIDATE,
  PULSIFI_JOB_BINDING,
  PULSIFI_INVITATION,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
] as const satisfies readonly AvroTopic[]
export type RecordTopic = (typeof RECORD_TOPICS)[number]

export const FOLLOWED_TOPICS: readonly string[] = [...RECORD_TOPICS, ...DEAD_LETTER_TOPICS, DEAD_LETTER_STATE]

const RECORDS: ReadonlySet<string> = new Set(RECORD_TOPICS)
export const isRecordTopic = (topic: string): topic is RecordTopic => isAvroTopic(topic) && RECORDS.has(topic)

/** Topics whose records go by age: what left the topic leaves the console. */
export const AGEING: readonly { readonly topic: string; readonly table: string }[] = [
  { topic: PULSIFI_SCORE, table: 'score' },
  { topic: PULSIFI_STATUS, table: 'status' },
  ...DEAD_LETTER_TOPICS.map(topic => ({ topic, table: 'dead_letter' })),
]

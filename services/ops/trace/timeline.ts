/** One entity's story: what each record of it says, without what it says about a person. Pure. */
import type { RecordOf } from '../../../schemas/subjects.ts'
import { isAvroTopic } from '../../../schemas/subjects.ts'
import {
  AUDIT,
  CANARY,
  CANONICAL_CANDIDATE,
  CANONICAL_COMPANY,
  CANONICAL_JOB,
  DEAD_LETTER_HEADER,
  DEAD_LETTER_STATE,
  HEADER,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  rawTopic,
} from '../../core/topics.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { TopicRecord } from '../../platform/readers/topic-reader.ts'

export interface TimelineEntry {
  readonly timeMs: number
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Of whom: key of the record. */
  readonly key: string | null
  readonly what: string
  readonly detail: string
}

/** @param decoded of an Avro topic; undefined for a tombstone and for bytes that cannot be read */
export function toEntry(record: TopicRecord, decoded: unknown): TimelineEntry {
  const { topic, partition, offset, timestampMs: timeMs, key } = record
  const [what, detail] = wordsOf(record, decoded)
  return { timeMs, topic, partition, offset, key: topic === PULSIFI_REFERENCE ? null : key, what, detail }
}

type Words = readonly [what: string, detail: string]

function wordsOf(record: TopicRecord, decoded: unknown): Words {
  const { topic } = record
  if (isAvroTopic(topic)) {
    if (record.value === null) return ['tombstone', '']
    // Cast: decoded by the schema of this very topic.
    return decoded === undefined ? ['unreadable', ''] : AVRO_WORDS[topic](decoded as never)
  }
  const text = (name: string) => headerText(record.headers, name) ?? ''
  if (topic === DEAD_LETTER_STATE) return ['operator', record.value?.toString('utf8') ?? '']
  if (topic.endsWith('.dead-letter'))
    return [
      `refused ${text(DEAD_LETTER_HEADER.code)}`,
      `at ${text(DEAD_LETTER_HEADER.stage)}, time ${text(DEAD_LETTER_HEADER.deliveryCount)}: ${text(DEAD_LETTER_HEADER.message)}`,
    ]
  if (topic.endsWith('.redrive')) return ['sent back', `after ${text(DEAD_LETTER_HEADER.code)}`]
  if (topic === PULSIFI_RAW) return ['callback received', `event ${text(HEADER.id)}`]
  return [`received ${text(HEADER.type)}`, `event ${text(HEADER.id)}, at ${text(HEADER.time)}`]
}

const AVRO_WORDS: { readonly [T in keyof RecordOf]: (record: RecordOf[T]) => Words } = {
  [CANONICAL_JOB]: ({ lifecycle, status, provenance }) => [
    `published ${provenance.event_type}`,
    list([lifecycle, status, `event ${provenance.event_id}`, ...provenance.warnings]),
  ],
  [CANONICAL_CANDIDATE]: ({ lifecycle, applications, provenance }) => [
    `published ${provenance.event_type}`,
    list([
      lifecycle,
      `${applications.length} applications`,
      `event ${provenance.event_id}`,
      ...provenance.warnings,
    ]),
  ],
  [CANONICAL_COMPANY]: ({ provenance }) => [
    `published ${provenance.event_type}`,
    list([`event ${provenance.event_id}`, ...provenance.warnings]),
  ],
  [CANARY]: ({ event_id }) => ['canary came through', `event ${event_id}`],
  [PULSIFI_JOB_BINDING]: ({ state, pulsifi_job_id, block_reasons, attempt }) => [
    `job ${state}`,
    list([pulsifi_job_id && `Pulsifi job ${pulsifi_job_id}`, ...block_reasons, calls(attempt)]),
  ],
  [PULSIFI_INVITATION]: ({ outcome, status, reasons, attempt, http_status, pulsifi_candidate_id }) => [
    outcome,
    list([
      status,
      ...reasons,
      calls(attempt),
      http_status === null ? null : `HTTP ${http_status}`,
      pulsifi_candidate_id && `Pulsifi candidate ${pulsifi_candidate_id}`,
    ]),
  ],
  [PULSIFI_CLAIM]: ({ kind, claim_key }) => [
    `claim ${kind}`,
    kind === 'HOLDS' ? (claim_key.split(':')[0] ?? '') : '',
  ],
  [PULSIFI_ACCESS]: () => ['way into the assessment', ''],
  [AUDIT]: ({ kind, action }) => [kind.toLowerCase(), action],
  [PULSIFI_REFERENCE]: ({ kind }) => ['reference', kind],
  [PULSIFI_INBOX]: ({ kind, body }) => [
    kind === 'COMMAND' ? `operator ${commandIn(body)}` : `asked ${kind}`,
    '',
  ],
  [PULSIFI_RESULT]: ({ status, scores, additional_scores, trigger }) => [
    `result ${status}`,
    list([`${scores.length} scores`, `${additional_scores.length} additional`, `by ${trigger}`]),
  ],
  [PULSIFI_SCORE]: ({ score_type, score_value, score_format }) => [
    'score',
    `${score_type} ${score_value} of ${score_format}`,
  ],
  [PULSIFI_STATUS]: ({ from, to, reason, reason_number, actor }) => [
    `status ${to}`,
    list([from && `from ${from}`, reason, reason_number === null ? null : `${reason_number}`, `by ${actor}`]),
  ],
}

const calls = (attempt: number): string | null => (attempt === 0 ? null : `call ${attempt}`)
const list = (parts: readonly (string | null)[]): string =>
  parts.filter(part => part !== null && part !== '').join(', ')

/** Only the command's name: the body may hold links. */
function commandIn(body: string): string {
  const [, name] = /"command":"([a-z-]{1,40})"/.exec(body) ?? []
  return name ?? 'command'
}

/** In the order of time; what happened in the same millisecond, in the order of the pipeline. */
export const inOrder = (entries: readonly TimelineEntry[]): readonly TimelineEntry[] =>
  [...entries].sort(
    (a, b) =>
      a.timeMs - b.timeMs ||
      stageOf(a.topic) - stageOf(b.topic) ||
      a.topic.localeCompare(b.topic) ||
      a.offset - b.offset,
  )

const STAGES: readonly string[] = [
  CANONICAL_JOB,
  CANONICAL_CANDIDATE,
  PULSIFI_INBOX,
  PULSIFI_JOB_BINDING,
  PULSIFI_CLAIM,
  PULSIFI_INVITATION,
  PULSIFI_ACCESS,
  PULSIFI_REFERENCE,
  PULSIFI_RAW,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
]
const stageOf = (topic: string): number => (topic.startsWith(rawTopic('')) ? -2 : STAGES.indexOf(topic))

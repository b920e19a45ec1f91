/** One record of a followed topic, as rows. */
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  DEAD_LETTER_HEADER,
  DEAD_LETTER_STATE,
  HEADER,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../../core/topics.ts'
import { type Codec, UndecodableError } from '../../platform/avro/codec.ts'
import { type Decision, parseDecision } from '../../platform/dead-letters/plan.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { FollowedRecord } from '../../platform/readers/topic-follower.ts'
import type { RowOf } from './columns.ts'
import {
  bindingRows,
  candidateRows,
  invitationRows,
  jobRows,
  type Place,
  resultRows,
  scoreRows,
  statusRows,
} from './rows.ts'
import type { STAGED, StagedRow } from './staged.ts'
import { isRecordTopic, type RecordTopic } from './topics.ts'

export interface RecordReading {
  readonly codec: Pick<Codec, 'decode'>
  readonly keepsPersonalData: boolean
  /** Whether a decision is about the letter of this name, and not one of another log. */
  readonly isAbout: (decision: Decision, letter: string) => boolean
}

export function readRecord(
  topic: string,
  partition: number,
  record: FollowedRecord,
  reading: RecordReading,
): StagedRow[] {
  const place = {
    kafka_partition: partition,
    kafka_offset: record.offset,
    recorded_at: record.timestampMs,
  }
  if (topic === DEAD_LETTER_STATE) return [decisionRow(place, record, reading)]
  if (!isRecordTopic(topic)) return [deadLetterRow(topic, place, record)]
  try {
    return valueRows(topic, place, record.key ?? '', record.value, reading)
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error
    return [{ table: 'unreadable', row: { topic, ...place, record_key: record.key ?? '' } }]
  }
}

function valueRows(
  topic: RecordTopic,
  place: Place,
  key: string,
  value: Buffer | null,
  { codec, keepsPersonalData }: RecordReading,
): StagedRow[] {
  const read = <T extends RecordTopic>(name: T) => (value === null ? null : codec.decode(name, value))
  switch (topic) {
    case CANONICAL_JOB:
      return jobRows(place, key, read(topic))
    case CANONICAL_CANDIDATE:
      return candidateRows(place, key, read(topic), keepsPersonalData)
    case PULSIFI_JOB_BINDING:
      return bindingRows(place, key, read(topic))
    case PULSIFI_INVITATION:
      return invitationRows(place, key, read(topic))
    case PULSIFI_RESULT:
      return resultRows(place, key, read(topic))
    case PULSIFI_SCORE:
      return scoreRows(place, key, read(topic))
    case PULSIFI_STATUS:
      return statusRows(place, key, read(topic))
  }
}

function decisionRow(place: Place, { key, value }: FollowedRecord, { isAbout }: RecordReading): StagedRow {
  const read = parseDecision(value)
  const decided = read !== null && isAbout(read, key ?? '') ? read : null
  const row: RowOf<(typeof STAGED)['decision']> = {
    ...place,
    letter: key ?? '',
    is_tombstone: decided === null,
    decision: decided?.decision ?? null,
    decided_at: decided === null ? null : Date.parse(decided.at),
    decided_by: decided?.by ?? null,
    sent_to: decided?.to ?? null,
  }
  return { table: 'decision', row }
}

/** Headers only: the body is what nobody could read, with personal data in it. */
function deadLetterRow(topic: string, place: Place, { key, headers }: FollowedRecord): StagedRow {
  const text = (name: string) => headerText(headers, name) ?? null
  const count = (name: string) => {
    const value = Number(text(name) ?? Number.NaN)
    return Number.isSafeInteger(value) ? value : null
  }
  return {
    table: 'dead_letter',
    row: {
      topic,
      ...place,
      record_key: key ?? '',
      event_id: text(HEADER.id),
      event_type: text(HEADER.type),
      tenant_id: text(HEADER.tenant),
      code: text(DEAD_LETTER_HEADER.code),
      stage: text(DEAD_LETTER_HEADER.stage),
      detail: text(DEAD_LETTER_HEADER.message),
      first_topic: text(DEAD_LETTER_HEADER.topic),
      first_partition: count(DEAD_LETTER_HEADER.partition),
      first_offset: count(DEAD_LETTER_HEADER.offset),
      consumer_group: text(DEAD_LETTER_HEADER.group),
      delivery_count: count(DEAD_LETTER_HEADER.deliveryCount),
    },
  }
}

/** A record as `tail` prints it: decoded, and without what it says about a person unless that was asked for. */
import { isAvroTopic } from '../../../schemas/subjects.ts'
import { DEAD_LETTER_STATE, PULSIFI_REFERENCE } from '../../core/topics.ts'
import { MASK, maskedRecord, type PersonalClass } from '../../platform/avro/masking.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { TopicRecord } from '../../platform/readers/topic-reader.ts'
import { decode, type Session } from '../cli/session.ts'
import { formatTime, printable } from '../cli/table.ts'
import type { PrintedRecord } from './record-filter.ts'

export async function toPrinted(
  session: Pick<Session, 'codec'>,
  record: TopicRecord,
  shown: ReadonlySet<PersonalClass>,
): Promise<PrintedRecord> {
  const value = await shownValue(session, record, shown)
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    time: new Date(record.timestampMs).toISOString(),
    key: isSecretKey(record, value) && !shown.has('secret') ? MASK : record.key,
    headers: Object.fromEntries(
      Object.keys(record.headers).map(name => [name, headerText(record.headers, name) ?? '']),
    ),
    value,
  }
}

async function shownValue(
  session: Pick<Session, 'codec'>,
  { topic, value }: TopicRecord,
  shown: ReadonlySet<PersonalClass>,
): Promise<unknown> {
  if (value === null) return null
  if (isAvroTopic(topic)) {
    const record = await decode(session, topic, value)
    return record === undefined
      ? `(${value.length} bytes that are no Avro of this topic)`
      : maskedRecord(topic, record, shown)
  }
  const text = value.toString('utf8')
  if (topic === DEAD_LETTER_STATE) return parsed(text)
  // Bytes as a source sent them: all of it may be about a person.
  return shown.has('personal') ? parsed(text) : `(${value.length} bytes as received)`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** An invite code opens the assessment, and it is the key of its reference; without a value nobody can tell. */
const isSecretKey = ({ topic }: TopicRecord, value: unknown): boolean =>
  topic === PULSIFI_REFERENCE &&
  (typeof value !== 'object' || value === null || Reflect.get(value, 'kind') !== 'EXT_REFERENCE_ID') &&
  (typeof value !== 'object' || value === null || Reflect.get(value, 'kind') !== 'CANDIDATE_ID')

/** One line for people: when, where, key, what. */
export function printedLine({ time, partition, offset, key, headers, value }: PrintedRecord): string {
  const kind = headers.ce_type === undefined ? [] : [headers.ce_type]
  const code = headers['__dlq.error.code'] === undefined ? [] : [headers['__dlq.error.code']]
  const said = value === null ? '(tombstone)' : typeof value === 'string' ? value : JSON.stringify(value)
  return [formatTime(Date.parse(time)), `${partition}/${offset}`, key, ...kind, ...code, said]
    .map(printable)
    .join('  ')
}

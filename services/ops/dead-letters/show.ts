/** One dead letter in full. */
import { isAvroTopic } from '../../../schemas/subjects.ts'
import { DEAD_LETTER_HEADER, HEADER } from '../../core/topics.ts'
import { maskedRecord } from '../../platform/avro/masking.ts'
import { isoTime } from '../../platform/avro/spelling.ts'
import { type Letter, readDecisions, readLetters } from '../../platform/dead-letters/topics.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { TopicRecord } from '../../platform/readers/topic-reader.ts'
import { OperatorError } from '../cli/exit.ts'
import { decode, type Session } from '../cli/session.ts'
import { letterReading } from './ports.ts'

export async function showLetter(
  session: Session,
  id: string,
  options: { readonly value?: true; readonly raw?: true },
): Promise<void> {
  const found = await letterNamed(session, id)
  if (found === null)
    throw new OperatorError(
      `no dead letter ${id}: its topic may have dropped it by age; "dead-letters list" shows those that are there`,
    )
  const { record, letter } = found
  if (options.raw) {
    session.out.bytes(record.value ?? Buffer.alloc(0))
    return
  }
  const decision = (await readDecisions(letterReading(session))).get(id)
  const headers = Object.fromEntries(
    Object.keys(record.headers).map(name => [name, headerText(record.headers, name) ?? '']),
  )
  session.out.facts({
    id,
    failed_at: isoTime(letter.failedAtMs),
    key: letter.key,
    decision: decision === undefined ? 'none' : `${decision.decision} ${decision.at} by ${decision.by}`,
    ...(session.out.isJson ? { headers } : headers),
    bytes: letter.bytes,
    ...(options.value && { value: await readableValue(session, record) }),
  })
  if (!options.value) session.out.note('--value prints the value too; it may hold personal data')
  if (headers[HEADER.dataRef] !== undefined)
    session.out.note(`the body is kept at ${headers[HEADER.dataRef]}`)
}

async function letterNamed(session: Session, id: string): Promise<Letter | null> {
  for await (const found of readLetters(letterReading(session), { ids: new Set([id]) })) return found
  return null
}

/** Whoever says --value has asked for all of it. */
const EVERYTHING = new Set(['personal', 'secret'] as const)

/** Avro as a record, anything else as text. */
async function readableValue(session: Session, record: TopicRecord): Promise<unknown> {
  const topic = headerText(record.headers, DEAD_LETTER_HEADER.topic) ?? ''
  const decoded = isAvroTopic(topic) ? await decode(session, topic, record.value) : undefined
  if (decoded !== undefined && isAvroTopic(topic)) return maskedRecord(topic, decoded, EVERYTHING)
  return record.value?.toString('utf8') ?? null
}

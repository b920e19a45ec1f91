/** One dead letter in full. */
import { isAvroTopic } from '../../schemas/subjects.ts'
import { DEAD_LETTER_HEADER, HEADER } from '../core/topics.ts'
import { headerText } from '../platform/record-headers.ts'
import { rangesOf } from '../platform/topic-ranges.ts'
import { readRanges, type TopicRecord } from '../platform/topic-reader.ts'
import { type parsePlace, toDeadLetter } from './dead-letter.ts'
import { readDecisions } from './dead-letter-topics.ts'
import { OperatorError } from './exit.ts'
import { decode, READER, type Session } from './session.ts'

type Place = NonNullable<ReturnType<typeof parsePlace>>

export async function showLetter(
  session: Session,
  place: Place,
  options: { readonly value?: true; readonly raw?: true },
): Promise<void> {
  const record = await recordAt(session, place)
  const letter = record === null ? null : toDeadLetter(record)
  const id = `${place.topic}/${place.partition}/${place.offset}`
  if (record === null || letter === null)
    throw new OperatorError(
      `no dead letter ${id}: its topic may have dropped it by age; "dead-letters list" shows those that are there`,
    )
  if (options.raw) {
    session.out.bytes(record.value ?? Buffer.alloc(0))
    return
  }
  const decision = (await readDecisions(session)).get(id)
  const headers = Object.fromEntries(
    Object.keys(record.headers).map(name => [name, headerText(record.headers, name) ?? '']),
  )
  session.out.facts({
    id,
    failed: new Date(letter.failedAtMs).toISOString(),
    key: letter.key,
    decision: decision === undefined ? 'none' : `${decision.decision} ${decision.at} by ${decision.by}`,
    ...headers,
    bytes: letter.bytes,
    ...(options.value && { value: await readableValue(session, record) }),
  })
  if (!options.value) session.out.note('--value prints the value too; it may hold personal data')
  if (headers[HEADER.dataRef] !== undefined)
    session.out.note(`the body is kept at ${headers[HEADER.dataRef]}`)
}

async function recordAt({ kafka, signal }: Session, place: Place): Promise<TopicRecord | null> {
  const { topic, partition, offset: from } = place
  const [bounds] = await rangesOf(kafka, { topics: [topic], partitions: [partition], from: 'beginning' })
  if (bounds === undefined || from < bounds.from || from >= bounds.end) return null
  for await (const record of readRanges(kafka, [{ topic, partition, from, end: from + 1 }], {
    reader: READER,
    signal,
  }))
    return record
  return null
}

/** Avro as a record, anything else as text. */
async function readableValue(session: Session, record: TopicRecord): Promise<unknown> {
  const topic = headerText(record.headers, DEAD_LETTER_HEADER.topic) ?? ''
  const decoded = isAvroTopic(topic) ? await decode(session, topic, record.value) : undefined
  return decoded ?? record.value?.toString('utf8') ?? null
}

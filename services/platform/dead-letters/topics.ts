/** Dead letters and what was decided on them, read from Kafka. */
import { DEAD_LETTER_STATE, deadLetterTopic } from '../../core/topics.ts'
import type { KafkaClient } from '../kafka/client.ts'
import { type LogId, logIdsOf, relationOf } from '../partitions/log-id.ts'
import { type OffsetRange, rangesOf } from '../readers/topic-ranges.ts'
import type { TopicRecord } from '../readers/topic-reader.ts'
import { type Decision, parseDecision } from './plan.ts'
import { type DeadLetter, type LetterFilter, matches, PROCESSES, parsePlace, toDeadLetter } from './view.ts'

export interface LetterReading {
  readonly kafka: KafkaClient
  /** The records of the ranges, all of them or it throws. `label` says to people what is read. */
  readonly read: (label: string, ranges: readonly OffsetRange[]) => AsyncIterable<TopicRecord>
}

export interface LetterSelection extends LetterFilter {
  readonly sinceMs?: number
  readonly untilMs?: number
  /** Names of letters; unset: all that match. */
  readonly ids?: ReadonlySet<string>
}

export interface Letter {
  readonly letter: DeadLetter
  readonly record: TopicRecord
}

/** In the order of their partition. */
export async function* readLetters(
  reading: LetterReading,
  selection: LetterSelection,
): AsyncGenerator<Letter> {
  for await (const record of reading.read('dead letters', await rangesFor(reading, selection))) {
    const letter = toDeadLetter(record)
    if (letter === null || !matches(letter, selection) || selection.ids?.has(letter.id) === false) continue
    yield { letter, record }
  }
}

async function rangesFor(
  { kafka }: LetterReading,
  { process, sinceMs, untilMs, ids }: LetterSelection,
): Promise<readonly OffsetRange[]> {
  const topics = PROCESSES.filter(name => process === undefined || name === process).map(deadLetterTopic)
  const from = sinceMs === undefined ? ('beginning' as const) : { timeMs: sinceMs }
  const ranges = await rangesOf(kafka, { topics, from, ...(untilMs !== undefined && { untilMs }) })
  return ids === undefined ? ranges : ranges.flatMap(range => narrowed(range, ids))
}

/** From the first to the last of the letters that are named, as far as they are still there. */
function narrowed(range: OffsetRange, ids: ReadonlySet<string>): readonly OffsetRange[] {
  const offsets = [...ids].flatMap(id => {
    const place = parsePlace(id)
    const isHere =
      place?.topic === range.topic &&
      place.partition === range.partition &&
      place.offset >= range.from &&
      place.offset < range.end
    return isHere ? [place.offset] : []
  })
  return offsets.length === 0 ? [] : [{ ...range, from: Math.min(...offsets), end: Math.max(...offsets) + 1 }]
}

/** Which logs the letters stand in, by topic. */
export async function letterLogs(kafka: KafkaClient): Promise<ReadonlyMap<string, LogId>> {
  const admin = kafka.admin()
  await admin.connect()
  return logIdsOf(admin, PROCESSES.map(deadLetterTopic)).finally(() => admin.disconnect())
}

/** A letter of the same name on another cluster, or on a topic that was made anew, is another letter. */
export const isAbout = (
  { log }: Pick<Decision, 'log'>,
  id: string,
  logs: ReadonlyMap<string, LogId>,
): boolean => relationOf(log, logs.get(parsePlace(id)?.topic ?? '') ?? '') === 'same'

/** What was decided on letters, by their names. */
export async function readDecisions({ kafka, read }: LetterReading): Promise<ReadonlyMap<string, Decision>> {
  const logs = await letterLogs(kafka)
  const decisions = new Map<string, Decision>()
  const ranges = await rangesOf(kafka, { topics: [DEAD_LETTER_STATE], from: 'beginning' })
  for await (const { key, value } of read('decisions', ranges)) {
    const decision = parseDecision(value)
    if (key === null) continue
    if (decision === null || !isAbout(decision, key, logs)) decisions.delete(key)
    else decisions.set(key, decision)
  }
  return decisions
}

/** `ops trace`: everything that is known of one application, candidate, job or event, on one timeline. */
import type { Command } from 'commander'
import { isAvroTopic } from '../../../schemas/subjects.ts'
import { partsOfKey } from '../../core/identity.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  DEAD_LETTER_STATE,
  deadLetterTopic,
  HEADER,
  PULSIFI_ACCESS,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  rawTopic,
  redriveTopic,
} from '../../core/topics.ts'
import { discoverSources } from '../../platform/connections/discover-sources.ts'
import { placeOf } from '../../platform/dead-letters/view.ts'
import { createPartitionOf } from '../../platform/kafka/partition-of.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { Selection } from '../../platform/readers/topic-ranges.ts'
import type { TopicRecord } from '../../platform/readers/topic-reader.ts'
import { traceIdOf } from '../../platform/tracing/trace-context.ts'
import type { Host } from '../cli/command-group.ts'
import { OperatorError } from '../cli/exit.ts'
import { decode, read, type Session } from '../cli/session.ts'
import { formatTime } from '../cli/table.ts'
import { TraceSubject } from './subject.ts'
import { inOrder, type TimelineEntry, toEntry } from './timeline.ts'

export function trace(program: Command, { run }: Host): void {
  program
    .command('trace')
    .description('one timeline of an application, candidate, job or event, from receipt to score')
    .argument('<name>', 'key of an application, candidate or job; an event id; an id at Pulsifi')
    .addHelpText('after', '\nNo names, addresses, links or texts are printed.')
    .action((name: string) => run(session => printTrace(session, name)))
}

async function printTrace(session: Session, name: string): Promise<void> {
  const entries = await timelineOf(session, name)
  if (entries.length === 0)
    throw new OperatorError(
      `nothing is known of ${name}: raw events and dead letters go by age, so it may be older`,
    )
  session.out.list(
    entries.map(({ timeMs, ...entry }) => ({ time: new Date(timeMs).toISOString(), ...entry })),
    [
      { title: 'time', value: ({ time }) => formatTime(Date.parse(time)) },
      { title: 'what', value: ({ what }) => what },
      { title: 'detail', value: ({ detail }) => detail },
      { title: 'key', value: ({ key }) => key },
      { title: 'where', value: placeOf },
    ],
    '',
  )
  for (const key of storiesIn(entries)) session.out.note(`trace ${traceIdOf(key)} is that of ${key}`)
}

/** Candidates and jobs whose records are among them, by key. */
const storiesIn = (entries: readonly TimelineEntry[]): readonly string[] => {
  const keys = entries.flatMap(({ topic, key }) => (key !== null && STORIES.has(topic) ? [key] : []))
  return [...new Set(keys)]
}

const STORIES: ReadonlySet<string> = new Set([CANONICAL_CANDIDATE, CANONICAL_JOB])

/** The topics that an entity's own partition holds it in, besides its raw topic. */
const ENTITY_TOPICS = [
  CANONICAL_JOB,
  CANONICAL_CANDIDATE,
  PULSIFI_INBOX,
  PULSIFI_JOB_BINDING,
  PULSIFI_INVITATION,
  PULSIFI_ACCESS,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  deadLetterTopic('normalizer'),
  deadLetterTopic('pulsifi-sink'),
  redriveTopic('normalizer'),
  redriveTopic('pulsifi-sink'),
]
const JOB_TOPICS = [CANONICAL_JOB, PULSIFI_JOB_BINDING, deadLetterTopic('normalizer')]

export async function timelineOf(session: Session, name: string): Promise<readonly TimelineEntry[]> {
  const sources = [...(await discoverSources()).keys()]
  const subject = await subjectOf(session, name, sources)
  const entries: TimelineEntry[] = []
  const collect: Collect = async (label, selection, owns = record => subject.owns(record)) => {
    entries.push(...(await scan(session, label, { ...selection, from: 'beginning' }, subject, owns)))
    return entries.length
  }
  const place = { partitionOf: createPartitionOf(session.partitions), sources }
  if (subject.key === null)
    await collect('events about nobody', { topics: [...sources.map(rawTopic), ...DEAD_LETTERS] })
  else await collectEntity(subject, subject.key, collect, place)
  if (subject.eventId !== null) await collect('ingress', { topics: [deadLetterTopic('ingress')] })
  if (subject.identifiers.size > 0) {
    const topics = [PULSIFI_RAW, deadLetterTopic('pulsifi-sink')]
    await collect('callbacks', { topics }, ({ value }) => subject.isNamedIn(value))
  }
  const letters = new Set(entries.filter(({ topic }) => topic.endsWith('.dead-letter')).map(placeOf))
  if (letters.size > 0)
    await collect('decisions', { topics: [DEAD_LETTER_STATE] }, ({ key }) => key !== null && letters.has(key))
  return inOrder(withoutRepeats(entries))
}

/** Adds what it finds; answers with how many entries there are by now. */
type Collect = (label: string, selection: Omit<Selection, 'from'>, owns?: Owns) => Promise<number>

interface Places {
  readonly partitionOf: (key: string) => number
  readonly sources: readonly string[]
}

/** An entity's records stand in the partition of its key, an application's in that of its candidate. */
async function collectEntity(
  subject: TraceSubject,
  key: string,
  collect: Collect,
  { partitionOf, sources }: Places,
): Promise<void> {
  const rawOf = (of: string) => sources.filter(source => source === partsOfKey(of).source).map(rawTopic)
  const entity = (of: string) => ({ topics: [...rawOf(of), ...ENTITY_TOPICS], partitions: [partitionOf(of)] })
  const guess = subject.candidateKey ?? key
  const found = await collect('its partition', entity(guess))
  // An application with an id of its own may have nothing in its key that leads to its candidate.
  if (found === 0) await collect('the ledger', { topics: [PULSIFI_INVITATION] })
  const candidate = subject.candidateKey ?? guess
  if (partitionOf(candidate) !== partitionOf(guess)) await collect('its candidate', entity(candidate))
  for (const jobKey of [...subject.jobKeys].filter(job => !subject.ownsKey(job))) {
    const selection = { topics: [...rawOf(jobKey), ...JOB_TOPICS], partitions: [partitionOf(jobKey)] }
    await collect(`job ${jobKey}`, selection, record => record.key === jobKey)
  }
}

const DEAD_LETTERS = [
  deadLetterTopic('ingress'),
  deadLetterTopic('normalizer'),
  deadLetterTopic('pulsifi-sink'),
]

/** What stands on them has a key of its own. */
const KEYLESS: ReadonlySet<string> = new Set([PULSIFI_REFERENCE, PULSIFI_SCORE, PULSIFI_STATUS])

type Owns = (record: TopicRecord) => boolean

async function scan(
  session: Session,
  label: string,
  selection: Selection,
  subject: TraceSubject,
  owns: Owns,
): Promise<readonly TimelineEntry[]> {
  const entries: TimelineEntry[] = []
  for await (const record of read(session, label, selection)) {
    // Their keys say nothing of whose they are.
    const isKeyless = KEYLESS.has(record.topic)
    const isOwned = owns(record)
    if (!isKeyless && !isOwned) continue
    const decoded = isAvroTopic(record.topic) ? await decode(session, record.topic, record.value) : undefined
    if (isKeyless && !isOwned && !subject.ownsApplicationOf(decoded)) continue
    if (decoded !== undefined && subject.ownsKey(record.key)) subject.learn(record.topic, decoded)
    entries.push(toEntry(record, decoded))
  }
  return entries
}

/** A record that two scans have found. */
const withoutRepeats = (entries: readonly TimelineEntry[]): readonly TimelineEntry[] => [
  ...new Map(entries.map(entry => [placeOf(entry), entry])).values(),
]

/** A key names itself; an identifier at Pulsifi leads to its application, an event id to what the event is about. */
async function subjectOf(session: Session, name: string, sources: readonly string[]): Promise<TraceSubject> {
  if (name.split(':').length >= 3) return new TraceSubject(name)
  const reference = await findReference(session, name)
  if (reference !== null) return new TraceSubject(reference)
  if (!/^[0-9a-f-]{36}$/.test(name))
    throw new OperatorError(
      `"${name}" is no key (<source>:<tenant>:<id>), no event id, and Pulsifi's references do not have it`,
    )
  const selection = { topics: [...sources.map(rawTopic), ...DEAD_LETTERS], from: 'beginning' } as const
  for await (const { key, headers } of read(session, 'looking for the event', selection)) {
    if (headerText(headers, HEADER.id) === name) return new TraceSubject(key === name ? null : key, name)
  }
  return new TraceSubject(null, name)
}

async function findReference(session: Session, name: string): Promise<string | null> {
  const selection = { topics: [PULSIFI_REFERENCE], from: 'beginning' } as const
  for await (const { key, topic, value } of read(session, 'looking for the reference', selection)) {
    if (key !== name || !isAvroTopic(topic)) continue
    const record = await decode(session, PULSIFI_REFERENCE, value)
    if (record !== undefined) return record.application_key
  }
  return null
}

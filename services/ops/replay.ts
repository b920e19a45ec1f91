/** `ops replay`: publishes again what a mended mapping reads differently. */
import type { Command } from 'commander'
import { HEADER, rawTopic } from '../core/topics.ts'
import { createGroupCommitProducer, PRODUCER_DEFAULTS } from '../platform/kafka/producer.ts'
import { headerText } from '../platform/kafka/record-headers.ts'
import { createPace } from '../platform/process/at-most-per-second.ts'
import { type OffsetRange, rangesOf } from '../platform/readers/topic-ranges.ts'
import { readRanges, type TopicRecord } from '../platform/readers/topic-reader.ts'
import type { Host } from './cli/command-group.ts'
import { agreed, asking, type Consent } from './cli/consent.ts'
import { recordDecision } from './cli/decision.ts'
import { OperatorError } from './cli/exit.ts'
import { rateArgument, several } from './cli/moment.ts'
import { READER, type Session } from './cli/session.ts'

interface ReplayOptions extends Consent {
  readonly key?: readonly string[]
  readonly perSecond: number
}

export function replay(program: Command, { run }: Host): void {
  asking(program.command('replay'))
    .description('write the newest raw record of each job and candidate of a source again, as it was')
    .argument('<source>')
    .option('--key <key>', 'only this job or candidate; may be given several times', several)
    .option('--per-second <rate>', 'at most so many a second', rateArgument, 200)
    .addHelpText(
      'after',
      '\nEvent ids and times of receipt stay, so a key that has not changed counts as a duplicate, and a newer event wins.',
    )
    .action((source: string, options: ReplayOptions) =>
      run(session => replaySource(session, source, options)),
    )
}

async function replaySource(session: Session, source: string, options: ReplayOptions): Promise<void> {
  const { out, kafka } = session
  const ranges = await rangesOf(kafka, { topics: [rawTopic(source)], from: 'beginning' })
  const newest = await newestOf(session, ranges, options.key && new Set(options.key))
  const facts = { topic: rawTopic(source), keys: newest.size }
  const what = `write the newest record of ${newest.size} keys on ${facts.topic} again`
  const isMeant = options.yes === true || (newest.size > 0 && (await agreed(session, options, what)))
  if (!isMeant) return out.facts({ ...facts, written: 0 })
  await recordDecision(session, options.key ?? [rawTopic(source)])
  out.facts({ ...facts, written: await write(session, ranges, newest, options.perSecond) })
}

/** By key: where its newest record stands. Events about no entity are keyed by themselves and stay out. */
async function newestOf(
  { kafka, out, signal }: Session,
  ranges: readonly OffsetRange[],
  keys: ReadonlySet<string> | undefined,
): Promise<ReadonlyMap<string, string>> {
  const newest = new Map<string, string>()
  const options = { reader: READER, signal, onProgress: out.progress('looking for the newest') }
  for await (const record of readRanges(kafka, ranges, options)) {
    const { key } = record
    // It has come through, or has not: what was posted long ago would only look late.
    if (headerText(record.headers, HEADER.canary) !== undefined) continue
    if (key === null || keys?.has(key) === false || key === headerText(record.headers, HEADER.id)) continue
    newest.set(key, placeIn(record))
  }
  out.clear()
  return newest
}

const placeIn = ({ partition, offset }: TopicRecord): string => `${partition}/${offset}`

/** Reads a second time, so that it never holds more than what is being sent. */
async function write(
  { kafka, out, signal }: Session,
  ranges: readonly OffsetRange[],
  newest: ReadonlyMap<string, string>,
  perSecond: number,
): Promise<number> {
  const producer = createGroupCommitProducer(kafka, {
    ...PRODUCER_DEFAULTS,
    acknowledgeWithinMs: 30_000,
    onFailure: () => undefined,
  })
  const pace = createPace(perSecond)
  let written = 0
  try {
    const options = { reader: READER, signal, onProgress: out.progress('writing') }
    for await (const record of readRanges(kafka, ranges, options)) {
      const { key, topic, value, partition } = record
      if (key === null || newest.get(key) !== placeIn(record)) continue
      await pace()
      await producer.send({ topic, key, value, partition, headers: headersOf(record) }).catch(() => {
        throw new OperatorError(
          `Kafka did not confirm a record after ${written}: give the command again, repeats change nothing`,
        )
      })
      written += 1
    }
  } finally {
    out.clear()
    await producer.close()
  }
  if (signal.aborted) throw new OperatorError(`interrupted after ${written} records: repeats change nothing`)
  return written
}

const headersOf = ({ headers }: TopicRecord): Record<string, string> =>
  Object.fromEntries(Object.keys(headers).map(name => [name, headerText(headers, name) ?? '']))

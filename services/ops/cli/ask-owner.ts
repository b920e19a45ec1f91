/** Records who decides, sends commands to the owners of partitions and waits for what they write. */
import type { AvroTopic } from '../../../schemas/subjects.ts'
import { commandRecord, type OperatorCommand } from '../../core/inbox-command.ts'
import { PULSIFI_INBOX } from '../../core/topics.ts'
import { createGroupCommitProducer, PRODUCER_DEFAULTS } from '../../platform/kafka/producer.ts'
import { NotAcknowledged, Overloaded } from '../../platform/kafka/producer-client.ts'
import { rangesOf, withoutEnd } from '../../platform/readers/topic-ranges.ts'
import { readRanges, type TopicRecord } from '../../platform/readers/topic-reader.ts'
import { recordDecision } from './decision.ts'
import { OperatorError } from './exit.ts'
import { READER, type Session } from './session.ts'

export interface Ask {
  readonly command: OperatorCommand
  /** Key of the entity; the owner's answer carries it. */
  readonly key: string
  /** Partition of the entity: its owner alone reads it. */
  readonly partition: number
}

export interface Waiting {
  /** Where the owner answers. */
  readonly topic: AvroTopic
  readonly waitMs: number
  readonly nowMs: () => number
}

const ACKNOWLEDGE_WITHIN_MS = 10_000

/** The owners' next records by key; those who wrote none in time are missing. */
export async function askOwners(
  session: Session,
  asks: readonly Ask[],
  { topic, waitMs, nowMs }: Waiting,
): Promise<ReadonlyMap<string, TopicRecord>> {
  const partitions = [...new Set(asks.map(({ partition }) => partition))]
  if (asks.length === 0) return new Map()
  await recordDecision(
    session,
    asks.map(({ key }) => key),
  )
  // Before anything is sent, so that no answer can be missed.
  const ranges = await rangesOf(session.kafka, { topics: [topic], partitions, from: 'latest' })
  await send(session, asks, nowMs())
  const waiting = new Set(asks.map(({ key }) => key))
  const answers = new Map<string, TopicRecord>()
  if (waitMs === 0) return answers
  const signal = AbortSignal.any([session.signal, AbortSignal.timeout(waitMs)])
  for await (const record of readRanges(session.kafka, withoutEnd(ranges), { reader: READER, signal })) {
    if (record.key === null || !waiting.delete(record.key)) continue
    answers.set(record.key, record)
    if (waiting.size === 0) break
  }
  return answers
}

async function send({ kafka, codec }: Session, asks: readonly Ask[], nowMs: number): Promise<void> {
  const producer = createGroupCommitProducer(kafka, {
    ...PRODUCER_DEFAULTS,
    acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
    onFailure: () => undefined,
  })
  try {
    for (const { command, key, partition } of asks) {
      const value = codec.encode(PULSIFI_INBOX, commandRecord(command, nowMs))
      await producer.send({ topic: PULSIFI_INBOX, key, value, headers: {}, partition })
    }
  } catch (error) {
    if (!(error instanceof NotAcknowledged || error instanceof Overloaded)) throw error
    throw new OperatorError(
      'Kafka did not confirm the command: look at the record, then give the command again',
    )
  } finally {
    await producer.close()
  }
}

export const NO_ANSWER =
  'the command was sent, and its owner has written nothing new in time. It may have found nothing to change; or pulsifi-sink is not running: check its /readyz, then look at the record again'

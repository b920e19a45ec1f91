/** Which offsets of which partitions are meant: from the beginning, the end or a time, as the broker has them now. */
import type { Admin } from 'kafkajs'
import type { KafkaClient } from '../kafka/client.ts'
import { ConfigError } from '../process/config.ts'
import { TOPICS_APPLY_COMMAND } from '../topics/admin.ts'

/** Offsets of one partition: from `from` up to, and without, `end`. */
export interface OffsetRange {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly end: number
}

export type StartAt = 'beginning' | 'latest' | { readonly timeMs: number }

export interface Selection {
  readonly topics: readonly string[]
  /** Unset: all of them. */
  readonly partitions?: readonly number[]
  readonly from: StartAt
  /** Records written at or after it are left out; unset: up to the end as it is now. */
  readonly untilMs?: number
}

/**
 * Where a selection begins and ends now, by partition.
 * @throws ConfigError naming the topics that the broker does not have.
 */
export async function rangesOf(kafka: KafkaClient, selection: Selection): Promise<readonly OffsetRange[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    // Asking for the offsets of a missing topic would be tried again for many seconds.
    const existing = new Set(await admin.listTopics())
    const missing = selection.topics.filter(topic => !existing.has(topic))
    if (missing.length > 0) throw new ConfigError(missingSentence(missing))
    const ranges: OffsetRange[] = []
    for (const topic of new Set(selection.topics))
      ranges.push(...(await rangesOfTopic(admin, topic, selection)))
    return ranges
  } finally {
    await admin.disconnect()
  }
}

const missingSentence = (topics: readonly string[]) =>
  `the broker has no topic ${topics.join(', ')}: check the name, or create what is missing with "${TOPICS_APPLY_COMMAND}"`

async function rangesOfTopic(
  admin: Admin,
  topic: string,
  { partitions, from, untilMs }: Selection,
): Promise<readonly OffsetRange[]> {
  // The admin asks read-committed: `high` is the last stable offset.
  const bounds = await admin.fetchTopicOffsets(topic)
  const starts = typeof from === 'object' ? await offsetsAt(admin, topic, from.timeMs) : new Map()
  const ends = untilMs === undefined ? new Map() : await offsetsAt(admin, topic, untilMs)
  return bounds
    .filter(({ partition }) => partitions?.includes(partition) ?? true)
    .map(({ partition, low, high }) => {
      const end = Math.min(Number(high), ends.get(partition) ?? Number.POSITIVE_INFINITY)
      const start = from === 'latest' ? Number(high) : Math.max(Number(low), starts.get(partition) ?? 0)
      return { topic, partition, from: start, end }
    })
}

async function offsetsAt(admin: Admin, topic: string, timeMs: number): Promise<ReadonlyMap<number, number>> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, timeMs)
  return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
}

/** The same partitions from the same places, for ever. */
export const withoutEnd = (ranges: readonly OffsetRange[]): readonly OffsetRange[] =>
  ranges.map(range => ({ ...range, end: Number.POSITIVE_INFINITY }))

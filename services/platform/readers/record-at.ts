/** A single record, read by its place. */
import type { KafkaClient } from '../kafka/client.ts'
import type { Place } from './topic-follower.ts'
import { rangesOf } from './topic-ranges.ts'
import { type ReadOptions, readRanges, type TopicRecord } from './topic-reader.ts'

/** Null when its topic has none there, or no longer, and when `options.signal` comes first. */
export async function recordAt(
  kafka: KafkaClient,
  { topic, partition, offset }: Place & { readonly offset: number },
  options: ReadOptions,
): Promise<TopicRecord | null> {
  // Behind the end nothing comes that could be waited for.
  const [bounds] = await rangesOf(kafka, { topics: [topic], partitions: [partition], from: 'beginning' })
  if (bounds === undefined || offset < bounds.from || offset >= bounds.end) return null
  const range = { topic, partition, from: offset, end: offset + 1 }
  for await (const record of readRanges(kafka, [range], options)) if (record.offset === offset) return record
  return null
}

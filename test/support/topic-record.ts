import type { TopicRecord } from '../../services/platform/readers/topic-reader.ts'

/** A record of which only what a test says is known. */
export const topicRecord = (known: Partial<TopicRecord>): TopicRecord => ({
  topic: 'topic',
  partition: 0,
  offset: 0,
  timestampMs: 0,
  key: 'source:default:1',
  keyBytes: null,
  value: Buffer.from('{}'),
  headers: {},
  ...known,
})

/** What goes into one request to the broker. Pure: the producer around it has the clock and the connection. */

export interface OutboundRecord {
  readonly topic: string
  readonly key: string
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
  /** Where the key's own partition is not wanted. */
  readonly partition?: number
}

export interface BatchLimits {
  readonly recordsMax: number
  readonly bytesMax: number
}

/** Length fields, offsets and timestamps of a record, rounded up. */
const RECORD_OVERHEAD_BYTES = 40
const HEADER_OVERHEAD_BYTES = 6

/** Bytes that the record takes in a request; never less than it really takes. */
export function recordBytes(record: OutboundRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(record.key) + (record.value?.length ?? 0)
  for (const [name, value] of Object.entries(record.headers)) {
    bytes += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value)
  }
  return bytes
}

/**
 * How many from the front of the queue go together: as many as fit, and at least one, since a record that is too
 * large alone would otherwise block the queue.
 */
export function batchLength(queue: Iterable<{ readonly bytes: number }>, limits: BatchLimits): number {
  let length = 0
  let bytes = 0
  for (const record of queue) {
    bytes += record.bytes
    if (length > 0 && (length === limits.recordsMax || bytes > limits.bytesMax)) break
    length++
  }
  return length
}

export interface TopicMessages {
  readonly topic: string
  readonly messages: Omit<OutboundRecord, 'topic'>[]
}

/** By topic, in the order of arrival within each. */
export function byTopic(records: readonly OutboundRecord[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>()
  for (const { topic, ...message } of records) {
    const known = topics.get(topic)
    if (known === undefined) topics.set(topic, { topic, messages: [message] })
    else known.messages.push(message)
  }
  return [...topics.values()]
}

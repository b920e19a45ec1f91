/** What goes into one request to the broker. Pure: the producer around it has the clock and the connection. */
import type { IHeaders } from 'kafkajs'

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
/** What a batch has besides its records, rounded up. */
export const BATCH_OVERHEAD_BYTES = 70

interface Sized {
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers?: IHeaders
}

/** Bytes that the record takes in a request; never less than it really takes. */
export function recordBytes({ key, value, headers }: Sized): number {
  let bytes = RECORD_OVERHEAD_BYTES + lengthOf(key) + lengthOf(value)
  for (const name in headers) {
    const given = headers[name]
    for (const each of Array.isArray(given) ? given : [given])
      bytes += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + lengthOf(each)
  }
  return bytes
}

const lengthOf = (part: Buffer | string | null | undefined): number => (part ? Buffer.byteLength(part) : 0)

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

/** What one batch of a partition holds at the most, unless its only record is larger. Bytes. */
export const BATCH_BYTES_MAX = 900 * 1024

interface Measured {
  readonly partition?: number
  /** By `recordBytes`. */
  readonly bytes: number
}

/**
 * The records of each topic in requests, of which each makes batches that the topics take: one batch a partition. The
 * order within a partition stays.
 */
export function requestsOf<R extends Measured>(
  records: ReadonlyMap<string, readonly R[]>,
  batchBytesMax: (topic: string) => number,
): readonly ReadonlyMap<string, R[]>[] {
  const requests: Map<string, R[]>[] = []
  for (const [topic, all] of records) {
    const bytesMax = batchBytesMax(topic)
    const filling = new Map<number | undefined, { request: number; bytes: number }>()
    for (const record of all) {
      const batch = filling.get(record.partition)
      const isFull = batch !== undefined && batch.bytes + record.bytes > bytesMax
      const bytes = (isFull ? 0 : (batch?.bytes ?? 0)) || BATCH_OVERHEAD_BYTES
      const request = (batch?.request ?? 0) + (isFull ? 1 : 0)
      filling.set(record.partition, { request, bytes: bytes + record.bytes })
      requests[request] ??= new Map()
      add(requests[request], topic, record)
    }
  }
  return requests
}

function add<R>(request: Map<string, R[]>, topic: string, record: R): void {
  const records = request.get(topic)
  if (records === undefined) request.set(topic, [record])
  else records.push(record)
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

/**
 * A Produce request (versions 3 to 7) with its record batches (magic 2), as bytes.
 *
 * kafkajs 2.2.4 puts each layer of it into a buffer of its own, which is filled with zeros, doubled until all of it fits and
 * then copied into the next one: nine buffers for a record of 2 KB, and megabytes for a full batch, which are outside V8's
 * heap and stay until it has a reason to collect. Here the size is known before anything is written.
 */
import { crc32c } from '@node-rs/crc32'
import { Fields, sizeOfString } from './fields.ts'
import { encodeRecord, type RecordToEncode } from './record-encoder.ts'

interface Message extends RecordToEncode {
  /** Milliseconds since the epoch; unset: now. */
  readonly timestamp?: string | number | null
}

export interface Produce {
  readonly transactionalId?: string | null | undefined
  readonly acks: number
  readonly timeout: number
  /** A 64-bit integer as kafkajs holds it, -1 for none. */
  readonly producerId?: { readonly toString: () => string }
  readonly producerEpoch?: number
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly firstSequence?: number
      readonly messages: readonly Message[]
    }[]
  }[]
}

/** From the first offset to the number of records. */
const BATCH_HEADER_BYTES = 61
/** What is in front of that which the length of a batch counts, and of that which its checksum covers. */
const LENGTH_COUNTS_FROM = 12
const CHECKSUM_COVERS_FROM = 21
const MAGIC = 2
const TRANSACTIONAL = 16

interface Batch {
  readonly partition: number
  readonly records: readonly Buffer[]
  readonly bytes: number
  readonly firstSequence: number
  readonly firstTimestamp: number
  readonly maxTimestamp: number
}

export function encodeProduce(request: Produce): Buffer {
  const nowMs = Date.now()
  const { transactionalId = null, acks, timeout, topicData } = request
  const topics = topicData.map(({ topic, partitions }) => ({
    topic,
    batches: partitions.map(each => batchOf(each, nowMs)),
  }))
  const bytes = topics.flatMap(({ topic, batches }) => [
    sizeOfString(topic) + 4,
    ...batches.map(batch => 8 + batch.bytes),
  ])
  const head = sizeOfString(transactionalId) + 2 + 4 + 4
  const to = new Fields(bytes.reduce((sum, each) => sum + each, head))
  to.string(transactionalId)
  to.int16(acks)
  to.int32(timeout)
  to.int32(topics.length)
  for (const { topic, batches } of topics) {
    to.string(topic)
    to.int32(batches.length)
    for (const batch of batches) {
      to.int32(batch.partition)
      to.int32(batch.bytes)
      writeBatch(to, batch, request)
    }
  }
  return to.buffer
}

type Partition = Produce['topicData'][number]['partitions'][number]

function batchOf({ partition, messages, firstSequence = 0 }: Partition, nowMs: number): Batch {
  const given = messages.flatMap(({ timestamp }) => (timestamp == null ? [] : [Number(timestamp)]))
  const times = given.length === 0 ? [nowMs] : given
  const firstTimestamp = times.reduce((a, b) => Math.min(a, b))
  const maxTimestamp = times.reduce((a, b) => Math.max(a, b))
  const records = messages.map((message, offsetDelta) =>
    encodeRecord({
      ...message,
      offsetDelta,
      timestampDelta: Number(message.timestamp ?? nowMs) - firstTimestamp,
    }),
  )
  const bytes = records.reduce((sum, record) => sum + record.length, BATCH_HEADER_BYTES)
  return { partition, records, bytes, firstSequence, firstTimestamp, maxTimestamp }
}

function writeBatch(
  to: Fields,
  batch: Batch,
  { transactionalId, producerId, producerEpoch = 0 }: Produce,
): void {
  const { records, bytes, firstSequence, firstTimestamp, maxTimestamp } = batch
  const start = to.at
  to.int64(0n)
  to.int32(bytes - LENGTH_COUNTS_FROM)
  to.int32(0)
  to.int8(MAGIC)
  const checksumAt = to.at
  to.int32(0)
  to.int16(transactionalId ? TRANSACTIONAL : 0)
  to.int32(records.length - 1)
  to.int64(BigInt(firstTimestamp))
  to.int64(BigInt(maxTimestamp))
  to.int64(BigInt(String(producerId ?? -1)))
  to.int16(producerEpoch)
  to.int32(firstSequence)
  to.int32(records.length)
  for (const record of records) to.bytes(record)
  to.buffer.writeUInt32BE(crc32c(to.buffer.subarray(start + CHECKSUM_COVERS_FROM, to.at)), checksumAt)
}

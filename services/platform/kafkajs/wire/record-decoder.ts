/**
 * One record of a Kafka record batch (magic 2) from bytes.
 *
 * kafkajs 2.2.4 copies all headers read so far for each header that it reads, and adds up offsets and timestamps as
 * big integers: a record with the headers of CloudEvents costs it more than what is done with the record.
 */
import type { IHeaders } from 'kafkajs'

/** Bytes, and how far they have been read: as much of kafkajs's decoder as is needed. */
export interface Position {
  readonly buffer: Buffer
  offset: number
}

export interface BatchContext {
  readonly firstOffset: string
  /** Milliseconds since the epoch, as are all timestamps. */
  readonly firstTimestamp: string
  readonly maxTimestamp: string
  readonly timestampType: number
  readonly magicByte: number
  readonly isControlBatch: boolean
}

export interface DecodedRecord {
  readonly magicByte: number
  readonly attributes: number
  readonly timestamp: string
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** A name that comes more than once has all its values. */
  readonly headers: IHeaders
  readonly isControlRecord: boolean
  readonly batchContext: BatchContext
}

/** The broker has put its own clock into the batch. */
const LOG_APPEND_TIME = 1
const NULL = -1

/** `position` stands behind the length of the record, and afterwards behind the record. */
export function decodeRecord(position: Position, batchContext: BatchContext): DecodedRecord {
  const { firstOffset, firstTimestamp, maxTimestamp, timestampType } = batchContext
  const attributes = position.buffer.readInt8(position.offset++)
  const timestampDelta = varint(position)
  const offsetDelta = varint(position)
  return {
    magicByte: batchContext.magicByte,
    attributes,
    timestamp:
      timestampType === LOG_APPEND_TIME && maxTimestamp !== ''
        ? maxTimestamp
        : String(Number(firstTimestamp) + timestampDelta),
    offset: String(Number(firstOffset) + offsetDelta),
    key: bytes(position),
    value: bytes(position),
    headers: headersOf(position),
    isControlRecord: batchContext.isControlBatch,
    batchContext,
  }
}

/** Zigzag without bit operators, which know 32 bits only; exact up to 2^53, which no offset and no date comes near. */
function varint(position: Position): number {
  const { buffer } = position
  let value = 0
  let unit = 1
  let byte: number
  do {
    byte = buffer[position.offset++] ?? 0
    value += (byte & 0x7f) * unit
    unit *= 0x80
  } while (byte >= 0x80)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

function bytes(position: Position): Buffer | null {
  const length = varint(position)
  if (length === NULL) return null
  const from = position.offset
  position.offset += length
  return position.buffer.subarray(from, position.offset)
}

function headersOf(position: Position): IHeaders {
  const headers: IHeaders = {}
  for (let left = varint(position); left > 0; left--) {
    const length = varint(position)
    const from = position.offset
    position.offset += length
    const name = position.buffer.toString('utf8', from, position.offset)
    add(headers, name, bytes(position))
  }
  return headers
}

/** Cast: a header may have no value, which kafkajs passes on and its types deny. */
function add(headers: IHeaders, name: string, value: Buffer | null): void {
  const given = value as Buffer
  const earlier = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (earlier !== undefined) headers[name] = Array.isArray(earlier) ? [...earlier, given] : [earlier, given]
  else if (name !== '__proto__') headers[name] = given
  else
    Object.defineProperty(headers, name, {
      value: given,
      enumerable: true,
      configurable: true,
      writable: true,
    })
}

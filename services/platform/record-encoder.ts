/**
 * One record of a Kafka record batch (magic 2) as bytes.
 *
 * kafkajs 2.2.4 makes an encoder with a zeroed buffer of 512 bytes for every record and for every header of it, and
 * an array for every varint: a record with the headers of CloudEvents costs it more than everything else that
 * happens to a webhook. Here the size is known before the first byte is written, and one buffer is enough.
 */
import type { IHeaders } from 'kafkajs'

export interface RecordToEncode {
  readonly offsetDelta?: number
  /** Milliseconds after the first record of the batch. */
  readonly timestampDelta?: number
  readonly key?: Buffer | string | null
  readonly value: Buffer | string | null
  readonly headers?: IHeaders
}

type Bytes = Buffer | string | null | undefined
type Header = readonly [name: string, value: Bytes]

/** Attributes of a record: none is defined. */
const NO_ATTRIBUTES = 0

/** Length, attributes, both deltas, key, value, headers; lengths and deltas are zigzag varints, and null has length −1. */
export function encodeRecord(record: RecordToEncode): Buffer {
  const { offsetDelta = 0, timestampDelta = 0, key, value } = record
  const headers = headersOf(record.headers ?? {})
  let size =
    1 + sizeOfVarint(timestampDelta) + sizeOfVarint(offsetDelta) + sizeOfBytes(key) + sizeOfBytes(value)
  size += sizeOfVarint(headers.length)
  for (const [name, text] of headers) size += sizeOfBytes(name) + sizeOfBytes(text)

  const writer = new Writer(sizeOfVarint(size) + size)
  writer.varint(size)
  writer.byte(NO_ATTRIBUTES)
  writer.varint(timestampDelta)
  writer.varint(offsetDelta)
  writer.bytes(key)
  writer.bytes(value)
  writer.varint(headers.length)
  for (const [name, text] of headers) {
    writer.bytes(name)
    writer.bytes(text)
  }
  return writer.buffer
}

/** A header with several values is written once for each. */
function headersOf(headers: IHeaders): readonly Header[] {
  const all: Header[] = []
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (Array.isArray(value)) for (const each of value) all.push([name, each])
    else all.push([name, value])
  }
  return all
}

const lengthOf = (bytes: Bytes): number => (bytes == null ? -1 : Buffer.byteLength(bytes))

function sizeOfBytes(bytes: Bytes): number {
  const length = lengthOf(bytes)
  return sizeOfVarint(length) + Math.max(0, length)
}

/** Zigzag without bit operators, which know 32 bits only: a timestamp may be months after the first one. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

function sizeOfVarint(value: number): number {
  let size = 1
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

class Writer {
  readonly buffer: Buffer
  private at = 0

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size)
  }

  byte(value: number): void {
    this.buffer[this.at++] = value
  }

  varint(value: number): void {
    let rest = zigzag(value)
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80)
    this.byte(rest)
  }

  bytes(bytes: Bytes): void {
    this.varint(lengthOf(bytes))
    if (bytes == null) return
    this.at +=
      typeof bytes === 'string' ? this.buffer.write(bytes, this.at) : bytes.copy(this.buffer, this.at)
  }
}

/**
 * One record of a Kafka record batch (magic 2) as bytes.
 *
 * kafkajs 2.2.4 makes an encoder with a zeroed buffer of 512 bytes for every record and for every header of it, and
 * an array for every varint: a record with the headers of CloudEvents costs it more than everything else that
 * happens to a webhook. Here headers are written one after the other into a block that is used again for every record,
 * which tells how long they are; the record is then made in one buffer of the right size.
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

/** Attributes of a record: none is defined. */
const NO_ATTRIBUTES = 0
const HEADERS_BYTES_AT_FIRST = 4 * 1024
const VARINT_BYTES_MAX = 8

/** Length, attributes, both deltas, key, value, headers; lengths and deltas are zigzag varints, and null has length −1. */
export function encodeRecord(record: RecordToEncode): Buffer {
  const { offsetDelta = 0, timestampDelta = 0, key, value } = record
  headers.clear()
  const count = writeHeaders(record.headers ?? {})
  const keyLength = lengthOf(key)
  const valueLength = lengthOf(value)
  const size =
    1 +
    sizeOfVarint(timestampDelta) +
    sizeOfVarint(offsetDelta) +
    sizeOfBytes(keyLength) +
    sizeOfBytes(valueLength) +
    sizeOfVarint(count) +
    headers.length

  const writer = new Writer(sizeOfVarint(size) + size)
  writer.varint(size)
  writer.byte(NO_ATTRIBUTES)
  writer.varint(timestampDelta)
  writer.varint(offsetDelta)
  writer.bytes(key, keyLength)
  writer.bytes(value, valueLength)
  writer.varint(count)
  writer.block(headers)
  return writer.buffer
}

/** How many there are; one with several values is written once for each. */
function writeHeaders(all: IHeaders): number {
  let count = 0
  for (const name of Object.keys(all)) {
    const value = all[name]
    for (const each of Array.isArray(value) ? value : [value]) {
      headers.ensure(name)
      headers.text(name)
      headers.ensure(each)
      if (typeof each === 'string') headers.text(each)
      else headers.bytes(each, lengthOf(each))
      count++
    }
  }
  return count
}

const lengthOf = (bytes: Bytes): number => (bytes == null ? -1 : Buffer.byteLength(bytes))
const sizeOfBytes = (length: number): number => sizeOfVarint(length) + Math.max(0, length)

/** Zigzag without bit operators, which know 32 bits only: a timestamp may be months after the first one. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

function sizeOfVarint(value: number): number {
  let size = 1
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

class Writer {
  buffer: Buffer
  length = 0

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size)
  }

  clear(): void {
    this.length = 0
  }

  /** Makes room for something of which the size is not known, and which takes three bytes a character at the most. */
  ensure(bytes: Bytes): void {
    const wanted = this.length + VARINT_BYTES_MAX + 3 * (bytes?.length ?? 0)
    if (wanted <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(2 * wanted)
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }

  byte(value: number): void {
    this.buffer[this.length++] = value
  }

  varint(value: number): void {
    let rest = zigzag(value)
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80)
    this.byte(rest)
  }

  bytes(bytes: Bytes, length: number): void {
    this.varint(length)
    if (bytes == null) return
    this.length +=
      typeof bytes === 'string' ? this.buffer.write(bytes, this.length) : bytes.copy(this.buffer, this.length)
  }

  /** Its length and itself. What headers say is nearly always ASCII, which needs no measuring. */
  text(text: string): void {
    const { buffer, length: start } = this
    const { length } = text
    this.varint(length)
    const first = this.length
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at)
      if (code >= 0x80) {
        this.length = start
        return this.bytes(text, Buffer.byteLength(text))
      }
      buffer[first + at] = code
    }
    this.length = first + length
  }

  block(other: Writer): void {
    other.buffer.copy(this.buffer, this.length, 0, other.length)
    this.length += other.length
  }
}

const headers = new Writer(HEADERS_BYTES_AT_FIRST)

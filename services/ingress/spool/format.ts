/**
 * The bytes of a spool segment: a header, then frames that follow each other, one record in each. Pure.
 *
 * A frame's header has its own checksum, so that a frame which a crash has cut short is told from one that was
 * damaged later: the first was never acknowledged, the second is a loss and must be reported. The content is
 * encrypted and authenticated together with the segment and the position of the frame in it.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { OutboundRecord } from '../../platform/kafka/producer-batch.ts'

export interface SpoolKey {
  readonly bytes: Buffer
  /** Tells one key from another without telling anything of it. */
  readonly id: Buffer
  /** Of the same secret, as earlier versions made it: what it has written is read, and nothing is written with it. */
  readonly older: SpoolKey | null
}

const KEY_ID_BYTES = 8

/** A secret that was drawn, as a key of its own for this purpose. */
export const spoolKey = (secret: string | Buffer, older: SpoolKey | null = null): SpoolKey => ({
  bytes: Buffer.from(hkdfSync('sha256', secret, '', 'atsflow spool records', 32)),
  id: Buffer.from(hkdfSync('sha256', secret, '', 'atsflow spool key id', KEY_ID_BYTES)),
  older,
})

/** As OWASP asks of passwords. */
const STRETCH = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 }

/**
 * The same of a secret that somebody may have thought of: whoever has the disk and guesses pays for each guess. Takes a
 * tenth of a second. Its salt is the same everywhere: one beside the spool could be lost, and the spool with it.
 */
export const stretchedSpoolKey = (secret: string): SpoolKey =>
  spoolKey(scryptSync(secret, 'atsflow spool', 32, STRETCH), spoolKey(secret))

/** Null when it was written with another one. */
export function keyWithId(key: SpoolKey, id: Buffer): SpoolKey | null {
  if (key.id.equals(id)) return key
  return key.older === null ? null : keyWithId(key.older, id)
}

const MAGIC = Buffer.from('ATSSPL01')
const SEGMENT_ID_BYTES = 12
const CHECKSUM_BYTES = 4
export const SEGMENT_HEADER_BYTES = MAGIC.length + KEY_ID_BYTES + SEGMENT_ID_BYTES + CHECKSUM_BYTES

export interface SegmentHeader {
  readonly keyId: Buffer
  /** Random; a frame cannot be moved to another segment. */
  readonly segmentId: Buffer
}

export function createSegmentHeader(key: SpoolKey): { readonly segmentId: Buffer; readonly bytes: Buffer } {
  const segmentId = randomBytes(SEGMENT_ID_BYTES)
  const content = Buffer.concat([MAGIC, key.id, segmentId])
  return { segmentId, bytes: Buffer.concat([content, checksum(content)]) }
}

/** Null when these are not the first bytes of a segment. */
export function readSegmentHeader(bytes: Buffer): SegmentHeader | null {
  if (bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null
  const content = bytes.subarray(0, SEGMENT_HEADER_BYTES - CHECKSUM_BYTES)
  if (!checksum(content).equals(bytes.subarray(content.length, SEGMENT_HEADER_BYTES))) return null
  const keyEnd = MAGIC.length + KEY_ID_BYTES
  return {
    keyId: Buffer.from(bytes.subarray(MAGIC.length, keyEnd)),
    segmentId: Buffer.from(bytes.subarray(keyEnd, content.length)),
  }
}

const MARKER = Buffer.from([0xa7, 0x5f, 0x1e, 0xc3])
const LENGTH_AT = MARKER.length
const SEQUENCE_AT = LENGTH_AT + 4
const CHECKED_BYTES = SEQUENCE_AT + 4
export const FRAME_HEADER_BYTES = CHECKED_BYTES + CHECKSUM_BYTES
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** What a frame takes besides its content. */
export const FRAME_OVERHEAD_BYTES = FRAME_HEADER_BYTES + NONCE_BYTES + TAG_BYTES

export interface FrameHeader {
  /** Position in the segment, from 0. */
  readonly sequence: number
  /** Of the whole frame. */
  readonly bytes: number
}

/** @param sequence position in the segment, from 0 */
export function encodeFrame(content: Buffer, key: SpoolKey, segmentId: Buffer, sequence: number): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES)
  MARKER.copy(header)
  header.writeUInt32BE(NONCE_BYTES + content.length + TAG_BYTES, LENGTH_AT)
  header.writeUInt32BE(sequence, SEQUENCE_AT)
  const checked = header.subarray(0, CHECKED_BYTES)
  checksum(checked).copy(header, CHECKED_BYTES)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(Buffer.concat([segmentId, checked]))
  const encrypted = [cipher.update(content), cipher.final()]
  return Buffer.concat([header, nonce, ...encrypted, cipher.getAuthTag()])
}

/** Null when no intact header begins at `at`, or not enough bytes are there to tell. */
export function readFrameHeader(bytes: Buffer, at: number): FrameHeader | null {
  if (at + FRAME_HEADER_BYTES > bytes.length) return null
  const checked = bytes.subarray(at, at + CHECKED_BYTES)
  if (!checked.subarray(0, MARKER.length).equals(MARKER)) return null
  if (!checksum(checked).equals(bytes.subarray(at + CHECKED_BYTES, at + FRAME_HEADER_BYTES))) return null
  return {
    sequence: checked.readUInt32BE(SEQUENCE_AT),
    bytes: FRAME_HEADER_BYTES + checked.readUInt32BE(LENGTH_AT),
  }
}

/** Where the next intact frame header begins, −1 when there is none. */
export function findFrame(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MARKER, from); at !== -1; at = bytes.indexOf(MARKER, at + 1)) {
    if (readFrameHeader(bytes, at) !== null) return at
  }
  return -1
}

/** The content of a whole frame; null when it is not what was written. */
export function decodeFrame(frame: Buffer, key: SpoolKey, segmentId: Buffer): Buffer | null {
  const encrypted = frame.subarray(FRAME_HEADER_BYTES + NONCE_BYTES, frame.length - TAG_BYTES)
  const nonce = frame.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce)
  decipher.setAAD(Buffer.concat([segmentId, frame.subarray(0, CHECKED_BYTES)]))
  decipher.setAuthTag(frame.subarray(frame.length - TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(encrypted), decipher.final()])
  } catch {
    return null
  }
}

/** A record as the content of a frame: its length-prefixed JSON without the value, then the value. */
export function encodeRecord({ value, ...rest }: OutboundRecord): Buffer {
  const json = Buffer.from(JSON.stringify({ ...rest, hasValue: value !== null }))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.length)
  return Buffer.concat([length, json, ...(value === null ? [] : [value])])
}

/** @throws when the content is not a record: it was authenticated, so whoever wrote it was wrong. */
export function decodeRecord(content: Buffer): OutboundRecord {
  const end = 4 + content.readUInt32BE(0)
  const { hasValue, ...rest }: Omit<OutboundRecord, 'value'> & { hasValue: boolean } = JSON.parse(
    content.subarray(4, end).toString(),
  )
  return { ...rest, value: hasValue ? content.subarray(end) : null }
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(CHECKSUM_BYTES)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}

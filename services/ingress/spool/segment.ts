/** One file of the spool on disk: found again after a crash, read in order, cut and erased. */
import { readdirSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { type BatchLimits, type OutboundRecord, recordBytes } from '../../platform/kafka/producer-batch.ts'
import { ConfigError } from '../../platform/process/config.ts'
import { syncFolder } from '../../platform/process/durable-files.ts'
import {
  createSegmentHeader,
  decodeFrame,
  decodeRecord,
  FRAME_HEADER_BYTES,
  findFrame,
  keyWithId,
  readFrameHeader,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SpoolKey,
} from './format.ts'

export interface Position {
  /** Byte in the file. */
  readonly at: number
  /** Sequence number of the frame there. */
  readonly sequence: number
}

export interface Segment {
  readonly path: string
  readonly segmentId: Buffer
  /** What it was written with. */
  readonly key: SpoolKey
  /** When it was begun, in milliseconds since the epoch: nothing in it has waited for longer. */
  readonly sinceMs: number
  /** Everything before it is on the broker. */
  drained: Position
  /** Everything before it is on disk. */
  end: Position
  isDamaged: boolean
}

/** What could not be read back: acknowledged events that are lost, so never silent. */
export interface Damage {
  readonly file: string
  /** Null when the file does not tell. */
  readonly records: number | null
}

const FILE = /^(\d{12})\.spool(\.damaged)?$/

export const segmentName = (number: number): string => `${String(number).padStart(12, '0')}.spool`

/** Segments and damaged ones, oldest first. */
export const spoolFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter(name => FILE.test(name))
    .sort()

export const numberOf = (name: string): number => Number(FILE.exec(name)?.[1])
export const suffixOf = (name: string): string => FILE.exec(name)?.[2] ?? ''
export const isSegment = (name: string): boolean => suffixOf(name) === ''

export const START: Position = { at: SEGMENT_HEADER_BYTES, sequence: 0 }

const positionPath = (path: string): string => `${path}.drained`
const damagedPath = (path: string): string => `${path}.damaged`

export interface OpenSegment {
  readonly file: FileHandle
  readonly segment: Segment
}

/** A new file. Resolves when its name would survive a power cut; leaves none behind when it could not be made. */
export async function createSegment(path: string, key: SpoolKey): Promise<OpenSegment> {
  const { segmentId, bytes } = createSegmentHeader(key)
  const file = await open(path, 'wx', 0o600)
  try {
    await writeAll(file, bytes, 0)
    await file.datasync()
    await syncFolder(dirname(path))
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error
  }
  return {
    file,
    segment: { path, segmentId, key, sinceMs: Date.now(), drained: START, end: START, isDamaged: false },
  }
}

/** A write may take less than it was given, as when the disk is nearly full. */
export async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written, at + written)).bytesWritten
  }
}

/** Room that is worth beginning anew for. */
const PROBE_BYTES = 64 * 1024

/** Resolves when the disk takes something; leaves nothing behind. */
export async function probeDisk(path: string, key: SpoolKey): Promise<void> {
  const { file } = await createSegment(path, key)
  try {
    await writeAll(file, Buffer.alloc(PROBE_BYTES), START.at)
    await file.datasync()
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

/** False when the file was written with another key; a damaged one does not tell. */
export async function hasKey(path: string, key: SpoolKey): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const header = readSegmentHeader(await readRange(file, 0, SEGMENT_HEADER_BYTES))
    return header === null || keyWithId(key, header.keyId) !== null
  } finally {
    await file.close()
  }
}

/**
 * Opens a file that an earlier process wrote, and cuts what it had not finished: that was never acknowledged.
 * Null when the process ended before it wrote anything; the file is then removed.
 * @throws ConfigError when the file was written with another key.
 */
export async function recoverSegment(
  path: string,
  key: SpoolKey,
  onDamage: (damage: Damage) => void,
): Promise<Segment | null> {
  const bytes = await readFile(path)
  const header = readSegmentHeader(bytes)
  if (header === null) {
    if (bytes.length > SEGMENT_HEADER_BYTES) {
      onDamage({ file: basename(path), records: null })
      await rename(path, damagedPath(path))
    } else await rm(path)
    return null
  }
  const own = keyWithId(key, header.keyId)
  if (own === null) {
    throw new ConfigError(
      `${path} was written with another key: set SPOOL_KEY to the one it was written with, or move the file away`,
    )
  }
  const { end, isTorn } = walk(bytes)
  const isDamaged = end.at < bytes.length && !isTorn
  if (isDamaged) onDamage({ file: basename(path), records: null })
  else if (end.at < bytes.length) await truncate(path, end.at)
  const drained = (await readPosition(path, header.segmentId)) ?? START
  const { birthtimeMs, mtimeMs } = await stat(path)
  // Not every file system knows when a file was begun.
  const sinceMs = birthtimeMs > 0 ? birthtimeMs : mtimeMs
  return { path, segmentId: header.segmentId, key: own, sinceMs, drained, end, isDamaged }
}

/** Steps from frame to frame. What follows the last one is torn when a crash alone explains it. */
function walk(bytes: Buffer): { readonly end: Position; readonly isTorn: boolean } {
  let end = START
  for (let at = START.at; at < bytes.length; ) {
    const header = readFrameHeader(bytes, at)
    if (header !== null && at + header.bytes > bytes.length) return { end, isTorn: true }
    if (header !== null) {
      at += header.bytes
      end = { at, sequence: header.sequence + 1 }
    } else {
      const next = findFrame(bytes, at)
      if (next === -1) {
        const rest = bytes.subarray(at)
        return { end, isTorn: rest.length < FRAME_HEADER_BYTES || rest.every(byte => byte === 0) }
      }
      at = next
    }
  }
  return { end, isTorn: true }
}

export interface Read {
  readonly records: readonly OutboundRecord[]
  /** For each record, where the segment is drained up to once it is on the broker. */
  readonly positions: readonly Position[]
}

/** Enough for many records; a longer one is read with as much as it needs. */
const CHUNK_BYTES = 2 * 1024 * 1024
const READ_AT_ONCE = { recordsMax: 1_000, bytesMax: CHUNK_BYTES }

/**
 * The next records in order, at least one unless the segment has none left. What is damaged is passed over and
 * reported when it is next, never with records in hand, so that it is reported once.
 */
export async function readRecords(
  segment: Segment,
  limits: BatchLimits,
  onDamage: (damage: Damage) => void,
): Promise<Read> {
  const file = await open(segment.path, 'r')
  try {
    for (;;) {
      const { drained, end } = segment
      if (drained.at >= end.at) return { records: [], positions: [] }
      let bytes = await readRange(file, drained.at, Math.min(end.at, drained.at + CHUNK_BYTES))
      const first = readFrameHeader(bytes, 0)
      // The next intact frame may be anywhere in the rest, and a long record must be there whole.
      if (first === null || first.bytes > bytes.length) bytes = await readRange(file, drained.at, end.at)
      const read = parse(bytes, segment, limits)
      if (read.records.length > 0) return read
      passDamage(await readRange(file, drained.at, end.at), segment, onDamage)
    }
  } finally {
    await file.close()
  }
}

/** Topics of the records that are left in the file. */
export async function topicsIn(segment: Segment): Promise<ReadonlySet<string>> {
  const topics = new Set<string>()
  const rest = { ...segment }
  for (;;) {
    // What is damaged is reported to whoever reads it for good.
    const { records, positions } = await readRecords(rest, READ_AT_ONCE, () => {})
    const last = positions.at(-1)
    if (last === undefined) return topics
    for (const { topic } of records) topics.add(topic)
    rest.drained = last
  }
}

/** Intact records from the front, up to the limits or the first that is missing or damaged. */
function parse(bytes: Buffer, segment: Segment, limits: BatchLimits): Read {
  const records: OutboundRecord[] = []
  const positions: Position[] = []
  let { sequence } = segment.drained
  let size = 0
  for (let at = 0; records.length < limits.recordsMax; sequence++) {
    const header = readFrameHeader(bytes, at)
    if (header === null || header.sequence !== sequence || at + header.bytes > bytes.length) break
    const content = decodeFrame(bytes.subarray(at, at + header.bytes), segment.key, segment.segmentId)
    if (content === null) break
    const record = decodeRecord(content)
    size += recordBytes(record)
    if (records.length > 0 && size > limits.bytesMax) break
    at += header.bytes
    records.push(record)
    positions.push({ at: segment.drained.at + at, sequence: sequence + 1 })
  }
  return { records, positions }
}

/** Moves on to the next frame that may be intact. */
function passDamage(bytes: Buffer, segment: Segment, onDamage: (damage: Damage) => void): void {
  const { drained, end } = segment
  const first = readFrameHeader(bytes, 0)
  // An intact header with the expected number: its content is what is damaged.
  const at = findFrame(bytes, first?.sequence === drained.sequence ? first.bytes : 0)
  const next = at === -1 ? null : readFrameHeader(bytes, at)
  const lost = (next ?? end).sequence - drained.sequence
  segment.isDamaged = true
  segment.drained = next === null ? end : { at: drained.at + at, sequence: next.sequence }
  onDamage({ file: basename(segment.path), records: lost > 0 ? lost : null })
}

async function readRange(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(to - from)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
  return bytes.subarray(0, bytesRead)
}

/** Survives the end of the process. After a power cut it may be older: then records are sent again. */
export async function writePosition({ path, segmentId, drained }: Segment): Promise<void> {
  const file = positionPath(path)
  const text = JSON.stringify({ segment: segmentId.toString('hex'), ...drained })
  await writeFile(`${file}.part`, text, { mode: 0o600 })
  await rename(`${file}.part`, file)
}

/** A position that an earlier file of the same name has left would skip records, so it names its segment. */
async function readPosition(path: string, segmentId: Buffer): Promise<Position | null> {
  try {
    const { segment, at, sequence } = JSON.parse(await readFile(positionPath(path), 'utf8'))
    const isUsable =
      segment === segmentId.toString('hex') && Number.isInteger(at) && Number.isInteger(sequence)
    return isUsable ? { at, sequence } : null
  } catch {
    return null
  }
}

/** A damaged file stays, under another name, for who wants to see what can be saved. */
export async function removeSegment({ path, isDamaged }: Segment): Promise<void> {
  if (isDamaged) await rename(path, damagedPath(path))
  else await rm(path, { force: true })
  await rm(positionPath(path), { force: true })
}

/** Takes over a file of another folder. The position goes first: without it records would be sent again. */
export async function moveSegment(from: string, to: string): Promise<void> {
  await rename(positionPath(from), positionPath(to)).catch(() => undefined)
  await rename(from, to)
}

/**
 * The records of one topic in the spool: appended, read in order, erased once they are on the broker.
 *
 * An append resolves when its records would survive a power cut. All appends that wait share one flush of the disk.
 */
import { type BatchLimits, batchLength, type OutboundRecord } from '../../platform/kafka/producer-batch.ts'
import { encodeRecord, FRAME_OVERHEAD_BYTES, type SpoolKey } from './format.ts'
import {
  type Damage,
  moveSegment,
  type Position,
  readRecords,
  removeSegment,
  type Segment,
  writePosition,
} from './segment.ts'
import { SpoolWriter } from './writer.ts'

/** No room: nothing of the append was kept. */
export class SpoolFull extends Error {
  override readonly name = 'SpoolFull'
}

/** The disk did not take it: nothing of the append is promised. */
export class SpoolFailed extends Error {
  override readonly name = 'SpoolFailed'
}

export interface LanePorts {
  readonly key: SpoolKey
  readonly segmentBytesMax: number
  /** Of a file that comes after all that there are. */
  readonly nextPath: () => string
  readonly hasRoomFor: (bytes: number) => boolean
  /** Runs before each write. @throws when the folder is no longer ours. */
  readonly beforeWrite: () => void
  /** What became of each write: null when the disk took it. */
  readonly onWritten: (failure: unknown) => void
  readonly onDamage: (damage: Damage) => void
}

export interface LaneState {
  readonly records: number
  readonly bytes: number
  /** When the file of the oldest record was begun, in milliseconds since the epoch; null when none is on disk. */
  readonly sinceMs: number | null
}

interface Append {
  readonly contents: readonly Buffer[]
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** One flush takes at most so much: memory, and the time until the next one. */
const COMMIT_BYTES_MAX = 8 * 1024 * 1024

export class SpoolLane {
  private readonly ports: LanePorts
  private readonly writer: SpoolWriter
  private readonly waiting: Append[] = []
  /** In the order of draining; the last one may be written to. */
  private segments: Segment[] = []
  private positions: readonly Position[] = []
  private waitingRecords = 0
  private waitingBytes = 0
  private committing: Promise<void> | null = null
  private work: Promise<unknown> = Promise.resolve()

  constructor(ports: LanePorts) {
    this.ports = ports
    this.writer = new SpoolWriter({ ...ports, onSegment: segment => void this.segments.push(segment) })
  }

  /** Rejects with `SpoolFull` at once or with `SpoolFailed`. All of the records are kept, or none is promised. */
  append(records: readonly OutboundRecord[]): Promise<void> {
    const contents = records.map(encodeRecord)
    const bytes = bytesOf(contents)
    if (!this.ports.hasRoomFor(bytes)) return Promise.reject(new SpoolFull('the spool is full'))
    return this.write(contents)
  }

  /** As `append`, whether there is room or not: for what lies in the spool already. */
  rewrite(records: readonly OutboundRecord[]): Promise<void> {
    return this.write(records.map(encodeRecord))
  }

  /** The records that come next, the same again until they are acknowledged. */
  async next(limits: BatchLimits): Promise<readonly OutboundRecord[]> {
    for (let head = this.segments[0]; head !== undefined; head = this.segments[0]) {
      const { records, positions } = await readRecords(head, limits, this.ports.onDamage)
      this.positions = positions
      if (records.length > 0) return records
      await this.finish(head)
    }
    return []
  }

  /** The first `count` of the records that `next` gave are on the broker, or kept elsewhere. */
  async acknowledge(count: number): Promise<void> {
    const head = this.segments[0]
    const position = this.positions[count - 1]
    if (head === undefined || position === undefined) throw new Error('acknowledged what was not read')
    this.positions = []
    head.drained = position
    if (position.at < head.end.at) await writePosition(head)
    else await this.finish(head)
  }

  /** Nothing is on disk, nor on its way there. */
  isEmpty(): boolean {
    return this.waitingBytes === 0 && this.segments.every(({ drained, end }) => drained.at >= end.at)
  }

  state(): LaneState {
    const stored = this.segments.map(({ drained, end, sinceMs }) => ({
      records: end.sequence - drained.sequence,
      bytes: end.at - drained.at,
      sinceMs,
    }))
    return {
      sinceMs: stored.find(({ bytes }) => bytes > 0)?.sinceMs ?? null,
      records: stored.reduce((sum, { records }) => sum + records, this.waitingRecords),
      bytes: stored.reduce((sum, { bytes }) => sum + bytes, this.waitingBytes),
    }
  }

  /**
   * Takes a file of the spool over, behind everything that is there; nothing of ours is written in front of it.
   * @param isElsewhere it lies in another folder, and is moved
   */
  take(segment: Segment, isElsewhere: boolean): Promise<void> {
    return this.serially(async () => {
      await this.writer.close()
      const path = isElsewhere ? this.ports.nextPath() : segment.path
      if (isElsewhere) await moveSegment(segment.path, path)
      this.segments.push({ ...segment, path })
    })
  }

  /** Resolves when everything appended until now is on disk or was refused. */
  written(): Promise<void> {
    return this.serially(async () => {})
  }

  /** What waits is written first. */
  close(): Promise<void> {
    return this.serially(() => this.writer.close())
  }

  private write(contents: readonly Buffer[]): Promise<void> {
    const bytes = bytesOf(contents)
    this.waitingRecords += contents.length
    this.waitingBytes += bytes
    return new Promise((resolve, reject) => {
      this.waiting.push({ contents, bytes, resolve, reject })
      this.startCommit()
    })
  }

  private startCommit(): void {
    this.committing ??= this.serially(async () => {
      while (this.waiting.length > 0) await this.commit(this.takeWaiting())
    }).finally(() => {
      this.committing = null
      if (this.waiting.length > 0) this.startCommit()
    })
  }

  private takeWaiting(): readonly Append[] {
    const limits = { recordsMax: Number.POSITIVE_INFINITY, bytesMax: COMMIT_BYTES_MAX }
    return this.waiting.splice(0, batchLength(this.waiting, limits))
  }

  private async commit(appends: readonly Append[]): Promise<void> {
    const contents = appends.flatMap(append => append.contents)
    let failure: Error | null = null
    try {
      this.ports.beforeWrite()
      await this.writer.write(contents)
      this.ports.onWritten(null)
    } catch (error) {
      failure = new SpoolFailed('the spool could not be written', { cause: error })
      this.ports.onWritten(error)
    }
    this.waitingRecords -= contents.length
    for (const { bytes, resolve, reject } of appends) {
      this.waitingBytes -= bytes
      if (failure === null) resolve()
      else reject(failure)
    }
  }

  private finish(segment: Segment): Promise<void> {
    return this.serially(async () => {
      if (segment.drained.at < segment.end.at) return
      if (this.writer.isWriting(segment)) await this.writer.close()
      this.segments = this.segments.filter(other => other !== segment)
      await removeSegment(segment)
    })
  }

  /** Files are created, written and removed one after the other. */
  private serially<T>(task: () => Promise<T>): Promise<T> {
    const done = this.work.then(task)
    this.work = done.catch(() => undefined)
    return done
  }
}

const bytesOf = (contents: readonly Buffer[]): number =>
  contents.reduce((sum, content) => sum + content.length + FRAME_OVERHEAD_BYTES, 0)

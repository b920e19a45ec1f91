/**
 * Records that wait on disk for a broker that is away: appended, read in order, erased once they are on the broker.
 *
 * An append resolves when its records would survive a power cut. All appends that wait share one flush of the disk.
 * Never larger than its bound. Records of an instance that is gone are taken over behind our own.
 */
import { join } from 'node:path'
import { type BatchLimits, batchLength, type OutboundRecord } from '../../platform/kafka/producer-batch.ts'
import { HOLDER_TOUCH_MS } from '../../platform/process/claimed-folder.ts'
import { makeFolder, syncFolder } from '../../platform/process/durable-files.ts'
import { claimSpoolDirectory, type SpoolDirectory } from './directory.ts'
import { encodeRecord, FRAME_OVERHEAD_BYTES, type SpoolKey } from './format.ts'
import {
  type Damage,
  isSegment,
  moveSegment,
  numberOf,
  type Position,
  readRecords,
  recoverSegment,
  removeSegment,
  type Segment,
  segmentName,
  spoolFiles,
  suffixOf,
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

export interface SpoolOptions {
  readonly key: SpoolKey
  readonly bytesMax: number
  readonly segmentBytesMax?: number
  readonly onDamage: (damage: Damage) => void
  /** The spool can no longer be trusted: another instance took it over. */
  readonly onLost: (error: unknown) => void
}

export interface SpoolState {
  readonly records: number
  readonly bytes: number
  readonly bytesMax: number
}

interface Append {
  readonly contents: readonly Buffer[]
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

const SEGMENT_BYTES_MAX = 16 * 1024 * 1024
/** One flush takes at most so much: memory, and the time until the next one. */
const COMMIT_BYTES_MAX = 8 * 1024 * 1024
/** A process that was stopped for so long asks first whether the folder is still its own. */
const TOUCHED_MAX_MS = 3 * HOLDER_TOUCH_MS

/**
 * Opens a folder of `root` for this instance, with everything that was left undelivered there.
 * @throws ConfigError when what lies there was written with another key.
 */
export async function openSpool(root: string, options: SpoolOptions): Promise<Spool> {
  await makeFolder(root)
  const spool = new Spool(options, claimSpoolDirectory(root))
  try {
    await syncFolder(root)
    await spool.recover()
    return spool
  } catch (error) {
    await spool.close()
    throw error
  }
}

export class Spool {
  private readonly options: SpoolOptions
  private readonly folder: SpoolDirectory
  private readonly heartbeat: NodeJS.Timeout
  private readonly writer: SpoolWriter
  private readonly waiting: Append[] = []
  /** In the order of draining; the last one may be written to. */
  private segments: Segment[] = []
  private positions: readonly Position[] = []
  private waitingRecords = 0
  private waitingBytes = 0
  private nextNumber = 1
  private touchedAtMs = performance.now()
  private committing: Promise<void> | null = null
  private work: Promise<unknown> = Promise.resolve()

  constructor(options: SpoolOptions, folder: SpoolDirectory) {
    this.options = options
    this.folder = folder
    this.writer = new SpoolWriter({
      key: options.key,
      segmentBytesMax: options.segmentBytesMax ?? SEGMENT_BYTES_MAX,
      nextPath: () => join(folder.path, segmentName(this.nextNumber++)),
      onSegment: segment => void this.segments.push(segment),
    })
    this.heartbeat = setInterval(() => this.touch(), HOLDER_TOUCH_MS).unref()
  }

  /** Rejects with `SpoolFull` at once or with `SpoolFailed`. All of the records are kept, or none is promised. */
  append(records: readonly OutboundRecord[]): Promise<void> {
    const contents = records.map(encodeRecord)
    const bytes = contents.reduce((sum, content) => sum + content.length + FRAME_OVERHEAD_BYTES, 0)
    const state = this.state()
    if (state.bytes + bytes > state.bytesMax) return Promise.reject(new SpoolFull('the spool is full'))
    this.waitingRecords += contents.length
    this.waitingBytes += bytes
    return new Promise((resolve, reject) => {
      this.waiting.push({ contents, bytes, resolve, reject })
      this.startCommit()
    })
  }

  /** The records that come next, the same again until they are acknowledged. */
  async next(limits: BatchLimits): Promise<readonly OutboundRecord[]> {
    for (let head = this.segments[0]; head !== undefined; head = this.segments[0]) {
      const { records, positions } = await readRecords(head, limits, this.options.key, this.options.onDamage)
      this.positions = positions
      if (records.length > 0) return records
      await this.finish(head)
    }
    return []
  }

  /** The first `count` of the records that `next` gave are on the broker. */
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

  state(): SpoolState {
    const stored = this.segments.map(({ drained, end }) => ({
      records: end.sequence - drained.sequence,
      bytes: end.at - drained.at,
    }))
    return {
      records: stored.reduce((sum, { records }) => sum + records, this.waitingRecords),
      bytes: stored.reduce((sum, { bytes }) => sum + bytes, this.waitingBytes),
      bytesMax: this.options.bytesMax,
    }
  }

  /** What this folder holds from before, then what instances that are gone have left. */
  async recover(): Promise<void> {
    for (const name of spoolFiles(this.folder.path)) {
      const number = numberOf(name)
      this.nextNumber = Math.max(this.nextNumber, number + 1)
      if (isSegment(name)) await this.recoverFile(join(this.folder.path, name))
    }
    await this.adopt()
  }

  /** Takes over what instances that are gone have left. */
  adopt(): Promise<void> {
    return this.serially(async () => {
      for (const orphan of this.folder.orphans()) {
        // Behind everything that is there, and nothing of ours is written in front of it.
        await this.writer.close()
        for (const name of spoolFiles(orphan.path)) {
          const to = join(this.folder.path, segmentName(this.nextNumber++) + suffixOf(name))
          await moveSegment(join(orphan.path, name), to)
          if (isSegment(name)) await this.recoverFile(to)
        }
        await syncFolder(this.folder.path)
        orphan.remove()
      }
    })
  }

  /** Resolves when everything appended until now is on disk or was refused. */
  written(): Promise<void> {
    return this.serially(async () => {})
  }

  /** What waits is written first. */
  async close(): Promise<void> {
    clearInterval(this.heartbeat)
    await this.serially(() => this.writer.close())
    this.folder.leave()
  }

  private async recoverFile(path: string): Promise<void> {
    const segment = await recoverSegment(path, this.options.key, this.options.onDamage)
    if (segment !== null) this.segments.push(segment)
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
      if (performance.now() - this.touchedAtMs > TOUCHED_MAX_MS) this.touch()
      await this.writer.write(contents)
    } catch (error) {
      failure = new SpoolFailed('the spool could not be written', { cause: error })
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

  private touch(): void {
    try {
      this.folder.touch()
      this.touchedAtMs = performance.now()
    } catch (error) {
      this.options.onLost(error)
      throw error
    }
  }

  /** Files are created, written and removed one after the other. */
  private serially<T>(task: () => Promise<T>): Promise<T> {
    const done = this.work.then(task)
    this.work = done.catch(() => undefined)
    return done
  }
}

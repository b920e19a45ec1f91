/**
 * Records that wait on disk for a broker that is away, or for a topic that it refuses. Each topic has a lane of its own,
 * and none waits for another. Never larger than its bound. Records of an instance that is gone are taken over behind our
 * own, and so is what an operator puts back.
 */
import { dirname, join } from 'node:path'
import { HOLDER_TOUCH_MS } from '../../platform/process/claimed-folder.ts'
import { makeFolder, syncFolder } from '../../platform/process/durable-files.ts'
import { codeOf } from '../../platform/process/log-events.ts'
import { claimSpoolDirectory, type SpoolDirectory } from './directory.ts'
import type { SpoolKey } from './format.ts'
import { type LaneState, SpoolFailed, SpoolLane } from './lane.ts'
import {
  type Damage,
  hasKey,
  isSegment,
  moveSegment,
  numberOf,
  probeDisk,
  readRecords,
  recoverSegment,
  removeSegment,
  type Segment,
  segmentName,
  spoolFiles,
  suffixOf,
  topicsIn,
} from './segment.ts'
import { SetAside } from './set-aside.ts'

export interface SpoolOptions {
  readonly key: SpoolKey
  readonly bytesMax: number
  readonly segmentBytesMax?: number
  readonly onDamage: (damage: Damage) => void
  /** The spool can no longer be trusted: another instance took it over. */
  readonly onLost: (error: unknown) => void
  /** The disk has begun to refuse (with the code of why), or takes again (null). */
  readonly onDisk: (failure: string | null) => void
  /** What an instance that is gone has left must be read with another key: it was left alone. */
  readonly onForeign: (file: string) => void
}

export interface SpoolState extends LaneState {
  readonly bytesMax: number
  /** Why the disk takes nothing; null while it does. */
  readonly failure: string | null
}

const SEGMENT_BYTES_MAX = 16 * 1024 * 1024
/** A process that was stopped for so long asks first whether the folder is still its own. */
const TOUCHED_MAX_MS = 3 * HOLDER_TOUCH_MS
const REWRITTEN_AT_ONCE = { recordsMax: 1_000, bytesMax: 4 * 1024 * 1024 }

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
  /** Records that the broker will never take as they are. */
  readonly setAside: SetAside
  private readonly options: SpoolOptions
  private readonly folder: SpoolDirectory
  private readonly heartbeat: NodeJS.Timeout
  private readonly lanes = new Map<string, SpoolLane>()
  private readonly foreign = new Set<string>()
  private nextNumber = 1
  private touchedAtMs = performance.now()
  private failure: string | null = null

  constructor(options: SpoolOptions, folder: SpoolDirectory) {
    this.options = options
    this.folder = folder
    this.setAside = new SetAside(dirname(folder.path), options.key)
    this.heartbeat = setInterval(() => void this.beat(), HOLDER_TOUCH_MS).unref()
  }

  lane(topic: string): SpoolLane {
    const known = this.lanes.get(topic)
    if (known !== undefined) return known
    const lane = new SpoolLane({
      key: this.options.key,
      segmentBytesMax: this.options.segmentBytesMax ?? SEGMENT_BYTES_MAX,
      nextPath: () => this.nextPath(),
      hasRoomFor: bytes => this.state().bytes + bytes <= this.options.bytesMax,
      beforeWrite: () => {
        if (performance.now() - this.touchedAtMs > TOUCHED_MAX_MS) this.touch()
      },
      onWritten: failure => this.noteDisk(failure),
      onDamage: this.options.onDamage,
    })
    this.lanes.set(topic, lane)
    return lane
  }

  /** Topics that something waits for. */
  topics(): readonly string[] {
    return [...this.lanes].flatMap(([topic, lane]) => (lane.isEmpty() ? [] : [topic]))
  }

  state(): SpoolState {
    const { bytesMax } = this.options
    const lanes = [...this.lanes.values()].map(lane => lane.state())
    const since = lanes.flatMap(({ sinceMs }) => sinceMs ?? [])
    return {
      records: lanes.reduce((sum, { records }) => sum + records, 0),
      bytes: lanes.reduce((sum, { bytes }) => sum + bytes, 0),
      sinceMs: since.length === 0 ? null : Math.min(...since),
      bytesMax,
      failure: this.failure,
    }
  }

  /** What this folder holds from before, then what instances that are gone have left. */
  async recover(): Promise<void> {
    const names = spoolFiles(this.folder.path)
    for (const name of names) this.nextNumber = Math.max(this.nextNumber, numberOf(name) + 1)
    await this.takeAll(names.filter(isSegment).map(name => join(this.folder.path, name)))
    await this.adopt()
  }

  /** Takes over what instances that are gone have left, and what was put back. */
  async adopt(): Promise<void> {
    for (const orphan of this.folder.orphans()) {
      try {
        if (await this.adoptFolder(orphan.path)) orphan.remove()
        else orphan.leave()
      } catch (error) {
        orphan.leave()
        // There is room another time.
        if (!(error instanceof SpoolFailed)) throw error
      }
    }
    for (const path of this.setAside.putBack())
      await this.takeBack(path).catch((error: unknown) => {
        // Another instance was faster.
        if (codeOf(error) !== 'ENOENT') throw error
      })
  }

  private async takeBack(path: string): Promise<void> {
    if (await this.isOurs(path)) await this.takeAll([path])
  }

  /** What waits is written first. */
  async close(): Promise<void> {
    clearInterval(this.heartbeat)
    for (const lane of this.lanes.values()) await lane.close()
    this.folder.leave()
  }

  /** False when it holds what another key must read: then it is left alone. */
  private async adoptFolder(path: string): Promise<boolean> {
    const names = spoolFiles(path)
    const segments = names.filter(isSegment).map(name => join(path, name))
    for (const segment of segments) if (!(await this.isOurs(segment))) return false
    for (const name of names.filter(name => !isSegment(name)))
      await moveSegment(join(path, name), this.nextPath() + suffixOf(name))
    await this.takeAll(segments)
    await syncFolder(this.folder.path)
    return true
  }

  /**
   * Takes files over, oldest first. An earlier version wrote all topics into one file: what holds several is written
   * anew, and what follows it too, so that it stays behind.
   */
  private async takeAll(paths: readonly string[]): Promise<void> {
    let isRewriting = false
    for (const path of paths) {
      const segment = await recoverSegment(path, this.options.key, this.options.onDamage)
      if (segment === null) continue
      const [topic, ...others] = await topicsIn(segment)
      isRewriting ||= others.length > 0
      if (topic === undefined || isRewriting) await this.rewrite(segment)
      else await this.lane(topic).take(segment, dirname(path) !== this.folder.path)
    }
  }

  private async rewrite(segment: Segment): Promise<void> {
    for (;;) {
      const { onDamage } = this.options
      const { records, positions } = await readRecords(segment, REWRITTEN_AT_ONCE, onDamage)
      const last = positions.at(-1)
      if (last === undefined) return await removeSegment(segment)
      for (const [topic, group] of Map.groupBy(records, record => record.topic))
        await this.lane(topic).rewrite(group)
      segment.drained = last
    }
  }

  /** Says once of each file that another key must read it. */
  private async isOurs(path: string): Promise<boolean> {
    if (await hasKey(path, this.options.key)) return true
    if (!this.foreign.has(path)) this.options.onForeign(path)
    this.foreign.add(path)
    return false
  }

  private nextPath(): string {
    return join(this.folder.path, segmentName(this.nextNumber++))
  }

  private async beat(): Promise<void> {
    try {
      this.touch()
      if (this.failure === null) return
      // Else a disk that was full would be found to have room only by the next event, which may never be sent here.
      await probeDisk(this.nextPath(), this.options.key)
      this.noteDisk(null)
    } catch (error) {
      this.noteDisk(error)
    }
  }

  private noteDisk(error: unknown): void {
    const failure = error === null ? null : codeOf(error)
    if (failure !== this.failure) this.options.onDisk(failure)
    this.failure = failure
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
}

/** The end of the spool: writes records to the last segment, and begins a new one when that is full. */
import { rm } from 'node:fs/promises'
import { encodeFrame, type SpoolKey } from './format.ts'
import { createSegment, type OpenSegment, type Segment, writeAll } from './segment.ts'

export interface SpoolWriterOptions {
  readonly key: SpoolKey
  readonly segmentBytesMax: number
  readonly nextPath: () => string
  /** Told of each file once there is something in it. */
  readonly onSegment: (segment: Segment) => void
}

export class SpoolWriter {
  private readonly options: SpoolWriterOptions
  private current: OpenSegment | null = null

  constructor(options: SpoolWriterOptions) {
    this.options = options
  }

  /** Resolves when the records would survive a power cut; after a failure none of them will be read. */
  async write(contents: readonly Buffer[]): Promise<void> {
    try {
      const { file, segment } = await this.open()
      const { at, sequence } = segment.end
      const frame = (content: Buffer, index: number): Buffer =>
        encodeFrame(content, this.options.key, segment.segmentId, sequence + index)
      const bytes = Buffer.concat(contents.map(frame))
      await writeAll(file, bytes, at)
      await file.datasync()
      segment.end = { at: at + bytes.length, sequence: sequence + contents.length }
      if (sequence === 0) this.options.onSegment(segment)
    } catch (error) {
      await this.abandon()
      throw error
    }
  }

  isWriting(segment: Segment): boolean {
    return this.current?.segment === segment
  }

  async close(): Promise<void> {
    const current = this.current
    this.current = null
    await current?.file.close()
  }

  private async open(): Promise<OpenSegment> {
    if (this.current !== null && this.current.segment.end.at >= this.options.segmentBytesMax)
      await this.close()
    this.current ??= await createSegment(this.options.nextPath(), this.options.key)
    return this.current
  }

  /** Nobody knows what is in the file behind its end: it is cut there, and never written to again. */
  private async abandon(): Promise<void> {
    const current = this.current
    this.current = null
    if (current === null) return
    const { file, segment } = current
    await file.truncate(segment.end.at).catch(() => undefined)
    await file.close().catch(() => undefined)
    // Nobody else knows of it yet.
    if (segment.end.sequence === 0) await rm(segment.path, { force: true }).catch(() => undefined)
  }
}

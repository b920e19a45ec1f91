/** Records on their way to the broker, in memory, each with somebody who waits for it. In the order of arrival. */
import {
  type BatchLimits,
  batchLength,
  type OutboundRecord,
  recordBytes,
} from '../../platform/kafka/producer-batch.ts'

interface Waiting {
  readonly record: OutboundRecord
  readonly bytes: number
  readonly sinceMs: number
  readonly sender: Sender
}

/** Whoever waits until all of its records are kept, or one cannot be. */
interface Sender {
  unkept: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const keptOneOf = (sender: Sender): void => {
  if (--sender.unkept === 0) sender.resolve()
}

export class WaitingRecords {
  private readonly limits: BatchLimits
  private queue: Waiting[] = []
  private wire: Waiting[] = []
  /** How many of the records on the wire another place has kept, once they were moved there. */
  private movedFromWire: Promise<number> | null = null
  private readonly held = { records: 0, bytes: 0 }

  constructor(limits: BatchLimits) {
    this.limits = limits
  }

  isFull(): boolean {
    return this.held.records >= this.limits.recordsMax || this.held.bytes >= this.limits.bytesMax
  }

  isEmpty(): boolean {
    return this.queue.length === 0
  }

  /** What is on the wire has waited so long that it was moved. */
  isStuck(): boolean {
    return this.movedFromWire !== null
  }

  /** Waiting and on the wire. */
  size(): { readonly records: number; readonly bytes: number } {
    return { ...this.held }
  }

  /** Null when nothing waits that could be moved. */
  oldestSinceMs(): number | null {
    const movable = this.movedFromWire === null ? this.wire[0] : undefined
    return (movable ?? this.queue[0])?.sinceMs ?? null
  }

  /** Resolves when all of them are kept; rejects as soon as one cannot be. */
  add(records: readonly OutboundRecord[], nowMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (records.length === 0) return resolve()
      const sender = { unkept: records.length, resolve, reject }
      for (const record of records) {
        const bytes = recordBytes(record)
        this.held.records++
        this.held.bytes += bytes
        this.queue.push({ record, bytes, sinceMs: nowMs, sender })
      }
    })
  }

  /** The next records from the front, on the wire from now on. */
  toWire(limits: BatchLimits): readonly OutboundRecord[] {
    this.wire = this.queue.splice(0, batchLength(this.queue, limits))
    return this.wire.map(({ record }) => record)
  }

  /** Hands everything over, what is on the wire first; whoever waits is answered by `keep`. */
  moveAll(keep: (record: OutboundRecord) => Promise<void>): void {
    const move = (waiting: Waiting): Promise<boolean> => {
      const kept = keep(waiting.record)
      return kept.then(
        () => {
          this.letGo(waiting)
          keptOneOf(waiting.sender)
          return true
        },
        (error: unknown) => {
          this.letGo(waiting)
          waiting.sender.reject(error)
          return false
        },
      )
    }
    if (this.movedFromWire === null && this.wire.length > 0) {
      const moved = Promise.all(this.wire.map(move))
      this.movedFromWire = moved.then(kept => kept.filter(Boolean).length)
    }
    for (const waiting of this.queue.splice(0)) void move(waiting)
  }

  /**
   * The send has ended. Null when its records were not moved meanwhile: then they are on the broker, and so answered;
   * else how many of them were kept elsewhere.
   */
  async leaveWire(): Promise<number | null> {
    const { wire, movedFromWire } = this
    this.wire = []
    this.movedFromWire = null
    if (movedFromWire !== null) return await movedFromWire
    for (const waiting of wire) {
      this.letGo(waiting)
      keptOneOf(waiting.sender)
    }
    return null
  }

  private letGo({ bytes }: Waiting): void {
    this.held.records--
    this.held.bytes -= bytes
  }
}

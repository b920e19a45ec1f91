/** Records that wait for the broker, each with somebody who waits for its acknowledgement. Bounded in every direction. */
import { type BatchLimits, batchLength, type OutboundRecord, recordBytes } from './producer-batch.ts'

/** The queue is full: nothing of the record was kept, try again later. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}

/** No acknowledgement came. Unless the record was still waiting, it may have been written all the same. */
export class NotAcknowledged extends Error {
  override readonly name = 'NotAcknowledged'
}

export interface Batch {
  readonly records: readonly OutboundRecord[]
  /** Answers everybody who still waits: null when all of it was written. */
  readonly settle: (error: Error | null) => void
}

export interface RecordQueue {
  readonly add: (record: OutboundRecord) => Promise<void>
  /** The next batch from the front; it still counts against the limits until it is settled. */
  readonly take: (limits: BatchLimits) => Batch
  readonly isEmpty: () => boolean
  /** Records and bytes, waiting and taken. */
  readonly size: () => { readonly records: number; readonly bytes: number }
}

interface Pending {
  readonly record: OutboundRecord
  readonly bytes: number
  readonly timer: NodeJS.Timeout
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export function createRecordQueue(limits: BatchLimits, acknowledgeWithinMs: number): RecordQueue {
  // A set keeps the order of arrival, and a record that waited too long leaves it at once.
  const waiting = new Set<Pending>()
  const size = { records: 0, bytes: 0 }

  const forget = (pending: Pending): void => {
    size.records--
    size.bytes -= pending.bytes
  }
  const expire = (pending: Pending): void => {
    if (waiting.delete(pending)) forget(pending)
    pending.reject(new NotAcknowledged(`no acknowledgement within ${acknowledgeWithinMs} ms`))
  }

  return {
    add(record) {
      const bytes = recordBytes(record)
      if (size.records >= limits.recordsMax || size.bytes + bytes > limits.bytesMax) {
        return Promise.reject(new Overloaded('too many records wait for Kafka'))
      }
      size.records++
      size.bytes += bytes
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => expire(pending), acknowledgeWithinMs)
        const pending: Pending = { record, bytes, timer, resolve, reject }
        waiting.add(pending)
      })
    },
    take(batchLimits) {
      const batch = [...waiting.values().take(batchLength(waiting, batchLimits))]
      for (const pending of batch) waiting.delete(pending)
      return {
        records: batch.map(pending => pending.record),
        settle(error) {
          for (const pending of batch) {
            forget(pending)
            clearTimeout(pending.timer)
            // Does nothing for a record that nobody waits for any more.
            if (error === null) pending.resolve()
            else pending.reject(error)
          }
        },
      }
    },
    isEmpty: () => waiting.size === 0,
    size: () => ({ ...size }),
  }
}

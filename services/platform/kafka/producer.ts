/**
 * A producer whose acknowledgement can be believed (`producer-client.ts` says why). One send is in flight at a time,
 * and what arrives meanwhile forms the next one: group commit needs no timer, and its batches grow as the broker
 * slows down.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient } from './client.ts'
import { type BatchLimits, batchLength, type OutboundRecord, recordBytes } from './producer-batch.ts'
import {
  type ClientOptions,
  type Connection,
  createProducerClient,
  NotAcknowledged,
  Overloaded,
} from './producer-client.ts'

export interface ProducerState {
  readonly isConnected: boolean
  /** Waiting and in flight. */
  readonly records: number
  readonly bytes: number
}

export interface GroupCommitProducer {
  /**
   * Resolves when all in-sync replicas have the record.
   * Rejects with `Overloaded` at once or with `NotAcknowledged` within `acknowledgeWithinMs`.
   */
  readonly send: (record: OutboundRecord) => Promise<void>
  /** Takes no more, sends what waits, disconnects. */
  readonly close: () => Promise<void>
  readonly state: () => ProducerState
}

export interface ProducerOptions extends ClientOptions {
  readonly acknowledgeWithinMs: number
  readonly queue: BatchLimits
  readonly batch: BatchLimits
  /** Wait after a connection that failed. */
  readonly reconnectPauseMs: number
}

/** By default the broker takes 1 MiB for one partition, and all of a batch may go to one. */
export const PRODUCER_DEFAULTS = {
  acknowledgeWithinMs: 2_500,
  queue: { recordsMax: 20_000, bytesMax: 64 * 1024 * 1024 },
  batch: { recordsMax: 2_000, bytesMax: 900 * 1024 },
  attemptMaxMs: 30_000,
  reconnectPauseMs: 250,
} as const satisfies Omit<ProducerOptions, 'onFailure'>

/** Connects in the background, again and again; what comes meanwhile waits within its limits. */
export function createGroupCommitProducer(
  kafka: Pick<KafkaClient, 'producer'>,
  options: ProducerOptions,
): GroupCommitProducer {
  const queue = createRecordQueue(options.queue, options.acknowledgeWithinMs)
  const client = createProducerClient(kafka, options)
  let pumping: Promise<void> | null = null
  let isClosed = false

  const pump = async (): Promise<void> => {
    // Goes on without records until connected, so that readiness turns green again without traffic.
    while (!queue.isEmpty() || !(client.isConnected() || isClosed)) {
      const connection = await client.connect()
      if (connection === null) await sleep(options.reconnectPauseMs)
      else await sendNext(queue, connection, options.batch)
    }
    pumping = null
  }
  // Starts after the caller has handed over everything that it has now.
  const startPump = (): void => {
    pumping ??= Promise.resolve().then(pump)
  }
  startPump()

  return {
    send(record) {
      if (isClosed) return Promise.reject(new Overloaded('the process is stopping'))
      const acknowledged = queue.add(record)
      startPump()
      return acknowledged
    },
    async close() {
      isClosed = true
      await pumping
      await client.close()
    },
    state: () => ({ isConnected: client.isConnected(), ...queue.size() }),
  }
}

async function sendNext(queue: RecordQueue, connection: Connection, batchLimits: BatchLimits): Promise<void> {
  const batch = queue.take(batchLimits)
  if (batch.records.length === 0) return
  try {
    await connection.send(batch.records)
    batch.answer(null)
  } catch (error) {
    batch.answer(new NotAcknowledged('the broker did not take the record', { cause: error }))
  }
}

interface Batch {
  readonly records: readonly OutboundRecord[]
  /** Answers everybody who still waits: null when all of it was written. */
  readonly answer: (error: Error | null) => void
}

/** Records that wait for the broker, each with somebody who waits for its acknowledgement. Bounded in every direction. */
interface RecordQueue {
  readonly add: (record: OutboundRecord) => Promise<void>
  /** The next batch from the front; it still counts against the limits until it is answered. */
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

function createRecordQueue(limits: BatchLimits, acknowledgeWithinMs: number): RecordQueue {
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
        answer(error) {
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

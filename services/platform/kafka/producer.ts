/**
 * A producer whose acknowledgement can be believed (`producer-client.ts` says why). One send is in flight at a time,
 * and what arrives meanwhile forms the next one: group commit needs no timer, and its batches grow as the broker
 * slows down.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient } from './client.ts'
import type { BatchLimits, OutboundRecord } from './producer-batch.ts'
import { type ClientOptions, type Connection, createProducerClient } from './producer-client.ts'
import { createRecordQueue, NotAcknowledged, Overloaded, type RecordQueue } from './producer-queue.ts'

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
    batch.settle(null)
  } catch (error) {
    batch.settle(new NotAcknowledged('the broker did not take the record', { cause: error }))
  }
}

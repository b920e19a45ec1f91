/**
 * A producer whose acknowledgement can be believed.
 *
 * kafkajs 2.2.4 takes sequence numbers back when a request times out. With a second send under way, the broker then
 * takes that one for a repetition of the first and acknowledges a record that it never wrote. So one send is in
 * flight at a time, and what arrives meanwhile forms the next one (group commit: it needs no timer, and its batches
 * grow as the broker slows down); a client whose send finally failed is thrown away with its sequence numbers.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Producer } from 'kafkajs'
import type { KafkaClient } from './kafka.ts'
import { Partitioners } from './kafkajs.ts'
import { type BatchLimits, byTopic, type OutboundRecord } from './producer-batch.ts'
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

export interface ProducerOptions {
  readonly acknowledgeWithinMs: number
  readonly queue: BatchLimits
  readonly batch: BatchLimits
  /** A connection attempt or a send that takes longer counts as failed: kafkajs has been seen to wait for ever. */
  readonly attemptMaxMs: number
  /** Wait after a connection that failed. */
  readonly reconnectPauseMs: number
  /** Told of every send and connection that failed, with the client's error. */
  readonly onFailure: (error: unknown) => void
}

/** By default the broker takes 1 MiB for one partition, and all of a batch may go to one. */
export const PRODUCER_DEFAULTS = {
  acknowledgeWithinMs: 2_500,
  queue: { recordsMax: 20_000, bytesMax: 64 * 1024 * 1024 },
  batch: { recordsMax: 2_000, bytesMax: 900 * 1024 },
  attemptMaxMs: 30_000,
  reconnectPauseMs: 250,
} as const satisfies Omit<ProducerOptions, 'onFailure'>

/** Few retries: a new client with fresh metadata is the better one, and the caller does not wait for more. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 5 }
const BROKER_TIMEOUT_MS = 10_000

/** Connects in the background, again and again; what comes meanwhile waits within its limits. */
export function createGroupCommitProducer(
  kafka: Pick<KafkaClient, 'producer'>,
  options: ProducerOptions,
): GroupCommitProducer {
  const queue = createRecordQueue(options.queue, options.acknowledgeWithinMs)
  const client = createClient(kafka, options)
  let pumping: Promise<void> | null = null
  let isClosed = false

  const pump = async (): Promise<void> => {
    // Goes on without records until connected, so that readiness turns green again without traffic.
    while (!queue.isEmpty() || !(client.isConnected() || isClosed)) {
      const producer = await client.get()
      if (producer === null) await sleep(options.reconnectPauseMs)
      else await sendNext(queue, producer, client, options)
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

async function sendNext(
  queue: RecordQueue,
  producer: Producer,
  client: Client,
  options: ProducerOptions,
): Promise<void> {
  const batch = queue.take(options.batch)
  if (batch.records.length === 0) return
  try {
    const request = { acks: -1, timeout: BROKER_TIMEOUT_MS, topicMessages: byTopic(batch.records) }
    await within(options.attemptMaxMs, producer.sendBatch(request))
    batch.settle(null)
  } catch (error) {
    batch.settle(new NotAcknowledged('the broker did not take the record', { cause: error }))
    client.discard(producer, error)
  }
}

interface Client {
  /** The connected producer, or a new one; null when it could not connect. */
  readonly get: () => Promise<Producer | null>
  readonly discard: (producer: Producer, error: unknown) => void
  readonly close: () => Promise<void>
  readonly isConnected: () => boolean
}

function createClient(kafka: Pick<KafkaClient, 'producer'>, options: ProducerOptions): Client {
  let current: Producer | null = null
  const discard = (producer: Producer, error: unknown): void => {
    current = null
    options.onFailure(error)
    // Whether a client of no more use can say goodbye does not matter.
    producer.disconnect().catch(() => undefined)
  }
  return {
    async get() {
      if (current !== null) return current
      const producer = kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: Partitioners.DefaultPartitioner,
        retry: RETRY,
      })
      try {
        await within(options.attemptMaxMs, producer.connect())
        current = producer
      } catch (error) {
        discard(producer, error)
      }
      return current
    },
    discard,
    async close() {
      await current?.disconnect()
      current = null
    },
    isConnected: () => current !== null,
  }
}

async function within<T>(timeoutMs: number, attempt: Promise<T>): Promise<T> {
  const abort = new AbortController()
  const expired = sleep(timeoutMs, undefined, { signal: abort.signal }).then(() => {
    throw new NotAcknowledged(`the Kafka client did not answer within ${timeoutMs} ms`)
  })
  // Loses the race silently, as does an attempt that fails after it was given up.
  expired.catch(() => undefined)
  attempt.catch(() => undefined)
  try {
    return await Promise.race([attempt, expired])
  } finally {
    abort.abort()
  }
}

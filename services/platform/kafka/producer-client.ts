/**
 * kafkajs's producer, thrown away whenever it fails.
 *
 * A record that was given up may have been written, and nobody knows which sequence number comes next: the broker would
 * take the next record for a repetition and acknowledge what it never wrote. So such a producer goes away with its
 * numbers. One send is in flight at a time: a second one would only wait for the first (`send-messages.ts`).
 */
import type { Producer } from 'kafkajs'
import { Partitioners } from '../kafkajs/kafkajs.ts'
import type { KafkaClient } from './client.ts'
import { byTopic, type OutboundRecord } from './producer-batch.ts'

/** The queue is full: nothing of the record was kept, try again later. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}

/** No acknowledgement came. Unless the record was still waiting, it may have been written all the same. */
export class NotAcknowledged extends Error {
  override readonly name = 'NotAcknowledged'
}

export interface ClientOptions {
  /** A connection attempt or a send that takes longer counts as failed: kafkajs has been seen to wait for ever. */
  readonly attemptMaxMs: number
  /** Told of every send and connection that failed, with the client's error. */
  readonly onFailure: (error: unknown) => void
  /** Runs before each connection is used; a connection whose check fails is none. */
  readonly check?: () => Promise<void>
}

export interface Connection {
  /** Rejects when the broker may not have written all of it; the connection is then gone. */
  readonly send: (records: readonly OutboundRecord[]) => Promise<void>
}

export interface ProducerClient {
  /** The connection there is, or a new one; null when it could not be made. */
  readonly connect: () => Promise<Connection | null>
  readonly close: () => Promise<void>
  readonly isConnected: () => boolean
}

/** Few retries: a new client with fresh metadata is the better one, and the caller does not wait for more. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 5 }
const BROKER_TIMEOUT_MS = 10_000

export function createProducerClient(
  kafka: Pick<KafkaClient, 'producer'>,
  options: ClientOptions,
): ProducerClient {
  let current: Producer | null = null
  const discard = (producer: Producer, error: unknown): void => {
    if (current === producer) current = null
    options.onFailure(error)
    // Whether a client of no more use can say goodbye does not matter.
    producer.disconnect().catch(() => undefined)
  }
  const send = async (producer: Producer, records: readonly OutboundRecord[]): Promise<void> => {
    try {
      const request = { acks: -1, timeout: BROKER_TIMEOUT_MS, topicMessages: byTopic(records) }
      await within(options.attemptMaxMs, producer.sendBatch(request))
    } catch (error) {
      discard(producer, error)
      throw error
    }
  }
  const connectionOf = (producer: Producer): Connection => ({ send: records => send(producer, records) })
  return {
    async connect() {
      if (current !== null) return connectionOf(current)
      const producer = newProducer(kafka)
      try {
        await within(
          options.attemptMaxMs,
          producer.connect().then(() => options.check?.()),
        )
        current = producer
        return connectionOf(producer)
      } catch (error) {
        discard(producer, error)
        return null
      }
    },
    async close() {
      await current?.disconnect()
      current = null
    },
    isConnected: () => current !== null,
  }
}

const newProducer = (kafka: Pick<KafkaClient, 'producer'>): Producer =>
  kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: RETRY,
  })

/** @throws NotAcknowledged when the attempt takes longer; it may still go on. */
export async function within<T>(timeoutMs: number, attempt: Promise<T>): Promise<T> {
  const expired = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    expired.reject(new NotAcknowledged(`the Kafka client did not answer within ${timeoutMs} ms`))
  }, timeoutMs)
  // An attempt that fails after it was given up does so silently.
  attempt.catch(() => undefined)
  try {
    return await Promise.race([attempt, expired.promise])
  } finally {
    clearTimeout(timer)
  }
}

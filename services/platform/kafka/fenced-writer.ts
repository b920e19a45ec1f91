/**
 * Writes records that belong together in one transaction, for one writer at a time: whoever opened last under a name is
 * the only one. What is read after opening can therefore no longer be changed by the writer before.
 */
import type { IHeaders, Message } from 'kafkajs'
import type { KafkaClient } from './client.ts'
import { fence } from './fence.ts'
import { BATCH_BYTES_MAX, recordBytes, requestsOf } from './producer-batch.ts'

export interface WholeRecord {
  readonly topic: string
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers: IHeaders
  /** Where the key's own partition is not wanted. */
  readonly partition?: number
}

export interface FencedWriter {
  /**
   * All of `records` or none; one call at a time. When it throws, only the topics tell whether they were written.
   * @throws SupersededError when another writer has opened under the same name
   */
  readonly write: (records: readonly WholeRecord[]) => Promise<void>
  readonly close: () => Promise<void>
}

export class SupersededError extends Error {
  override readonly name = 'SupersededError'
}

/** What a broker says to a writer that another one has replaced. */
const SUPERSEDED: ReadonlySet<string> = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED'])

export async function openFencedWriter(kafka: KafkaClient, transactionalId: string): Promise<FencedWriter> {
  const producer = await fence(kafka, transactionalId)
  return {
    async write(records) {
      const measured = records.map(record => ({ ...record, bytes: recordBytes(record) }))
      const byTopic = Map.groupBy(measured, ({ topic }) => topic)
      try {
        const transaction = await producer.transaction()
        for (const request of requestsOf(byTopic, () => BATCH_BYTES_MAX)) {
          const topicMessages = [...request].map(([topic, all]) => ({ topic, messages: all as Message[] }))
          await transaction.sendBatch({ topicMessages, acks: -1 })
        }
        await transaction.commit()
      } catch (error) {
        const type = error instanceof Error ? String(Reflect.get(error, 'type')) : ''
        throw SUPERSEDED.has(type)
          ? new SupersededError('another writer has taken over', { cause: error })
          : error
      }
    },
    close: () => producer.disconnect(),
  }
}

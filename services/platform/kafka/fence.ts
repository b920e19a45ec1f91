/** Transactional producers: one at a time under each id. */
import type { Producer } from 'kafkajs'
import { Partitioners } from '../kafkajs/kafkajs.ts'
import { type KafkaClient, principalOf } from './client.ts'
import { namingRight } from './denied.ts'

/** The broker aborts a transaction that stays open longer. */
const TRANSACTION_TIMEOUT_MS = 30_000

/**
 * A producer that nobody else can use from now on. The first `transaction()` of a new producer object is what takes
 * the producer id: it aborts and fences whatever the earlier owner has open. The abort is local.
 */
export async function fence(kafka: KafkaClient, transactionalId: string): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  try {
    await producer.connect()
    await (await producer.transaction()).abort()
    return producer
  } catch (error) {
    discard(producer)
    throw namingRight(error, `Write on the transactional id "${transactionalId}"`, principalOf(kafka))
  }
}

/** For a producer that has been fenced or will be: whether its connection still closes politely does not matter. */
export function discard(producer: Producer | undefined): void {
  producer?.disconnect().catch(() => undefined)
}

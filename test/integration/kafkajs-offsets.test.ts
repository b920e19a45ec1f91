/** What becomes of a group's offset when retention has taken the record at which its reader stands. */
import { randomUUID } from 'node:crypto'
import type { Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import { discard, fence } from '../../services/platform/kafka/fence.ts'
import { eventually } from '../support/partition-eventually.ts'
import { createTopic, kafkaAt } from '../support/partition-kafka.ts'

const kafka: KafkaClient = kafkaAt(inject('kafkaBrokers'))
let admin: Admin

beforeAll(async () => {
  admin = kafka.admin()
  await admin.connect()
})
afterAll(() => admin.disconnect())

it('stays as it was committed, with what stands beside it, and the reader goes on where the log begins', async () => {
  const [topic, groupId] = [`taken-${randomUUID().slice(0, 8)}`, `taken-${randomUUID().slice(0, 8)}`]
  await createTopic(admin, topic, {}, 1)
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (let number = 0; number < 9; number++)
    await producer.send({ topic, acks: -1, messages: [{ key: 'k', value: String(number) }] })
  await producer.disconnect()
  const committed = { partition: 0, offset: '2', metadata: '{"published":2}' }
  const owner = await fence(kafka, groupId)
  const transaction = await owner.transaction()
  await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [committed] }] })
  await transaction.commit()
  discard(owner)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '5' }] })

  const read: string[] = []
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => void read.push(String(message.value)),
  })
  await eventually('the reader to be at the end', async () => read.at(-1) === '8')
  await consumer.disconnect()
  expect(read).toEqual(['5', '6', '7', '8'])
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] })
  expect(offsets?.partitions).toEqual([committed])
})

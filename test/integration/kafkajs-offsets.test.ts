/** What becomes of a group's offset when retention has taken the record at which its reader stands. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import { discard, fence } from '../../services/platform/kafka/fence.ts'
import type { Admin } from '../../services/platform/kafkajs/kafkajs.ts'
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

it('is asked for until what is being committed is final, and that of one partition does not wait for another', async () => {
  const [topic, groupId] = [`stable-${randomUUID().slice(0, 8)}`, `stable-${randomUUID().slice(0, 8)}`]
  await createTopic(admin, topic, {}, 2)
  const before = [0, 1].map(partition => ({ partition, offset: '1' }))
  await admin.setOffsets({ groupId, topic, partitions: before })
  const owner = await fence(kafka, groupId)
  const transaction = await owner.transaction()
  const committed = { partition: 0, offset: '2', metadata: '{"published":2}' }
  await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [committed] }] })

  const stable = admin.fetchStableOffsets({ groupId, topics: [topic], partition: 0 })
  const answered = vi.fn()
  void stable.then(answered)
  const other = await admin.fetchStableOffsets({ groupId, topics: [topic], partition: 1 })
  expect(other).toEqual([{ topic, partition: 1, offset: '1', metadata: '' }])
  for (let times = 0; times < 5; times++) {
    const [plain] = await admin.fetchOffsets({ groupId, topics: [topic] })
    expect(plain?.partitions.find(({ partition }) => partition === 0)).toMatchObject({ offset: '1' })
  }
  expect(answered).not.toHaveBeenCalled()
  await transaction.commit()
  discard(owner)
  expect(await stable).toEqual([{ topic, ...committed }])
})

it('is −1 where nothing is committed', async () => {
  const [topic, groupId] = [`none-${randomUUID().slice(0, 8)}`, `none-${randomUUID().slice(0, 8)}`]
  await createTopic(admin, topic, {}, 1)
  const offsets = await admin.fetchStableOffsets({ groupId, topics: [topic], partition: 0 })
  expect(offsets).toEqual([{ topic, partition: 0, offset: '-1', metadata: '' }])
})

/** What the broker takes, against what is believed of it: a record that is believed to fit must fit. */
import { randomUUID } from 'node:crypto'
import type { Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { fence } from '../../services/platform/kafka/fence.ts'
import { openFencedWriter } from '../../services/platform/kafka/fenced-writer.ts'
import { BATCH_OVERHEAD_BYTES, recordBytes } from '../../services/platform/kafka/producer-batch.ts'
import { commitStep } from '../../services/platform/partitions/steps/transaction.ts'
import { messageLimits } from '../../services/platform/topics/message-limits.ts'
import { createTopic, kafkaAt, readTopic } from '../support/partition-kafka.ts'

const kafka = kafkaAt(inject('kafkaBrokers'))
let admin: Admin
beforeAll(async () => {
  admin = kafka.admin()
  await admin.connect()
})
afterAll(() => admin.disconnect())

async function topicOf(config: Readonly<Record<string, string>> = {}): Promise<string> {
  const topic = `limits-${randomUUID().slice(0, 8)}`
  await createTopic(admin, topic, config, 1)
  return topic
}
const outgoing = (topic: string, key: string, size: number) => {
  const record = { topic, key, value: Buffer.alloc(size), headers: { name: 'value', other: 'x'.repeat(300) } }
  return { ...record, partition: 0, bytes: recordBytes(record) }
}

it('knows what the broker takes, whatever the definitions say, and the definitions where it does not tell', async () => {
  const [own, usual] = [await topicOf({ 'max.message.bytes': '5000' }), await topicOf()]
  const definitions = [own, 'not.there'].map(name => ({
    ...{ name, config: { 'max.message.bytes': '7000' }, why: 'A test.' },
  }))
  const limitOf = await messageLimits(kafka, definitions, [own, usual])
  expect([limitOf(own), limitOf(usual)]).toEqual([5000, 1_048_588])
  const refused = await messageLimits(kafka, definitions, [own, 'not there'])
  expect([refused(own), refused('not.there')]).toEqual([7000, 7000])
})

it('is taken when it is believed to fit, and refused not far above that', async () => {
  const topic = await topicOf({ 'max.message.bytes': '5000' })
  const overhead = recordBytes(outgoing(topic, 'key', 0)) + BATCH_OVERHEAD_BYTES
  const writer = await openFencedWriter(kafka, topic)
  await writer.write([outgoing(topic, 'key', 5000 - overhead)])
  await expect(writer.write([outgoing(topic, 'key', 5100 - overhead)])).rejects.toThrow('larger than the max')
  await writer.close()
})

it('writes in one transaction what is several times larger than a batch may be, in order', async () => {
  const topic = await topicOf()
  const records = Array.from({ length: 40 }, (_, at) => outgoing(topic, String(at), 100_000))
  const producer = await fence(kafka, topic)
  await commitStep(producer, `${topic}-group`, 0, new Map([[topic, records]]), [], () => 900_000)
  await producer.disconnect()
  // The answer to a commit may come before its marker; that to the next fence does not.
  await (await fence(kafka, topic)).disconnect()
  const { records: written } = await readTopic(kafka, admin, topic)
  expect(written[0]?.map(({ key }) => key)).toEqual(records.map(({ key }) => key))
})

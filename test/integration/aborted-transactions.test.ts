/** What a reader sees of transactions that were aborted: nothing, whoever else wrote between their records. */
import { randomUUID } from 'node:crypto'
import type { Admin, Producer, Transaction } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import { readRanges } from '../../services/platform/readers/topic-reader.ts'
import { eventually } from '../support/partition-eventually.ts'
import { createTopic, kafkaAt } from '../support/partition-kafka.ts'

const kafka: KafkaClient = kafkaAt(inject('kafkaBrokers'))
let admin: Admin
const producers = new Map<string, Producer>()

beforeAll(async () => {
  admin = kafka.admin()
  await admin.connect()
  for (const name of ['a', 'b', 'c']) {
    const transactionalId = `aborted-${randomUUID()}`
    const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    producers.set(name, producer)
  }
})
afterAll(async () => {
  await Promise.all([...producers.values()].map(producer => producer.disconnect()))
  await admin.disconnect()
})

/** `a1`: one record of a's transaction, written at once. `a+`: a commits. `a-`: a aborts. */
async function write(topic: string, script: string): Promise<void> {
  const open = new Map<string, Transaction>()
  for (const step of script.split(' ')) {
    const name = step.slice(0, 1)
    const transaction = open.get(name) ?? (await producers.get(name)?.transaction())
    if (transaction === undefined) throw new Error(`nobody is called ${name}`)
    open.set(name, transaction)
    if (/[+-]$/.test(step)) {
      await (step.endsWith('+') ? transaction.commit() : transaction.abort())
      open.delete(name)
    } else {
      await transaction.send({ topic, acks: -1, messages: [{ key: name, value: step, partition: 0 }] })
    }
  }
}

/** Names of the records of committed transactions, in order. */
function committedOf(script: string): string[] {
  const steps = script.split(' ')
  return steps.filter((step, at) => {
    const end = steps.slice(at).find(later => later === `${step[0]}+` || later === `${step[0]}-`)
    return !/[+-]$/.test(step) && end?.endsWith('+')
  })
}

async function written(script: string): Promise<{ topic: string; end: number }> {
  const topic = `aborted-${randomUUID()}`
  await createTopic(admin, topic, {}, 1)
  await write(topic, script)
  const offsets = script.split(' ').length
  await eventually('the last marker', async () => {
    const [bounds] = await admin.fetchTopicOffsets(topic)
    return Number(bounds?.high) === offsets
  })
  return { topic, end: offsets }
}

async function valuesFrom(topic: string, from: number, end: number): Promise<(string | undefined)[]> {
  const ranges = [{ topic, partition: 0, from, end }]
  const records = await Array.fromAsync(readRanges(kafka, ranges, { reader: 'aborted' }))
  return records.map(({ value }) => value?.toString())
}

describe.each([
  ['several, one after the other, among committed ones', 'a1 a+ a2 a- a3 a4 a- a5 a+ b1 b- a6 a- b2 b+'],
  ['one of many batches', `${Array.from({ length: 40 }, (_, n) => `a${n}`).join(' ')} a- b1 b+`],
  ['one around another that ends first', 'a1 b1 a2 b2 b- a3 c1 c+ a- b3 b+ a4 a+'],
  ['one around another that is committed', 'a1 b1 a2 b2 b+ a3 a- c1 c+'],
  ['three that were begun and ended in opposite order', 'a1 b1 c1 c2 b2 a2 c- b- a- a3 a+'],
])('aborted transactions: %s', (_, script) => {
  it('show nothing to a reader, and hide nothing else', async () => {
    const { topic, end } = await written(script)
    expect(await valuesFrom(topic, 0, end)).toEqual(committedOf(script))
  })

  it('show nothing to a reader that begins among their records', async () => {
    const { topic, end } = await written(script)
    const steps = script.split(' ')
    for (const from of [1, 2, 3]) {
      const behind = committedOf(script).filter(step => steps.indexOf(step) >= from)
      expect(await valuesFrom(topic, from, end)).toEqual(behind)
    }
  })
})

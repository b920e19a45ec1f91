import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KafkaInMemory, type Mishap } from '../../../support/kafka-in-memory.ts'

const TOPICS = { a: 2, b: 2 } as const
const NO_MISHAP: Mishap = { request: 'answered', partitions: [], leaders: [], turns: [0, 0] }

const mishaps = fc.array(
  fc.record({
    request: fc.oneof(
      { weight: 4, arbitrary: fc.constant('answered' as const) },
      fc.constantFrom('request lost' as const, 'answer lost' as const),
    ),
    partitions: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant('written' as const) },
        { weight: 4, arbitrary: fc.constantFrom('refused' as const, 'written, but refused' as const) },
        fc.constant('refused for good' as const),
      ),
      { maxLength: 4 },
    ),
    leaders: fc.array(fc.oneof(fc.constant('stays' as const), fc.constantFrom(1, 2, 3)), { maxLength: 4 }),
    turns: fc.tuple(fc.nat(3), fc.nat(3)),
  }),
  { maxLength: 12 },
)

/** Where each record of a batch goes; null leaves it to the client. */
const batches = fc.array(
  fc.array(fc.record({ topic: fc.constantFrom('a', 'b'), partition: fc.constantFrom(0, 1, null) }), {
    minLength: 1,
    maxLength: 6,
  }),
  { minLength: 1, maxLength: 5 },
)

interface Sent {
  readonly values: readonly string[]
  readonly error: Error | null
}

type Batches = readonly (readonly { readonly topic: string; readonly partition: number | null }[])[]

/** One batch after the other, each awaited. */
async function sendAll(
  kafka: KafkaInMemory,
  sender: Pick<ReturnType<KafkaInMemory['producer']>, 'sendBatch'>,
  all: Batches,
): Promise<readonly Sent[]> {
  const sent: Sent[] = []
  for (const [number, batch] of all.entries()) {
    const records = batch.map((record, at) => ({ ...record, value: `${number}.${at}` }))
    const topicMessages = records.map(({ topic, partition, value }) => ({
      topic,
      messages: [{ value, key: null, ...(partition === null ? {} : { partition }) }],
    }))
    const values = records.map(({ value }) => value)
    try {
      const acknowledged = await sender.sendBatch({ topicMessages })
      for (const { topicName, partition, baseOffset } of acknowledged)
        expect(kafka.values(topicName, partition)[Number(baseOffset)]).toMatch(`${number}.`)
      const names = acknowledged.map(({ topicName, partition }) => `${topicName}/${partition}`)
      expect(new Set(names).size).toBe(names.length)
      sent.push({ values, error: null })
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'AssertionError') throw error
      sent.push({ values, error })
    }
  }
  return sent
}

/** What was acknowledged is there once, what was not is there once at the most, and in the order of sending. */
function expectTruth(kafka: KafkaInMemory, sent: readonly Sent[]): void {
  const counts = Map.groupBy(kafka.allValues(), value => value)
  for (const { values, error } of sent)
    for (const value of values) {
      const count = counts.get(value)?.length ?? 0
      expect(`${value} ${error === null || count > 1 ? count : 'given up'}`).toBe(
        `${value} ${error === null ? 1 : 'given up'}`,
      )
    }
  for (const [topic, partitions] of Object.entries(TOPICS))
    for (let partition = 0; partition < partitions; partition++) {
      const numbers = kafka.values(topic, partition).map(value => Number(value.split('.')[0]))
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    }
}

describe('a producer of kafkajs', () => {
  it('acknowledges what is written once, whatever happens to its requests', async () => {
    await fc.assert(
      fc.asyncProperty(batches, mishaps, fc.nat(6), async (all, met, retries) => {
        const kafka = new KafkaInMemory(TOPICS, met, retries + 1)
        const producer = kafka.producer()
        await producer.connect()
        expectTruth(kafka, await sendAll(kafka, producer, all))
      }),
      { numRuns: 300 },
    )
  })

  it('does so in a transaction, while its coordinator moves', async () => {
    await fc.assert(
      fc.asyncProperty(batches, mishaps, fc.nat(2), async (all, met, coordinatorMoves) => {
        const kafka = new KafkaInMemory(TOPICS, met)
        const producer = kafka.producer({ transactionalId: 't' })
        await producer.connect()
        const transaction = await producer.transaction()
        kafka.coordinatorMoves = coordinatorMoves
        const sent = await sendAll(kafka, transaction, all)
        expectTruth(kafka, sent)
        if (sent.every(({ error }) => error === null)) await transaction.commit()
        else await transaction.abort()
      }),
      { numRuns: 300 },
    )
  })

  it('does so when batches are handed over without waiting', async () => {
    await fc.assert(
      fc.asyncProperty(mishaps, async met => {
        const kafka = new KafkaInMemory(TOPICS, met)
        const producer = kafka.producer()
        await producer.connect()
        const numbers = Array.from({ length: 5 }, (_, number) => number)
        const outcomes = await Promise.allSettled(
          numbers.map(number =>
            producer.send({ topic: 'a', messages: [{ value: `${number}.0`, partition: 0 }] }),
          ),
        )
        const sent = outcomes.map((outcome, number) => ({
          values: [`${number}.0`],
          error: outcome.status === 'fulfilled' ? null : outcome.reason,
        }))
        expectTruth(kafka, sent)
      }),
      { numRuns: 100 },
    )
  })
})

describe('a batch of which a part failed', () => {
  const toBoth = (value: string) => ({
    topicMessages: ['a', 'b'].map(topic => ({
      topic,
      messages: [{ value: `${topic}${value}`, partition: 0 }],
    })),
  })

  it('is finished when the lead has moved to the broker that has answered already', async () => {
    const kafka = new KafkaInMemory({ a: 1, b: 1 }, [])
    kafka.move('b', 0, 2)
    const producer = kafka.producer()
    await producer.connect()
    await producer.sendBatch(toBoth('1'))
    kafka.move('a', 0, 2)
    await producer.sendBatch(toBoth('2'))
    expect([kafka.values('a', 0), kafka.values('b', 0)]).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ])
  })

  it('stays divided as it was when the topic has grown meanwhile', async () => {
    const refusing: Mishap = { ...NO_MISHAP, partitions: ['written, but refused', 'refused'] }
    const kafka = new KafkaInMemory({ a: 1 }, [NO_MISHAP, refusing])
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: 'a', messages: [{ value: '0' }] })
    const messages = Array.from({ length: 8 }, (_, at) => ({ key: `k${at}`, value: String(at + 1) }))
    const sending = producer.send({ topic: 'a', messages })
    kafka.grow('a', 5)
    await sending
    expect(kafka.values('a', 0)).toEqual(['0', ...messages.map(({ value }) => value)])
  })

  it('leaves its producer useless when a record of it may have been written', async () => {
    const kafka = new KafkaInMemory({ a: 1 }, Array(3).fill({ ...NO_MISHAP, request: 'answer lost' }), 2)
    const producer = kafka.producer()
    await producer.connect()
    const send = (value: string) => producer.send({ topic: 'a', messages: [{ value, partition: 0 }] })
    await expect(send('1')).rejects.toThrow('timed out')
    await expect(send('2')).rejects.toThrow('make a new producer')
    expect(kafka.values('a', 0)).toEqual(['1'])
  })

  it('leaves its producer of use when the broker refused it', async () => {
    const kafka = new KafkaInMemory({ a: 1 }, [{ ...NO_MISHAP, partitions: ['refused for good'] }])
    const producer = kafka.producer()
    await producer.connect()
    const send = (value: string) => producer.send({ topic: 'a', messages: [{ value, partition: 0 }] })
    await expect(send('1')).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' })
    await send('2')
    expect(kafka.values('a', 0)).toEqual(['2'])
  })
})

it('does not take a record for sent whose partition does not exist', async () => {
  const kafka = new KafkaInMemory({ a: 2 }, [], 20)
  const producer = kafka.producer()
  await producer.connect()
  const messages = [{ value: 'x', partition: 7 }]
  await expect(producer.send({ topic: 'a', messages })).rejects.toThrow('nobody is known to lead a/7')
})

it('writes without sequence numbers what one answer has refused', async () => {
  const kafka = new KafkaInMemory({ a: 4 }, [{ ...NO_MISHAP, partitions: ['written', 'refused'] }])
  const producer = kafka.producer({ idempotent: false })
  await producer.connect()
  const messages = [0, 3].map(partition => ({ value: String(partition), partition }))
  const acknowledged = await producer.send({ topic: 'a', messages })
  expect(acknowledged.map(({ partition, baseOffset }) => [partition, baseOffset])).toEqual([
    [0, '0'],
    [3, '0'],
  ])
  expect(kafka.allValues()).toEqual(['0', '3'])
})

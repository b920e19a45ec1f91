import { EventEmitter } from 'node:events'
import type { Consumer, EachBatchHandler } from 'kafkajs'
import { beforeEach, expect, it } from 'vitest'
import type { KafkaClient } from '../../../../services/platform/kafka/client.ts'
import { type FollowedBatch, TopicFollower } from '../../../../services/platform/readers/topic-follower.ts'

/** A consumer that delivers what it is told to, whatever it was sought to. */
class FakeConsumer extends EventEmitter {
  readonly events = { GROUP_JOIN: 'join', START_BATCH_PROCESS: 'start', FETCH: 'fetch', CRASH: 'crash' }
  readonly seeks: string[] = []
  readonly paused: string[] = []
  #eachBatch: EachBatchHandler = async () => undefined
  async connect() {}
  async disconnect() {}
  async subscribe() {}
  async run({ eachBatch }: { eachBatch: EachBatchHandler }) {
    this.#eachBatch = eachBatch
    this.join()
  }
  seek({ partition, offset }: { partition: number; offset: string }) {
    this.seeks.push(`${partition} to ${offset}`)
  }
  pause(places: { partitions: number[] }[]) {
    for (const { partitions } of places) this.paused.push(...partitions.map(String))
  }
  resume() {}

  join() {
    this.emit('join', { payload: { memberAssignment: { t: [0, 1, 2] } } })
  }
  /** A batch of two records from `offset` on. */
  deliver(partition: number, offset: number): Promise<void> {
    const messages = [offset, offset + 1].map(at => ({
      ...{ offset: String(at), key: null, value: null, timestamp: '0' },
    }))
    const batch = { topic: 't', partition, messages, fetchedOffset: String(offset) }
    const lastOffset = () => String(offset + 1)
    return this.#eachBatch({ batch: { ...batch, lastOffset }, isStale: () => false } as never)
  }
  /** Offsets from `offset` up to, and without, `next` hold nothing. */
  empty(partition: number, offset: number, next: number) {
    const range = { firstOffset: String(offset), lastOffset: String(next - 1) }
    this.emit('start', { payload: { topic: 't', partition, batchSize: 0, ...range } })
  }
}

let consumer: FakeConsumer
let accepted: string[]
let crashes: string[]
let denials: (string | null)[]
let follower: TopicFollower

beforeEach(async () => {
  consumer = new FakeConsumer()
  accepted = []
  crashes = []
  denials = []
  const admin = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    fetchOffsets: async () => [],
  }
  const kafka = { admin: () => admin, consumer: () => consumer as unknown as Consumer }
  follower = new TopicFollower({
    kafka: kafka as unknown as KafkaClient,
    ...{ topics: ['t'], reader: 'test' },
    positions: new Map([
      ['t/0', 10],
      ['t/1', 0],
    ]),
    accept: ({ partition, records, next }: FollowedBatch) =>
      void accepted.push(`${partition}: ${records.length} up to ${next}`),
    denied: sentence => void denials.push(sentence),
    crash: error => void crashes.push(String(error)),
  })
  await follower.start()
})

it('reads what it has a position for, from there on, after every join', async () => {
  expect([consumer.seeks, consumer.paused]).toEqual([['0 to 10', '1 to 0'], ['2']])
  await consumer.deliver(0, 10)
  consumer.empty(1, 0, 7)
  follower.pause([{ topic: 't', partition: 1 }])
  consumer.join()
  expect(consumer.seeks.slice(2)).toEqual(['0 to 12', '1 to 7'])
  expect(consumer.paused).toEqual(['2', '1', '1', '2'])
  expect(accepted).toEqual(['0: 2 up to 12', '1: 0 up to 7'])
})

it('goes back when kafkajs has moved by itself, whether or not it brings records', async () => {
  consumer.seeks.length = 0
  await consumer.deliver(0, 30)
  consumer.empty(0, 32, 40)
  await consumer.deliver(0, 10)
  expect([consumer.seeks, crashes]).toEqual([['0 to 10', '0 to 10'], []])
  expect(accepted).toEqual(['0: 2 up to 12'])
})

it('gives up when going back does not help, however well another partition goes on', async () => {
  for (let offset = 0; offset < 8; offset += 2) {
    expect(crashes).toEqual([])
    await consumer.deliver(1, offset)
    await consumer.deliver(0, 30)
  }
  expect(crashes).toEqual(['Error: t/0: read at 30, although we stand at 10'])
})

it('fails to start when the consumer crashes before it has joined', async () => {
  consumer.join = () =>
    void consumer.emit('crash', { payload: { error: new Error('refused'), restart: false } })
  const admin = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    fetchOffsets: async () => [],
  }
  const kafka = { admin: () => admin, consumer: () => consumer } as unknown as KafkaClient
  const options = { kafka, topics: ['t'], reader: 'test', positions: new Map(), accept: () => {} }
  const failing = new TopicFollower({ ...options, crash: error => void crashes.push(String(error)) })
  await expect(failing.start()).rejects.toThrow('refused')
  expect(crashes).toContain('Error: refused')
})

it('outlives a right that is taken away, says which one and to whom, and says when it reads again', () => {
  const denied = Object.assign(new Error('denied'), { type: 'TOPIC_AUTHORIZATION_FAILED' })
  const missing = expect.stringMatching(/denies Read on the topics t to .*ops -- acls print/)
  const refuse = () => consumer.emit('crash', { payload: { error: denied, restart: true } })
  refuse()
  consumer.join()
  refuse()
  expect([follower.denied, denials, crashes]).toEqual([missing, [missing], []])
  consumer.emit('fetch', { payload: {} })
  expect([follower.denied, denials]).toEqual([null, [missing, null]])
  refuse()
  expect(denials).toHaveLength(3)
})

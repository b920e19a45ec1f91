import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { fence } from '../../services/platform/kafka/fence.ts'
import { openFencedWriter } from '../../services/platform/kafka/fenced-writer.ts'
import { rangesOf, withoutEnd } from '../../services/platform/readers/topic-ranges.ts'
import { readRanges, readTopics } from '../../services/platform/readers/topic-reader.ts'
import { applyTopics } from '../../services/platform/topics/admin.ts'
import { connectPipeline, type Pipeline } from '../support/ops-records.ts'

const env = { KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') }
const reader = { reader: 'topic-reader-test' }
let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await connectPipeline(env)
})
afterAll(() => pipeline?.close())

/** A topic of two partitions with `count` records in partition 0, keyed by their number. */
async function topicWith(count: number): Promise<string> {
  const topic = `test.${randomUUID()}`
  await applyTopics(pipeline.kafka, [{ name: topic, config: {}, why: 'A test.' }], 2)
  for (let at = 0; at < count; at++) await write(topic, String(at))
  return topic
}
const write = (topic: string, key: string, partition = 0) =>
  pipeline.write({ topic, key, value: Buffer.from(key), partition })
const keysOf = async (reading: AsyncIterable<{ key: string | null }>) =>
  (await Array.fromAsync(reading)).map(({ key }) => key)

describe('the reader of topics', () => {
  it('ends at once where there is nothing', async () => {
    const topic = await topicWith(0)
    expect(await keysOf(readTopics(pipeline.kafka, { topics: [topic], from: 'beginning' }, reader))).toEqual(
      [],
    )
  })

  it('reads what was committed, and ends behind a transaction that was aborted', async () => {
    const topic = await topicWith(2)
    const writer = await openFencedWriter(pipeline.kafka, `test-${topic}`)
    await writer.write([{ topic, key: 'committed', value: null, headers: {}, partition: 0 }])
    await writer.close()
    const producer = await fence(pipeline.kafka, `test-${topic}`)
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ key: 'aborted', value: null, partition: 0 }] })
    await transaction.abort()
    await producer.disconnect()
    const reading = readTopics(pipeline.kafka, { topics: [topic], from: 'beginning' }, reader)
    expect(await keysOf(reading)).toEqual(['0', '1', 'committed'])
  })

  it('reads one partition, one range, or up to the end as it was', async () => {
    const topic = await topicWith(3)
    await write(topic, 'elsewhere', 1)
    const { kafka } = pipeline
    const one = readTopics(kafka, { topics: [topic], partitions: [1], from: 'beginning' }, reader)
    expect(await keysOf(one)).toEqual(['elsewhere'])
    expect(await keysOf(readRanges(kafka, [{ topic, partition: 0, from: 1, end: 2 }], reader))).toEqual(['1'])
    const ranges = await rangesOf(kafka, { topics: [topic], from: 'beginning' })
    await write(topic, 'later')
    expect((await keysOf(readRanges(kafka, ranges, reader))).sort()).toEqual(['0', '1', '2', 'elsewhere'])
  })

  it('reads from a time to a time', async () => {
    const topic = await topicWith(0)
    const producer = pipeline.kafka.producer()
    await producer.connect()
    for (const hour of [1, 2, 3]) {
      const messages = [{ key: String(hour), value: '', partition: 0, timestamp: String(hour * 3_600_000) }]
      await producer.send({ topic, messages })
    }
    await producer.disconnect()
    const between = { topics: [topic], from: { timeMs: 2 * 3_600_000 }, untilMs: 3 * 3_600_000 }
    expect(await keysOf(readTopics(pipeline.kafka, between, reader))).toEqual(['2'])
  })

  it('follows what comes until it is told to stop, whatever was held up in between', async () => {
    const topic = await topicWith(0)
    const { kafka } = pipeline
    const ranges = withoutEnd(await rangesOf(kafka, { topics: [topic], from: 'latest' }))
    const abort = new AbortController()
    const seen: (string | null)[] = []
    const following = (async () => {
      for await (const { key } of readRanges(kafka, ranges, { ...reader, signal: abort.signal })) {
        seen.push(key)
        if (key === 'last') abort.abort()
      }
    })()
    for (const key of ['first', 'second', 'last']) await write(topic, key)
    await following
    expect(seen).toEqual(['first', 'second', 'last'])
  })

  it('stops fetching while nobody takes what it has, and still gives everything', async () => {
    const topic = await topicWith(0)
    const producer = pipeline.kafka.producer()
    await producer.connect()
    // A fetch brings 3,000: those that are being taken, and more than 5,000 that wait behind them.
    const [count, value] = [15_000, 'x'.repeat(1_200)]
    for (let at = 0; at < count; at += 500) {
      const messages = Array.from({ length: 500 }, (_, item) => ({
        ...{ key: String(at + item), value, partition: 0 },
      }))
      await producer.send({ topic, messages })
    }
    await producer.disconnect()
    const full = Promise.withResolvers<number>()
    const onProgress = (passed: number) => void (passed > 8_000 && full.resolve(passed))
    const options = { ...reader, onProgress }
    const keys: (string | null)[] = []
    for await (const { key } of readTopics(pipeline.kafka, { topics: [topic], from: 'beginning' }, options)) {
      if (keys.length === 0) expect(await full.promise).toBeLessThan(count)
      keys.push(key)
    }
    expect(keys).toEqual(Array.from({ length: count }, (_, at) => String(at)))
  })

  it('gives up where the topic no longer holds what is to be read', async () => {
    const topic = await topicWith(3)
    const admin = pipeline.kafka.admin()
    await admin.connect()
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
    await admin.disconnect()
    const reading = readRanges(pipeline.kafka, [{ topic, partition: 0, from: 0, end: 3 }], reader)
    await expect(keysOf(reading)).rejects.toThrow(`${topic}/0: read at 2, although we stand at 0`)
  })

  it('says which topic is not there', async () => {
    const missing = rangesOf(pipeline.kafka, { topics: ['no.such.topic'], from: 'beginning' })
    await expect(missing).rejects.toThrow('no topic no.such.topic')
  })
})

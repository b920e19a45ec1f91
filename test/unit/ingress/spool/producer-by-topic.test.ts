import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Producer, ProducerBatch } from 'kafkajs'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { spoolKey } from '../../../../services/ingress/spool/format.ts'
import { ProducerByTopic } from '../../../../services/ingress/spool/producer-by-topic.ts'
import { SPOOLING_DEFAULTS } from '../../../../services/ingress/spool/producer-with-spool.ts'
import { openSpool, type Spool } from '../../../../services/ingress/spool/spool.ts'

const { createErrorFromCode } = createRequire(import.meta.url)('kafkajs/src/protocol/error')
const NOT_ALLOWED = 29
const TOO_LARGE = 10

/** A broker that refuses topics and records with the codes of Kafka, and keeps what it takes. */
function fakeBroker() {
  const state = { isThere: true, largest: Number.POSITIVE_INFINITY, denied: new Set<string>() }
  const log: string[] = []
  const producer = {
    async connect() {
      if (!state.isThere) throw new Error('connection refused')
    },
    async disconnect() {},
    async sendBatch({ topicMessages = [] }: ProducerBatch) {
      if (!state.isThere) throw new Error('gone')
      for (const { topic, messages } of topicMessages) {
        if (state.denied.has(topic)) throw createErrorFromCode(NOT_ALLOWED)
        if (messages.some(({ value }) => (value?.length ?? 0) > state.largest))
          throw createErrorFromCode(TOO_LARGE)
        log.push(...messages.map(({ key }) => `${topic} ${key}`))
      }
      return []
    },
  } as unknown as Producer
  return { ...state, state, log, kafka: { producer: () => producer } }
}

const root = mkdtempSync(join(tmpdir(), 'by-topic-'))
afterAll(() => rmSync(root, { recursive: true }))
let directory: string
let broker: ReturnType<typeof fakeBroker>
let spool: Spool
let producer: ProducerByTopic
let said: string[]
const BYTES_MAX = 4_000

async function start(): Promise<void> {
  spool = await openSpool(directory, {
    key: spoolKey('k'),
    bytesMax: BYTES_MAX,
    onDamage: () => {},
    onLost: () => {},
    onDisk: () => {},
    onForeign: () => {},
  })
  producer = new ProducerByTopic(broker.kafka, spool, {
    ...SPOOLING_DEFAULTS,
    topics: ['a', 'b'],
    check: async () => {},
    adoptEveryMs: 5,
    spoolAfterMs: 60_000,
    reconnectPauseMs: 1,
    refusedPauseMs: 1,
    onFailure: () => {},
    onRefusal: ({ topic, cause }) => void said.push(`${topic} ${cause}`),
    onSetAside: ({ topic, cause, file }) => void said.push(`${topic} ${cause} ${file}`),
    onSpooling: () => {},
    onSpooled: () => {},
    onDrained: () => {},
    onLost: error => {
      throw error
    },
  })
}
beforeEach(async () => {
  directory = mkdtempSync(join(root, 'spool-'))
  broker = fakeBroker()
  said = []
  await start()
})
afterEach(async () => {
  broker.state.denied.clear()
  broker.state.isThere = true
  broker.state.largest = Number.POSITIVE_INFINITY
  await producer.close()
})

const record = (topic: string, key: string, size = 1) => ({
  topic,
  key,
  value: Buffer.alloc(size),
  headers: { ce_id: `id-${key}` },
})
const emptied = () => vi.waitFor(() => expect(spool.topics()).toEqual([]))
const refusalOf = (topic: string) => producer.state().byTopic.get(topic)?.refusal

it('a topic that is refused stops only itself, says why, and goes on in order when its right is given back', async () => {
  broker.state.denied.add('a')
  await Promise.all([record('a', '1'), record('b', '1')].map(each => producer.send([each])))
  await producer.send([record('a', '2'), record('b', '2')])
  expect(broker.log).toEqual(['b 1', 'b 2'])
  expect([refusalOf('a'), refusalOf('b'), said]).toEqual([
    'TOPIC_AUTHORIZATION_FAILED',
    null,
    ['a TOPIC_AUTHORIZATION_FAILED'],
  ])
  broker.state.denied.clear()
  await emptied()
  await producer.send([record('a', '3')])
  expect(broker.log.filter(entry => entry.startsWith('a'))).toEqual(['a 1', 'a 2', 'a 3'])
  expect([refusalOf('a'), said.at(-1)]).toEqual([null, 'a null'])
})

it('what waited for an absent broker does not wait for the topic that is refused when it is back', async () => {
  broker.state.isThere = false
  for (const key of ['1', '2']) await producer.send([record('a', key), record('b', key)])
  expect(refusalOf('a')).toBeNull()
  broker.state.denied.add('a')
  broker.state.isThere = true
  await vi.waitFor(() => expect(broker.log).toEqual(['b 1', 'b 2']))
  expect(spool.topics()).toEqual(['a'])
})

it('a topic that is refused leaves room on the disk for the others', async () => {
  broker.state.denied.add('a')
  await producer.send([record('a', '0')])
  const filled = async () => {
    for (let count = 1; count < 20; count++) await producer.send([record('a', String(count), 500)])
  }
  await expect(filled()).rejects.toMatchObject({ name: 'SpoolFull' })
  expect(spool.state().bytes).toBeLessThan(BYTES_MAX * 0.75)
  broker.state.isThere = false
  await vi.waitFor(() => expect(producer.state().byTopic.get('b')?.isConnected).toBe(true))
  await producer.send([record('b', '1', 100)])
  expect(spool.topics()).toEqual(['a', 'b'])
})

it('a record that is refused for good is set aside with its cause, and is sent when it is put back', async () => {
  broker.state.largest = 100
  await producer.send([record('a', '1')])
  await producer.send([record('a', 'large', 500)])
  await producer.send([record('a', '2')])
  await emptied()
  expect([broker.log, refusalOf('a')]).toEqual([['a 1', 'a 2'], null])
  const file = join('refused', 'a', 'MESSAGE_TOO_LARGE-id-large.spool')
  expect(said).toEqual([`a MESSAGE_TOO_LARGE ${file}`])
  expect(producer.setAside()).toEqual(new Map([['a', 1]]))
  broker.state.largest = 1_000
  renameSync(join(directory, file), join(directory, 'put-back', 'any-name.spool'))
  await vi.waitFor(() => expect(broker.log).toEqual(['a 1', 'a 2', 'a large']))
  await emptied()
  expect([producer.setAside().size, readdirSync(join(directory, 'put-back'))]).toEqual([0, []])
})

it('what was set aside is still there after a start, and so is what waits for a right', async () => {
  broker.state.largest = 100
  broker.state.denied.add('b')
  await producer.send([record('a', 'large', 500), record('b', '1')])
  await vi.waitFor(() => expect(spool.topics()).toEqual(['b']))
  await producer.close()
  await start()
  expect([producer.setAside(), spool.topics()]).toEqual([new Map([['a', 1]]), ['b']])
  broker.state.denied.clear()
  await emptied()
  expect(broker.log).toEqual(['b 1'])
})

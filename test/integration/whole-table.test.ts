import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin, Message } from 'kafkajs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { UndecodableError } from '../../services/platform/avro/codec.ts'
import { WholeTable } from '../../services/platform/readers/whole-table.ts'
import { eventually } from '../support/partition-eventually.ts'
import { COMPACT_SOON, createEmptiedTopic, createTopic, kafkaAt } from '../support/partition-kafka.ts'

const kafka = kafkaAt(inject('kafkaBrokers'))
let admin: Admin
let topic: string
let directory: string
let open: WholeTable[]
/** Record keys that any table has read, in order. */
let read: string[]
/** Partitions that any table has found to hold less than it knew. */
let lost: number[]
/** Records that any table could not read. */
let unreadable: string[]

beforeAll(async () => {
  admin = kafka.admin()
  await admin.connect()
})
afterAll(() => admin.disconnect())
beforeEach(() => {
  topic = `whole-${randomUUID().slice(0, 8)}`
  directory = mkdtempSync(join(tmpdir(), 'atsflow-whole-table-'))
  open = []
  read = []
  lost = []
  unreadable = []
})
afterEach(async () => {
  for (const table of open) await table.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function start(): Promise<WholeTable> {
  const table = new WholeTable({
    ...{ kafka, topic, reader: 'test', path: join(directory, 'store') },
    prepare: async () => undefined,
    entries: (key, value, state) => {
      read.push(key)
      if (String(value) === 'foreign') throw new UndecodableError('foreign')
      return [
        [key, value === null ? undefined : String(value).slice(0, 10)],
        ['count', Number(state.get('count') ?? 0) + 1],
      ]
    },
    lost: partition => void lost.push(partition),
    unreadable: ({ partition, offset }) => void unreadable.push(`${partition}/${offset}`),
    denied: () => undefined,
    crash: error => {
      throw error
    },
  })
  open.push(table)
  await table.start()
  return table
}

async function send(messages: Message[]): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  await producer.send({ topic, acks: -1, messages })
  await producer.disconnect()
}

it('is read again, says so and keeps what it knew, when its topic was made anew', async () => {
  await createTopic(admin, topic, COMPACT_SOON, 2)
  await send([{ key: 'k1', value: 'old', partition: 1 }])
  await (await start()).stop()
  open = []
  await admin.deleteTopics({ topics: [topic] })
  await eventually('the topic to be gone', async () => !(await admin.listTopics()).includes(topic))
  await createTopic(admin, topic, COMPACT_SOON, 2)
  await send([{ key: 'k2', value: 'new', partition: 0 }])
  const table = await start()
  expect([lost.sort(), table.get('k1'), table.get('k2')]).toEqual([[0, 1], 'old', 'new'])
})

it('shows every partition once it has started, and follows what is written later', async () => {
  await createTopic(admin, topic, COMPACT_SOON, 3)
  await send([0, 1, 2].map(partition => ({ key: `k${partition}`, value: 'old', partition })))
  const table = await start()
  expect(['k0', 'k1', 'k2'].map(key => table.get(key))).toEqual(['old', 'old', 'old'])
  expect(table.get('count')).toBe(3)
  const told: string[] = []
  const unsubscribe = table.onChange(keys => {
    // What a listener is told of, the table shows already.
    for (const key of keys) told.push(`${key} ${table.get(key)}`)
  })
  await send([
    { key: 'k1', value: 'new', partition: 1 },
    { key: 'k2', value: null, partition: 2 },
  ])
  await eventually('both changes', () => told.length === 2)
  expect(told.sort()).toEqual(['k1 new', 'k2 undefined'])
  expect([...table.scan('k')].map(([key]) => key).toSorted()).toEqual(['k0', 'k1'])
  unsubscribe()
  await send([{ key: 'k0', value: 'newer', partition: 0 }])
  await eventually('the last change', () => table.get('k0') === 'newer')
  expect(told).toHaveLength(2)
})

it('starts warm: it reads on where it stopped', async () => {
  await createTopic(admin, topic, COMPACT_SOON, 3)
  await send([0, 1, 2].map(partition => ({ key: `k${partition}`, value: 'old', partition })))
  await start()
  await open.pop()?.stop()
  await send([{ key: 'k1', value: 'meanwhile', partition: 1 }])
  read = []
  const table = await start()
  expect(read).toEqual(['k1'])
  expect(['k0', 'k1', 'k2'].map(key => table.get(key))).toEqual(['old', 'meanwhile', 'old'])
})

it('keeps what it knew where a record cannot be read, says so, and forgets it when a readable one follows', async () => {
  await createTopic(admin, topic, COMPACT_SOON, 1)
  await send(['old', 'foreign'].map(value => ({ key: 'k', value })))
  const table = await start()
  expect([table.get('k'), unreadable, [...table.setAside()]]).toEqual([
    ...['old', ['0/1'], [{ topic, key: 'k', offset: 1 }]],
  ])
  await send([{ key: 'k', value: 'new' }])
  await eventually('the newer record', () => table.get('k') === 'new')
  expect([...table.setAside()]).toEqual([])
})

it('ignores what was aborted', async () => {
  await createTopic(admin, topic, COMPACT_SOON, 1)
  const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (const end of ['commit', 'abort'] as const) {
    const transaction = await producer.transaction()
    await transaction.send({ topic, acks: -1, messages: [{ key: 'k', value: end }] })
    await transaction[end]()
  }
  await producer.disconnect()
  const table = await start()
  expect(table.get('k')).toBe('commit')
})

it('is complete although compaction has emptied the beginning of its topic', async () => {
  const keys = await createEmptiedTopic(kafka, admin, topic, (round, padding) => `round ${round} ${padding}`)
  const table = await start()
  expect(keys.map(key => table.get(key))).toEqual(
    keys.map((_, index) => (index === 0 ? 'round 3 ' : 'round 2 xx')),
  )
})

it('is level once it shows what the topic held when it was asked', async () => {
  await createTopic(admin, topic, COMPACT_SOON, 2)
  const table = await start()
  for (const key of ['a', 'b', 'c']) {
    await send([{ key, value: 'there', partition: key === 'b' ? 1 : 0 }])
    await table.untilLevel(AbortSignal.timeout(30_000))
    expect(table.get(key)).toBe('there')
  }
})

it('is not waited for any longer than whoever asks wants', async () => {
  await createTopic(admin, topic, COMPACT_SOON, 2)
  const table = await start()
  await expect(table.untilLevel(AbortSignal.abort(new Error('over')))).rejects.toThrow('over')
})

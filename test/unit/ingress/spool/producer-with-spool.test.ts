import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Producer, ProducerBatch } from 'kafkajs'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spoolKey } from '../../../../services/ingress/spool/format.ts'
import type { SpoolLane } from '../../../../services/ingress/spool/lane.ts'
import {
  SPOOLING_DEFAULTS,
  SpoolingProducer,
} from '../../../../services/ingress/spool/producer-with-spool.ts'
import { openSpool, type Spool } from '../../../../services/ingress/spool/spool.ts'

const root = mkdtempSync(join(tmpdir(), 'spooling-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0
let whole: Spool
let spool: SpoolLane
let refusals: (string | null)[]
let aside: string[]
let producer: SpoolingProducer
let broker: ReturnType<typeof fakeBroker>
let drained: number[]

/** A broker that keeps what it is sent, and answers each send as it is told. */
function fakeBroker() {
  const log: string[] = []
  const state = { isThere: true, holdsAnswers: false, largest: Number.POSITIVE_INFINITY }
  const held: PromiseWithResolvers<[]>[] = []
  const arrivals: (() => void)[] = []
  const kafka = {
    producer: () =>
      ({
        async connect() {
          if (!state.isThere) throw new Error('connection refused')
        },
        async disconnect() {},
        async sendBatch({ topicMessages = [] }: ProducerBatch) {
          if (!state.isThere) throw new Error('gone')
          const messages = topicMessages.flatMap(topic => topic.messages)
          if (messages.some(({ value }) => (value?.length ?? 0) > state.largest)) throw new Error('too large')
          log.push(...messages.map(({ key }) => String(key)))
          for (const arrived of arrivals.splice(0)) arrived()
          if (!state.holdsAnswers) return []
          const answer = Promise.withResolvers<[]>()
          held.push(answer)
          return answer.promise
        },
      }) as unknown as Producer,
  }
  return {
    kafka,
    log,
    state,
    /** Resolves when the broker has been sent something more. */
    arrival: () => new Promise<void>(resolve => arrivals.push(resolve)),
    answer: (error?: Error) => {
      for (const { resolve, reject } of held.splice(0)) error ? reject(error) : resolve([])
    },
  }
}

/** Longer than any test: only a broker that is away makes it spool. */
const PATIENT_MS = 60_000
const IMPATIENT_MS = 20

async function openProducer(spoolAfterMs: number): Promise<void> {
  broker = fakeBroker()
  drained = []
  refusals = []
  aside = []
  whole = await openSpool(join(root, String(folders++)), {
    key: spoolKey('a key'),
    bytesMax: 4_000,
    onDamage: () => {},
    onLost: () => {},
    onDisk: () => {},
    onForeign: () => {},
  })
  spool = whole.lane('t')
  producer = new SpoolingProducer(broker.kafka, spool, {
    ...SPOOLING_DEFAULTS,
    spoolAfterMs,
    reconnectPauseMs: 1,
    refusedPauseMs: 1,
    refusedBytesMax: 2_000,
    onRefusal: cause => void refusals.push(cause),
    setAside: async ({ key }, cause) => void aside.push(`${key} ${cause}`),
    onFailure: () => {},
    onSpooling: () => {},
    onSpooled: () => {},
    onDrained: ({ records }) => void drained.push(records),
    onLost: error => {
      throw error
    },
  })
}
afterEach(async () => {
  broker.state.isThere = true
  broker.state.holdsAnswers = false
  broker.answer()
  await producer.close()
  await whole.close()
})

const record = (key: string, size = 1) => ({ topic: 't', key, value: Buffer.alloc(size), headers: {} })
const send = (...keys: string[]) => producer.send(keys.map(key => record(key)))
/** Resolves when nothing is left on disk. */
const emptied = async () => {
  while (!spool.isEmpty()) await new Promise(resolve => setImmediate(resolve))
}
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => String(from + at))

describe('while the broker answers', () => {
  beforeEach(() => openProducer(PATIENT_MS))

  it('nothing touches the disk, and order is kept', async () => {
    await Promise.all(numbers(0, 20).map(key => send(key)))
    expect(broker.log).toEqual(numbers(0, 20))
    expect(spool.state().records).toBe(0)
  })
})

describe('while the broker is away', () => {
  beforeEach(() => openProducer(PATIENT_MS))

  it('events are accepted, and reach it in order when it is back', async () => {
    broker.state.isThere = false
    for (const key of numbers(0, 30)) await send(key)
    expect([broker.log, spool.state().records]).toEqual([[], 30])
    broker.state.isThere = true
    await emptied()
    expect(broker.log).toEqual(numbers(0, 30))
    await send('last')
    expect(broker.log.at(-1)).toBe('last')
    expect(drained).toEqual([30])
  })

  it('events that come before the spool is empty go behind what is in it', async () => {
    broker.state.isThere = false
    for (const key of numbers(0, 3)) await send(key)
    broker.state.isThere = true
    await broker.arrival()
    await Promise.all(numbers(3, 15).map(key => send(key)))
    await emptied()
    expect(broker.log).toEqual(numbers(0, 15))
  })

  it('the spool gets empty although events never cease to come', async () => {
    broker.state.isThere = false
    for (const key of numbers(0, 5)) await send(key)
    broker.state.isThere = true
    let sent = 5
    const sender = async () => {
      while (!spool.isEmpty()) await send(String(sent++))
    }
    await Promise.all([sender(), sender(), sender()])
    expect(broker.log).toEqual(numbers(0, sent))
  })

  it('a full spool is said to be full, and has room again later', async () => {
    broker.state.isThere = false
    await producer.send([record('a', 3_000)])
    await expect(producer.send([record('b', 3_000)])).rejects.toMatchObject({ name: 'SpoolFull' })
    broker.state.isThere = true
    await emptied()
    await producer.send([record('c', 3_000)])
    expect(broker.log).toEqual(['a', 'c'])
  })
})

describe('while the broker is silent', () => {
  beforeEach(async () => {
    await openProducer(IMPATIENT_MS)
    await send('first')
    broker.state.holdsAnswers = true
  })

  it('what it was sent and what waits behind is accepted, and written once when it answers after all', async () => {
    const onWire = send('0')
    await broker.arrival()
    const behind = [send('1'), send('2')]
    await Promise.all([onWire, ...behind])
    expect(spool.state().records).toBe(3)
    broker.state.holdsAnswers = false
    broker.answer()
    await emptied()
    expect(broker.log).toEqual(['first', '0', '1', '2'])
  })

  it('only what it may or may not have written is written again', async () => {
    const onWire = send('0')
    await broker.arrival()
    await Promise.all([onWire, send('1')])
    broker.state.holdsAnswers = false
    broker.answer(new Error('request timed out'))
    await emptied()
    expect(broker.log).toEqual(['first', '0', '0', '1'])
  })
})

describe('a record that the broker refuses', () => {
  beforeEach(() => openProducer(PATIENT_MS))

  it('stays on disk, and does not hold up what came before it', async () => {
    broker.state.isThere = false
    await send('0', '1', '2')
    await producer.send([record('large', 500)])
    await send('3')
    broker.state.largest = 100
    broker.state.isThere = true
    while (spool.state().records > 2) await new Promise(resolve => setImmediate(resolve))
    expect(broker.log).toEqual(['0', '1', '2'])
    broker.state.largest = 1_000
    await emptied()
    expect(broker.log).toEqual(['0', '1', '2', 'large', '3'])
  })
})

describe('at the end', () => {
  beforeEach(() => openProducer(IMPATIENT_MS))

  it('what waits for a silent broker is on disk before the process may go', async () => {
    await send('first')
    broker.state.holdsAnswers = true
    const waiting = send('0')
    await broker.arrival()
    await producer.close()
    await waiting
    await expect(send('late')).rejects.toMatchObject({ name: 'Overloaded' })
    expect(spool.state().records).toBe(1)
  })
})

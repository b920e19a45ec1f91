import type { Producer, ProducerBatch } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import type { KafkaClient } from '../../../../services/platform/kafka/client.ts'
import {
  createGroupCommitProducer,
  PRODUCER_DEFAULTS,
  type ProducerOptions,
} from '../../../../services/platform/kafka/producer.ts'

/** One request to the fake broker, answered by the test. */
interface Request {
  readonly producer: number
  readonly keys: readonly string[]
  readonly answer: () => void
  readonly fail: () => void
}

/** A broker that answers when told to. `connects` says for each producer whether it can connect. */
function fakeKafka(connects: readonly boolean[] = []) {
  const requests: Request[] = []
  const disconnected: number[] = []
  let made = 0
  const arrivals: (() => void)[] = []
  const kafka = {
    producer() {
      const producer = made++
      return {
        async connect() {
          if (connects[producer] === false) throw new Error('connection refused')
        },
        async disconnect() {
          disconnected.push(producer)
        },
        sendBatch({ topicMessages = [] }: ProducerBatch) {
          const sent = Promise.withResolvers<[]>()
          const keys = topicMessages.flatMap(({ messages }) => messages.map(message => String(message.key)))
          requests.push({
            producer,
            keys,
            answer: () => sent.resolve([]),
            fail: () => sent.reject(new Error('gone')),
          })
          for (const arrived of arrivals.splice(0)) arrived()
          return sent.promise
        },
      } as unknown as Producer
    },
  } satisfies Pick<KafkaClient, 'producer'>
  /** The nth request, once it is there. */
  const request = async (index: number): Promise<Request> => {
    for (;;) {
      const found = requests[index]
      if (found !== undefined) return found
      await new Promise<void>(resolve => arrivals.push(resolve))
    }
  }
  return { kafka, request, requests, disconnected, made: () => made }
}

function start(fake: ReturnType<typeof fakeKafka>, change: Partial<ProducerOptions> = {}) {
  const options = { ...PRODUCER_DEFAULTS, reconnectPauseMs: 0, onFailure: () => {}, ...change }
  const producer = createGroupCommitProducer(fake.kafka, options)
  const send = (key: string, size = 1) =>
    producer.send({ topic: 't', key, value: Buffer.alloc(size), headers: {} }).then(
      () => 'acknowledged',
      (error: Error) => error.name,
    )
  return { producer, send }
}
const settled = () => new Promise(resolve => setImmediate(resolve))

describe('the group commit producer', () => {
  it('has one send in flight and puts all that arrives meanwhile into the next', async () => {
    const fake = fakeKafka()
    const { send } = start(fake)
    const first = send('1')
    const { answer } = await fake.request(0)
    const rest = [send('2'), send('3'), send('4')]
    await settled()
    expect(fake.requests.map(request => request.keys)).toEqual([['1']])
    answer()
    expect(await first).toBe('acknowledged')
    const second = await fake.request(1)
    expect(second.keys).toEqual(['2', '3', '4'])
    second.answer()
    expect(await Promise.all(rest)).toEqual(['acknowledged', 'acknowledged', 'acknowledged'])
    expect(fake.made()).toBe(1)
  })

  it('sends together what is handed over together', async () => {
    const fake = fakeKafka()
    const { send } = start(fake)
    void send('1')
    void send('2')
    expect((await fake.request(0)).keys).toEqual(['1', '2'])
  })

  it('throws away a client whose send failed; only what was not part of it goes to the next', async () => {
    const fake = fakeKafka()
    const failures: unknown[] = []
    const { send } = start(fake, { onFailure: error => void failures.push(error) })
    const first = send('1')
    const { fail } = await fake.request(0)
    const second = send('2')
    fail()
    expect(await first).toBe('NotAcknowledged')
    const next = await fake.request(1)
    expect([next.producer, next.keys, fake.disconnected, failures.length]).toEqual([1, ['2'], [0], 1])
    next.answer()
    expect(await second).toBe('acknowledged')
  })

  it('tries another client when one cannot connect', async () => {
    const fake = fakeKafka([false, false, true])
    const { send } = start(fake)
    const sent = send('1')
    const { producer, answer } = await fake.request(0)
    answer()
    expect([producer, await sent]).toEqual([2, 'acknowledged'])
  })

  it('connects without being asked, so that readiness comes back without traffic', async () => {
    const { producer } = start(fakeKafka())
    await settled()
    expect(producer.state().isConnected).toBe(true)
  })

  it('never sends a record that nobody waits for any more', async () => {
    const fake = fakeKafka()
    const { send, producer } = start(fake, { acknowledgeWithinMs: 5 })
    const first = send('1')
    const { answer } = await fake.request(0)
    expect(await send('2')).toBe('NotAcknowledged')
    expect(await first).toBe('NotAcknowledged')
    expect(producer.state().records).toBe(1)
    answer()
    await settled()
    const third = send('3')
    const next = await fake.request(1)
    next.answer()
    expect([next.keys, await third, producer.state()]).toEqual([
      ['3'],
      'acknowledged',
      { isConnected: true, records: 0, bytes: 0 },
    ])
  })

  it('gives up a client that never answers', async () => {
    const fake = fakeKafka()
    const { send } = start(fake, { attemptMaxMs: 5 })
    expect(await send('1')).toBe('NotAcknowledged')
    const second = send('2')
    const next = await fake.request(1)
    next.answer()
    expect([next.producer, await second]).toEqual([1, 'acknowledged'])
  })

  it.each([
    ['records', { recordsMax: 2, bytesMax: 1_000_000 }, 1],
    ['bytes', { recordsMax: 100, bytesMax: 300 }, 100],
  ])('takes no more %s than its queue holds, those in flight included', async (_name, queue, size) => {
    const fake = fakeKafka()
    const { send } = start(fake, { queue })
    const first = send('1', size)
    await fake.request(0)
    const second = send('2', size)
    expect(await send('3', size)).toBe('Overloaded')
    fake.requests[0]?.answer()
    expect(await first).toBe('acknowledged')
    ;(await fake.request(1)).answer()
    expect(await second).toBe('acknowledged')
  })

  it('sends what waits before it closes, and takes nothing after', async () => {
    const fake = fakeKafka()
    const { send, producer } = start(fake)
    const first = send('1')
    const closed = producer.close()
    expect(await send('2')).toBe('Overloaded')
    ;(await fake.request(0)).answer()
    await closed
    expect([await first, fake.disconnected]).toEqual(['acknowledged', [0]])
  })

  it('closes although it cannot connect', async () => {
    const { send, producer } = start(fakeKafka(Array.from({ length: 999 }, () => false)), {
      acknowledgeWithinMs: 5,
    })
    const first = send('1')
    await producer.close()
    expect(await first).toBe('NotAcknowledged')
  })
})

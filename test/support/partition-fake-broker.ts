/** A broker in memory, as a tenure of a partition sees it, and a process that publishes the key of everything. */
import type { FetchedBatch } from '../../services/platform/kafkajs/reading.ts'
import type { TenurePorts } from '../../services/platform/partitions/positions.ts'
import type { Decision, PartitionProcessor, Processor } from '../../services/platform/partitions/processor.ts'
import { createLogger } from '../../services/platform/process/logger.ts'

export interface Sent {
  readonly keys: readonly string[]
  offset: string
}

/**
 * A broker in memory: one input, by default without a past, and a table that ends at `tableEnd`.
 * @param input what the group has committed of it, and the first offset that it still has
 */
export function fakeBroker(tableEnd = 0, input = { committed: -1, low: 0 }) {
  const committed: Sent[] = []
  const calls: string[] = []
  /** Requests of this name wait until they are let go. */
  const gates = new Map<string, Promise<void>>()
  const step = async (name: string) => {
    calls.push(name)
    await gates.get(name)
  }
  const transaction = () => {
    const sent: Sent = { keys: [], offset: '' }
    return {
      async sendBatch({
        topicMessages,
      }: {
        topicMessages: { topic: string; messages: { key: string }[] }[]
      }) {
        const keys = topicMessages.flatMap(({ messages }) => messages.map(({ key }) => String(key)))
        Object.assign(sent, { keys })
        return topicMessages.map(({ topic }) => ({
          topicName: topic,
          partition: 0,
          baseOffset: '0',
          errorCode: 0,
        }))
      },
      async sendOffsets({ topics }: { topics: { partitions: { offset: string }[] }[] }) {
        sent.offset = topics[0]?.partitions[0]?.offset ?? ''
      },
      async commit() {
        await step('commit')
        committed.push(sent)
      },
      abort: () => step('fence'),
    }
  }
  const disconnects: string[] = []
  const kafka = {
    producer: () => ({
      connect: async () => undefined,
      disconnect: async () => void disconnects.push('producer'),
      transaction: async () => transaction(),
    }),
  }
  const admin = {
    async fetchTopicOffsets(topic: string) {
      await step('bounds')
      const isTable = topic === 'table'
      const [low, high] = isTable ? [0, tableEnd] : [input.low, 100]
      return [{ partition: 0, low: String(low), high: String(high), offset: '0' }]
    },
    fetchOffsets: async () => [],
    async fetchStableOffsets() {
      await step('offsets')
      return [{ topic: 'input', partition: 0, offset: String(input.committed), metadata: null }]
    },
  }
  const consumed: string[] = []
  const consumer = {
    seek: ({ topic, offset }: { topic: string; offset: string }) =>
      void consumed.push(`seek ${topic} ${offset}`),
    pause: (topics: { topic: string }[]) => void consumed.push(`pause ${topics.map(({ topic }) => topic)}`),
    resume: (topics: { topic: string }[]) => void consumed.push(`resume ${topics.map(({ topic }) => topic)}`),
  }
  const crashes: unknown[] = []
  const ports = {
    ...{
      kafka,
      admin: { use: (ask: (client: typeof admin) => unknown) => ask(admin) },
      consumer,
      log: createLogger('test', 'silent'),
      committed: () => undefined,
      lost: () => undefined,
      limitOf: () => LIMIT,
    },
    crash: (error: unknown) => void crashes.push(error),
    // Cast: what a tenure uses of them is above.
  } as unknown as TenurePorts
  return { ports, admin, calls, gates, committed, consumed, crashes, disconnects }
}

export const LIMIT = 1_000_000

export type Partition = PartitionProcessor<string, string>
export const processOf = (members: Partial<Partition> = {}): Processor<string, string> => ({
  ...{ group: 'group', inputs: ['input'], outputs: [] },
  tables: [{ topic: 'table', entries: (key, value) => [[key, value?.toString()]] }],
  prepare: async () => undefined,
  open: () => ({
    started: () => undefined,
    lookUp: () => null,
    decide: input => publish(input.type === 'record' ? String(input.key) : input.input),
    refuse: (_input, { topic, bytes }) => publish(`${topic} refused ${bytes}`),
    perform: () => undefined,
    stopped: () => undefined,
    ...members,
  }),
})
export const publish = (key: string): Decision<string> => ({
  outcome: { name: 'published', source: null, tenant: 'default', reason: '' },
  outputs: [{ topic: 'table', key, value: Buffer.from('value') }],
  effects: [key],
})
export const batchOf = (topic: string, fetched: number, keys: readonly string[]): FetchedBatch =>
  // Cast: of the batch, a tenure reads nothing else.
  ({
    ...{ topic, partition: 0, fetchedOffset: String(fetched) },
    lastOffset: () => String(fetched + keys.length - 1),
    messages: keys.map((key, index) => ({
      ...{ offset: String(fetched + index), key: Buffer.from(key), value: Buffer.from('x'), timestamp: '0' },
    })),
  }) as unknown as FetchedBatch

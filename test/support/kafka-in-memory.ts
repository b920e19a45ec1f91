/**
 * Brokers as kafkajs's producer sees them, in memory: what leads a partition moves without the client's knowledge, a
 * batch is judged by its sequence numbers as Kafka judges it, and requests meet the mishaps that a test lists.
 */
import { createRequire } from 'node:module'
import type { Producer, RetryOptions } from 'kafkajs'
import '../../services/platform/kafkajs/kafkajs.ts'

const require = createRequire(import.meta.url)
/** A module of kafkajs as it is when the platform has mended it. */
const inside = (path: string) => require(`kafkajs/src/${path}`)
const { KafkaJSConnectionClosedError, KafkaJSRequestTimeoutError } = inside('errors')
const { createErrorFromCode } = inside('protocol/error')

const CODES = {
  NOT_LEADER: 6,
  TOO_LARGE: 10,
  NOT_COORDINATOR: 16,
  FEW_REPLICAS: 19,
  FEW_REPLICAS_AFTER_APPEND: 20,
  OUT_OF_ORDER: 45,
  NOT_IN_TRANSACTION: 48,
} as const

/** What becomes of one request to produce; what a list has no more is written and answered. */
export interface Mishap {
  readonly request: 'answered' | 'request lost' | 'answer lost'
  /** For the partitions of the request, in turn. */
  readonly partitions: readonly ('written' | 'refused' | 'refused for good' | 'written, but refused')[]
  /** Before the request arrives: partition by partition of all topics, who leads it from now on. */
  readonly leaders: readonly (number | 'stays')[]
  /** Turns of the event loop before it arrives, and before its answer does. */
  readonly turns: readonly [number, number]
}

interface Batch {
  readonly first: number
  readonly count: number
  readonly offset: number
}

interface PartitionLog {
  leader: number
  readonly values: string[]
  /** The last five of each producer, as Kafka remembers them. */
  readonly batches: Map<number, Batch[]>
}

interface ProduceRequest {
  readonly transactionalId: string | undefined
  readonly producerId: number
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly firstSequence: number
      readonly messages: readonly { readonly value: string }[]
    }[]
  }[]
}

const BROKERS = [1, 2, 3] as const
const REMEMBERED_BATCHES = 5

export class KafkaInMemory {
  readonly retry: RetryOptions
  readonly targetTopics = new Set<string>()
  private readonly logs = new Map<string, PartitionLog[]>()
  private readonly mishaps: Mishap[]
  private readonly seen = new Map<string, { partitionId: number; leader: number }[]>()
  private readonly arrivals = new Map<number, Promise<unknown>>()
  private readonly inTransaction = new Set<string>()
  private producers = 0
  /** Requests to the coordinator of transactions that are refused because it has moved. */
  coordinatorMoves = 0

  constructor(topics: Readonly<Record<string, number>>, mishaps: readonly Mishap[], retries = 6) {
    this.retry = { retries, initialRetryTime: 1, maxRetryTime: 1 }
    this.mishaps = [...mishaps]
    for (const [topic, partitions] of Object.entries(topics)) this.grow(topic, partitions)
  }

  /** kafkajs's own producer on these brokers. */
  producer(options: { readonly transactionalId?: string; readonly idempotent?: boolean } = {}): Producer {
    const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} }
    const create = inside('producer')
    return create({ cluster: this, logger, idempotent: true, retry: this.retry, ...options })
  }

  grow(topic: string, partitions: number): void {
    const logs = this.logs.get(topic) ?? []
    this.logs.set(topic, logs)
    while (logs.length < partitions)
      logs.push({ leader: leaderAt(logs.length), values: [], batches: new Map() })
  }

  move(topic: string, partition: number, leader: number): void {
    this.log(topic, partition).leader = leader
  }

  values(topic: string, partition: number): readonly string[] {
    return this.log(topic, partition).values
  }

  allValues(): readonly string[] {
    return [...this.logs.values()].flat().flatMap(({ values }) => values)
  }

  private log(topic: string, partition: number): PartitionLog {
    const log = this.logs.get(topic)?.[partition]
    if (log === undefined) throw new Error(`there is no ${topic}/${partition}`)
    return log
  }

  // From here on what kafkajs calls a cluster.

  isConnected = () => true
  async connect() {}
  async disconnect() {}
  removeBroker() {}
  markOffsetAsCommitted() {}

  async addMultipleTargetTopics(topics: readonly string[]) {
    for (const topic of topics) this.targetTopics.add(topic)
    await this.refreshMetadataIfNecessary()
  }

  async refreshMetadataIfNecessary() {
    if ([...this.targetTopics].some(topic => !this.seen.has(topic))) await this.refreshMetadata()
  }

  async refreshMetadata() {
    await turns(1)
    for (const [topic, logs] of this.logs) {
      const partitions = logs.map(({ leader }, partitionId) => ({ partitionId, leader }))
      this.seen.set(topic, partitions)
    }
  }

  findTopicPartitionMetadata(topic: string) {
    return this.seen.get(topic) ?? []
  }

  findLeaderForPartitions(topic: string, partitions: readonly string[]) {
    const known = this.findTopicPartitionMetadata(topic)
    const wanted = known.filter(({ partitionId }) => partitions.includes(String(partitionId)))
    return Object.fromEntries(
      [...Map.groupBy(wanted, ({ leader }) => leader)].map(([leader, led]) => [
        leader,
        led.map(({ partitionId }) => partitionId),
      ]),
    )
  }

  async findBroker({ nodeId }: { readonly nodeId: number | string }) {
    return this.brokers[Number(nodeId) - 1]
  }
  async findGroupCoordinator() {
    return this.brokers[0]
  }
  async findControllerBroker() {
    return this.brokers[0]
  }

  private readonly brokers = BROKERS.map(nodeId => ({
    nodeId,
    isConnected: () => true,
    produce: (request: ProduceRequest) => this.produce(nodeId, request),
    initProducerId: async () => ({ producerId: ++this.producers, producerEpoch: 0 }),
    addPartitionsToTxn: async ({ topics }: { topics: { topic: string; partitions: number[] }[] }) => {
      if (this.coordinatorMoves-- > 0) throw createErrorFromCode(CODES.NOT_COORDINATOR)
      for (const { topic, partitions } of topics)
        for (const partition of partitions) this.inTransaction.add(`${topic}/${partition}`)
    },
    endTxn: async () => this.inTransaction.clear(),
  }))

  /** Requests to one broker arrive in the order in which they were made. */
  private async produce(nodeId: number, request: ProduceRequest): Promise<unknown> {
    const mishap = this.mishaps.shift()
    const arrival = (this.arrivals.get(nodeId) ?? Promise.resolve()).then(async () => {
      await turns(mishap?.turns[0] ?? 0)
      return this.arrive(nodeId, request, mishap)
    })
    this.arrivals.set(nodeId, arrival)
    const answer = await arrival
    await turns(mishap?.turns[1] ?? 0)
    if (mishap?.request === 'request lost') throw new KafkaJSConnectionClosedError('closed', {})
    if (mishap?.request === 'answer lost') throw new KafkaJSRequestTimeoutError('timed out')
    return inside('protocol/requests/produce/v7/response').parse(answer)
  }

  private arrive(
    nodeId: number,
    { topicData, transactionalId, producerId }: ProduceRequest,
    mishap?: Mishap,
  ) {
    const logs = [...this.logs.values()].flat()
    for (const [at, leader] of (mishap?.leaders ?? []).entries()) {
      const log = logs[at]
      if (log !== undefined && leader !== 'stays') log.leader = leader
    }
    if (mishap?.request === 'request lost') return null
    const fates = [...(mishap?.partitions ?? [])]
    const topics = topicData.map(({ topic, partitions }) => ({
      topicName: topic,
      partitions: partitions.map(({ partition, firstSequence, messages }) => {
        const values = messages.map(({ value }) => value)
        const fate = fates.shift() ?? 'written'
        const isForeign = transactionalId !== undefined && !this.inTransaction.has(`${topic}/${partition}`)
        const result = isForeign
          ? { errorCode: CODES.NOT_IN_TRANSACTION }
          : judge(this.log(topic, partition), nodeId, fate, { producerId, firstSequence, values })
        return { partition, baseOffset: '-1', ...result }
      }),
    }))
    return { topics }
  }
}

interface Appended {
  readonly producerId: number
  readonly firstSequence: number
  readonly values: readonly string[]
}

function judge(log: PartitionLog, nodeId: number, fate: Mishap['partitions'][number], batch: Appended) {
  if (log.leader !== nodeId) return { errorCode: CODES.NOT_LEADER }
  if (fate === 'refused') return { errorCode: CODES.FEW_REPLICAS }
  if (fate === 'refused for good') return { errorCode: CODES.TOO_LARGE }
  const result = append(log, batch)
  return fate === 'written' ? result : { errorCode: CODES.FEW_REPLICAS_AFTER_APPEND }
}

function append(log: PartitionLog, { producerId, firstSequence: first, values }: Appended) {
  const offset = log.values.length
  if (producerId > 0) {
    const batches = log.batches.get(producerId) ?? []
    const repeated = batches.find(batch => batch.first === first && batch.count === values.length)
    if (repeated !== undefined) return { errorCode: 0, baseOffset: String(repeated.offset) }
    const last = batches.at(-1) ?? { first: 0, count: 0 }
    if (first !== last.first + last.count) return { errorCode: CODES.OUT_OF_ORDER }
    const batch = { first, count: values.length, offset }
    log.batches.set(producerId, [...batches, batch].slice(-REMEMBERED_BATCHES))
  }
  log.values.push(...values)
  return { errorCode: 0, baseOffset: String(offset) }
}

const leaderAt = (partition: number): number => BROKERS[partition % BROKERS.length] ?? 1

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve))
}

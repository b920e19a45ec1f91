/**
 * kafkajs 2.2.4, loaded here and nowhere else, with its faults mended and its slow parts replaced.
 *
 * Compaction leaves record batches without records, or without their last ones. kafkajs does not look at a batch's
 * last offset: it fetches the same offset for ever, or crawls one offset a fetch (its issues 562 and 1072). A control
 * record at the last offset, which kafkajs never delivers, moves the position on. The decoder is captured when
 * kafkajs loads, so it is replaced before that.
 *
 * A batch that one broker took and another refused loses or doubles records: `send-messages.ts` replaces what sends.
 *
 * It delivers aborted records where transactions of several producers overlap: `aborted-records.ts` replaces its filter.
 *
 * A batch of which nothing is delivered shows only in the event START_BATCH_PROCESS, which does not say where it was
 * fetched: one that was fetched before a seek looks like the next one. Its `firstOffset` now is where it was fetched.
 *
 * Bounds of topics are given up, or given in part, while a lead moves: `offsets.ts`. README.md says what was read. It
 * cannot ask whether a group's offset is final: `stable-offsets.ts`.
 *
 * A member of a group does not outlive its coordinator, nor an offset that is gone: `membership.ts`. What a leader of an
 * older version does not know, it does not deal out: `assignments.ts`.
 *
 * What encodes and decodes a record is replaced by `record-encoder.ts` and `record-decoder.ts`, for the same bytes, the
 * checksum of a batch, one table look-up a byte, by a native one, and what hashes a key by `partitioning.ts`, with the
 * same result. What a transaction asks its coordinators goes through `coordinators.ts`.
 */
import { createRequire } from 'node:module'
import { crc32c } from '@node-rs/crc32'
import type * as Kafkajs from 'kafkajs'
import { isDenied } from '../kafka/denied.ts'
import { type AbortedTransaction, type FetchedRecord, withoutAborted } from './aborted-records.ts'
import {
  type AssignerProtocol as AssignerCodec,
  type GroupCoordinator,
  withEveryTopic,
} from './assignments.ts'
import { type Cluster, withQuickCoordinators } from './coordinators.ts'
import { requireKnownTopics, type TopicFinder } from './known-topics.ts'
import { followingCoordinator, keepingSeed, readFromBeginning } from './membership.ts'
import { everyOffset, type OffsetCluster } from './offsets.ts'
import { murmur2 } from './partitioning.ts'
import { type DecodedRecord, decodeRecord } from './record-decoder.ts'
import { encodeRecord, type RecordToEncode } from './record-encoder.ts'
import { parseAdded } from './refused-partitions.ts'
import { type RequestQueue, scheduleWhilePending } from './request-queue.ts'
import { createSendMessages } from './send-messages.ts'
import type { BatchToSend, SendingOptions } from './sender-ports.ts'
import { type OffsetsOwner, type StableOffset, stableOffsets, type WantedStable } from './stable-offsets.ts'
import { type BrokerPoolOwner, type ClusterIds, fetchTopicIds, type Protocol } from './topic-ids.ts'

interface DecodedBatch {
  readonly firstOffset: string
  readonly lastOffsetDelta: number
  readonly records: Pick<DecodedRecord, 'offset'>[]
}

interface BrokerPoolPrototype {
  withBroker(this: object, ask: (broker: object) => Promise<unknown>): Promise<unknown>
}

interface BatchPrototype {
  firstOffset(this: FetchedBatch): string | null
}

/** A batch as kafkajs delivers it; `fetchedOffset` is there, but not in its types. */
export type FetchedBatch = Kafkajs.EachBatchPayload['batch'] & { readonly fetchedOffset: string }

const require = createRequire(import.meta.url)

/** A module of kafkajs as it is. */
const exportsOf = <Exports>(path: string): Exports => require(path)

/**
 * Exchanges what a module of kafkajs exports. Whoever has loaded it before keeps what it was.
 * @throws Error when it is loaded already: the exchange would come too late for somebody
 */
function exchange<Exports>(path: string, replacement: (original: Exports) => Exports): void {
  const resolved = require.resolve(path)
  const loaded = () => require.cache[resolved]
  if (loaded() !== undefined)
    throw new Error(`kafkajs has loaded ${path} already: exchange it before what needs it`)
  const original: Exports = require(resolved)
  const found = loaded()
  if (found === undefined) throw new Error(`kafkajs keeps ${path} elsewhere: check its version`)
  found.exports = replacement(original)
}

exchange<typeof decodeRecord>('kafkajs/src/protocol/recordBatch/record/v0/decoder', () => decodeRecord)

exchange<(decoder: unknown) => Promise<DecodedBatch>>(
  'kafkajs/src/protocol/recordBatch/v0/decoder',
  decode =>
    async function decodeWithLastOffset(decoder) {
      const batch = await decode(decoder)
      const last = BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta)
      const end = batch.records.at(-1)
      if (end === undefined || BigInt(end.offset) < last) batch.records.push(lastOffsetMarker(batch, last))
      return batch
    },
)

const lastOffsetMarker = (batch: DecodedBatch, offset: bigint) => ({
  offset: String(offset),
  key: null,
  value: null,
  headers: {},
  isControlRecord: true,
  batchContext: batch,
})

/** What kafkajs takes for one of its encoders: it copies `buffer` into the batch. */
exchange<(record: RecordToEncode) => { readonly buf: Buffer; readonly buffer: Buffer }>(
  'kafkajs/src/protocol/recordBatch/record/v0',
  () => record => {
    const buffer = encodeRecord(record)
    return { buf: buffer, buffer }
  },
)

exchange<(bytes: Buffer) => number>('kafkajs/src/protocol/recordBatch/crc32C', () => bytes => crc32c(bytes))

exchange<typeof murmur2>('kafkajs/src/producer/partitioners/default/murmur2', () => murmur2)

interface Filtered {
  readonly messages: readonly FetchedRecord[]
  readonly abortedTransactions?: readonly AbortedTransaction[]
}
exchange<(fetched: Filtered) => readonly FetchedRecord[]>(
  'kafkajs/src/consumer/filterAbortedMessages',
  () =>
    ({ messages, abortedTransactions }) =>
      abortedTransactions?.length ? withoutAborted(messages, abortedTransactions) : messages,
)

const { createErrorFromCode: errorFor } = require('kafkajs/src/protocol/error') as {
  createErrorFromCode: SendingOptions['errorFor']
}
exchange<(options: Omit<SendingOptions, 'errorFor'>) => (batch: BatchToSend) => Promise<unknown>>(
  'kafkajs/src/producer/sendMessages',
  () => options => createSendMessages({ ...options, errorFor }),
)
/** It throws the error of one partition, and with it what the others were told. */
for (const version of ['v0', 'v3'])
  exportsOf<{ parse(answer: unknown): Promise<unknown> }>(
    `kafkajs/src/protocol/requests/produce/${version}/response`,
  ).parse = async answer => answer

for (const version of ['v0', 'v1'])
  exportsOf<{ parse(answer: Parameters<typeof parseAdded>[0]): Promise<unknown> }>(
    `kafkajs/src/protocol/requests/addPartitionsToTxn/${version}/response`,
  ).parse = async answer => parseAdded(answer, errorFor)

exchange<(options: { readonly cluster: Cluster }) => unknown>(
  'kafkajs/src/producer/eosManager',
  createTransactions => options =>
    createTransactions({ ...options, cluster: withQuickCoordinators(options.cluster) }),
)

/** It asks one broker after the other and forgets what they said: of a right that is missing, too. */
const { prototype: brokerPool } = exportsOf<{ prototype: BrokerPoolPrototype }>(
  'kafkajs/src/cluster/brokerPool',
)
const withBroker = brokerPool.withBroker
brokerPool.withBroker = async function withBrokerThatMay(ask) {
  let denial: unknown = null
  const found = await withBroker.call(this, async broker => {
    try {
      return await ask(broker)
    } catch (error) {
      if (isDenied(error)) denial = error
      throw error
    }
  })
  if (found === null && denial !== null) throw denial
  return found
}

/** UNKNOWN_TOPIC_OR_PARTITION. */
const UNKNOWN_TOPIC = 3
const protocol: Protocol = {
  Encoder: require('kafkajs/src/protocol/encoder'),
  Decoder: require('kafkajs/src/protocol/decoder'),
}
const clusters = new WeakMap<object, BrokerPoolOwner>()

/** An admin of kafkajs, and what it cannot ask. */
export interface Admin extends AdminAsShipped {
  /** @see stableOffsets */
  readonly fetchStableOffsets: (wanted: WantedStable) => Promise<readonly StableOffset[]>
}
type AdminAsShipped = Kafkajs.Admin

exchange<(options: { readonly cluster: BrokerPoolOwner & OffsetsOwner & TopicFinder }) => object>(
  'kafkajs/src/admin',
  createAdmin => options => {
    requireKnownTopics(options.cluster, () => errorFor(UNKNOWN_TOPIC))
    const fetchStableOffsets: Admin['fetchStableOffsets'] = wanted =>
      stableOffsets(options.cluster, wanted, { protocol, errorFor })
    const admin = Object.assign(createAdmin(options), { fetchStableOffsets })
    clusters.set(admin, options.cluster)
    return admin
  },
)

/** What the cluster of a connected admin and its topics are identified by; null for an admin that is not kafkajs's. */
export async function identify(admin: object, topics: readonly string[]): Promise<ClusterIds | null> {
  const cluster = clusters.get(admin)
  return cluster === undefined ? null : fetchTopicIds(cluster, topics, protocol)
}

const { prototype: batch } = require('kafkajs/src/consumer/batch') as { prototype: BatchPrototype }
const firstOffset = batch.firstOffset
batch.firstOffset = function firstOffsetOrFetched() {
  return this.isEmpty() ? this.fetchedOffset : firstOffset.call(this)
}

const { prototype: requestQueue } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
requestQueue.scheduleCheckPendingRequests = scheduleWhilePending

/** The class of a module of kafkajs, whose methods can be exchanged at any time. */
const prototypeOf = <Methods>(path: string): Methods => exportsOf<{ prototype: Methods }>(path).prototype

const member = prototypeOf<{ heartbeat: Parameters<typeof followingCoordinator>[0] }>(
  'kafkajs/src/consumer/consumerGroup',
)
member.heartbeat = followingCoordinator(member.heartbeat)
prototypeOf<{ setDefaultOffset: typeof readFromBeginning }>(
  'kafkajs/src/consumer/offsetManager',
).setDefaultOffset = readFromBeginning
const pool = prototypeOf<{ removeBroker: Parameters<typeof keepingSeed>[0] }>(
  'kafkajs/src/cluster/brokerPool',
)
pool.removeBroker = keepingSeed(pool.removeBroker)

const coordinator = prototypeOf<GroupCoordinator>('kafkajs/src/broker')
Object.assign(
  coordinator,
  withEveryTopic(coordinator, exportsOf<AssignerCodec>('kafkajs/src/consumer/assignerProtocol')),
)

const cluster = prototypeOf<OffsetCluster>('kafkajs/src/cluster')
const fetchTopicsOffset = cluster.fetchTopicsOffset
cluster.fetchTopicsOffset = function fetchEveryOffset(this: OffsetCluster, topics) {
  return everyOffset(this, fetchTopicsOffset, topics)
}

/** As its types are, but for its admin, which is ours. */
type Client = new (
  config: Kafkajs.KafkaConfig,
) => Omit<Kafkajs.Kafka, 'admin'> & {
  admin(config?: Kafkajs.AdminConfig): Admin
}
const kafkajs: Omit<typeof Kafkajs, 'Kafka'> & { readonly Kafka: Client } = require('kafkajs')

export const { Kafka, KafkaJSConnectionError, Partitioners, AssignerProtocol, logLevel } = kafkajs

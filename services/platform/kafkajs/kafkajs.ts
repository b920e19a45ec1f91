/**
 * kafkajs 2.2.4, for whoever writes too, with its faults mended and its slow parts replaced: those of `reading.ts`, and
 *
 * A batch that one broker took and another refused loses or doubles records: `send-messages.ts` replaces what sends.
 *
 * What encodes a batch is replaced by `wire/produce-request.ts`, for the same bytes, what frames a request by
 * `wire/request-frame.ts`, and what hashes a key by `partitioning.ts`, with the same result. Batches are not compressed:
 * nobody asks for it. What a transaction asks its coordinators goes through `coordinators.ts`. It cannot ask whether a
 * group's offset is final: `stable-offsets.ts`. README.md says what was read.
 */
import type * as Kafkajs from 'kafkajs'
import { type Cluster, withQuickCoordinators } from './coordinators.ts'
import { exchange, exportsOf, loadKafkajs } from './exchange.ts'
import { requireKnownTopics, type TopicFinder } from './known-topics.ts'
import { murmur2 } from './partitioning.ts'
import { encodeProduce, type Produce } from './wire/produce-request.ts'
import './reading.ts'
import { parseAdded } from './refused-partitions.ts'
import { createSendMessages } from './send-messages.ts'
import type { BatchToSend, SendingOptions } from './sender-ports.ts'
import { type OffsetsOwner, type StableOffset, stableOffsets, type WantedStable } from './stable-offsets.ts'
import { type BrokerPoolOwner, type ClusterIds, fetchTopicIds, type Protocol } from './topic-ids.ts'
import { encodeRequest, type Request } from './wire/request-frame.ts'

exchange<(request: Request) => Promise<{ readonly buffer: Buffer }>>(
  'kafkajs/src/protocol/request',
  () => async request => ({ buffer: await encodeRequest(request) }),
)

/** What kafkajs takes for one of its encoders. Later versions than the third hold the same. */
exchange<(produce: Produce) => object>(
  'kafkajs/src/protocol/requests/produce/v3/request',
  asShipped => produce => ({
    ...asShipped(produce),
    encode: async () => ({ buffer: encodeProduce(produce) }),
  }),
)

exchange<typeof murmur2>('kafkajs/src/producer/partitioners/default/murmur2', () => murmur2)

const { createErrorFromCode: errorFor } = exportsOf<{ createErrorFromCode: SendingOptions['errorFor'] }>(
  'kafkajs/src/protocol/error',
)
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

/** UNKNOWN_TOPIC_OR_PARTITION. */
const UNKNOWN_TOPIC = 3
const protocol: Protocol = {
  Encoder: exportsOf('kafkajs/src/protocol/encoder'),
  Decoder: exportsOf('kafkajs/src/protocol/decoder'),
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

/** As its types are, but for its admin, which is ours. */
type Client = new (
  config: Kafkajs.KafkaConfig,
) => Omit<Kafkajs.Kafka, 'admin'> & {
  admin(config?: Kafkajs.AdminConfig): Admin
}
const kafkajs = loadKafkajs<Omit<typeof Kafkajs, 'Kafka'> & { readonly Kafka: Client }>()

export const { Kafka, KafkaJSConnectionError, Partitioners, AssignerProtocol, logLevel } = kafkajs

/**
 * Which cluster this is, and which topics its topics are: a topic that was deleted and made anew has another id under the
 * same name. kafkajs asks for metadata in version 6, which knows no ids: this asks in version 10, of Kafka 2.8.
 */

/** What is needed of kafkajs's own connection to a broker. */
interface Broker {
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>>
  readonly connectionPool: {
    send(request: { readonly request: object; readonly response: object }): Promise<ClusterIds>
  }
}
export interface BrokerPoolOwner {
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> }
  metadata(of: { readonly topics: readonly string[] }): Promise<{ readonly clusterId: string }>
}

export interface ClusterIds {
  readonly clusterId: string
  /** By name: those that are there. None when the brokers are older than ids are. */
  readonly topicIds: ReadonlyMap<string, string>
  /** Those that we may not see; whether they are there is not told either. */
  readonly denied: readonly string[]
}

interface Encoder {
  writeInt16(value: number): Encoder
  writeInt32(value: number): Encoder
  writeBoolean(value: boolean): Encoder
  writeBuffer(value: Buffer): Encoder
  writeUVarIntString(value: string): Encoder
  writeUVarIntArray(values: readonly Encoder[]): Encoder
  writeUVarIntBytes(): Encoder
}
interface Decoder {
  readInt16(): number
  readInt32(): number
  readInt64(): bigint
  readBoolean(): boolean
  readBytes(length: number): Buffer
  readUVarIntString(): string | null
  readUVarIntArray<T>(read: (decoder: Decoder) => T): readonly T[] | null
  readTaggedFields(): unknown
}

/** kafkajs's own. */
export interface Protocol {
  readonly Encoder: new () => Encoder
  readonly Decoder: new (bytes: Buffer) => Decoder
}

const METADATA = 3
const VERSION = 10
/** TOPIC_AUTHORIZATION_FAILED. */
const DENIED = 29
const UUID_BYTES = 16
const NO_UUID = Buffer.alloc(UUID_BYTES)

export async function fetchTopicIds(
  cluster: BrokerPoolOwner,
  topics: readonly string[],
  { Encoder, Decoder }: Protocol,
): Promise<ClusterIds> {
  const broker = await cluster.brokerPool.findConnectedBroker()
  if ((broker.versions[METADATA]?.maxVersion ?? 0) < VERSION) {
    const { clusterId } = await cluster.metadata({ topics: [] })
    return { clusterId, topicIds: new Map(), denied: [] }
  }
  return broker.connectionPool.send({ request: requestOf(topics, Encoder), response: responseOf(Decoder) })
}

const requestOf = (topics: readonly string[], Encoder: Protocol['Encoder']) => ({
  apiKey: METADATA,
  apiVersion: VERSION,
  apiName: 'Metadata',
  encode: async () => {
    const named = topics.map(name =>
      new Encoder().writeBuffer(NO_UUID).writeUVarIntString(name).writeUVarIntBytes(),
    )
    return (
      new Encoder()
        // Tagged fields of the header.
        .writeUVarIntBytes()
        .writeUVarIntArray(named)
        // Neither make what is missing, nor tell rights on cluster and topics.
        .writeBoolean(false)
        .writeBoolean(false)
        .writeBoolean(false)
        .writeUVarIntBytes()
    )
  },
})

const responseOf = (Decoder: Protocol['Decoder']) => ({
  decode: async (bytes: Buffer): Promise<ClusterIds> => {
    const decoder = new Decoder(bytes)
    decoder.readTaggedFields()
    decoder.readInt32()
    decoder.readUVarIntArray(skipBroker)
    const clusterId = decoder.readUVarIntString() ?? ''
    decoder.readInt32()
    const topics = decoder.readUVarIntArray(readTopic) ?? []
    return {
      clusterId,
      topicIds: new Map(topics.flatMap(({ name, id, error }) => (error === 0 ? [[name, id]] : []))),
      denied: topics.filter(({ error }) => error === DENIED).map(({ name }) => name),
    }
  },
  parse: async (answer: ClusterIds): Promise<ClusterIds> => answer,
})

function skipBroker(decoder: Decoder): void {
  decoder.readInt32()
  decoder.readUVarIntString()
  decoder.readInt32()
  decoder.readUVarIntString()
  decoder.readTaggedFields()
}

function readTopic(decoder: Decoder) {
  const error = decoder.readInt16()
  const name = decoder.readUVarIntString() ?? ''
  // As Kafka's own tools print it.
  const id = decoder.readBytes(UUID_BYTES).toString('base64url')
  decoder.readBoolean()
  decoder.readUVarIntArray(skipPartition)
  decoder.readInt32()
  decoder.readTaggedFields()
  return { name, id, error }
}

function skipPartition(decoder: Decoder): void {
  const skipNumber = (each: Decoder) => each.readInt32()
  decoder.readInt16()
  // Number, leader, epoch.
  for (let count = 0; count < 3; count++) decoder.readInt32()
  // Replicas, those in sync, those that are away.
  for (let count = 0; count < 3; count++) decoder.readUVarIntArray(skipNumber)
  decoder.readTaggedFields()
}

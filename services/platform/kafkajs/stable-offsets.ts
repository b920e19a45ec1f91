/**
 * What a group has committed for one partition of its topics, once nothing that was committed before is still on its way.
 *
 * A fence returns when the markers of the transaction before it are written. A coordinator may apply those of offsets a
 * moment later, and answers with the offset before them. `require_stable` (`OffsetFetch` 7, of Kafka 2.5) makes it say so
 * instead; kafkajs 2.2.4 ends at version 4, and asks for all partitions, of which others are on their way all the time.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Protocol } from './topic-ids.ts'

export interface WantedStable {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly partition: number
}

export interface StableOffset {
  readonly topic: string
  readonly partition: number
  /** −1 where nothing is committed. */
  readonly offset: string
  readonly metadata: string | null
}

interface Request {
  readonly request: object
  readonly response: object
}

export interface OffsetsOwner {
  findGroupCoordinator(of: { readonly groupId: string }): Promise<{
    readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>>
    readonly connectionPool: { send(request: Request): Promise<Answer> }
  }>
}

interface Answer {
  readonly errorCode: number
  readonly offsets: readonly (StableOffset & { readonly errorCode: number })[]
}

export interface StablePorts {
  readonly protocol: Protocol
  readonly errorFor: (code: number) => unknown
}

const OFFSET_FETCH = 9
const VERSION = 7
/** UNSTABLE_OFFSET_COMMIT. */
const UNSTABLE = 88
const ASK_AGAIN_MS = 20
const ATTEMPTS = 500

/**
 * One offset for each topic, in their order.
 * @throws what the coordinator refuses with; UNSTABLE_OFFSET_COMMIT after ten seconds
 */
export async function stableOffsets(
  cluster: OffsetsOwner,
  wanted: WantedStable,
  { protocol, errorFor }: StablePorts,
): Promise<readonly StableOffset[]> {
  for (let attempt = 1; ; attempt++) {
    const { versions, connectionPool } = await cluster.findGroupCoordinator({ groupId: wanted.groupId })
    if ((versions[OFFSET_FETCH]?.maxVersion ?? 0) < VERSION)
      throw new Error('these brokers are older than Kafka 2.5, and cannot tell whether an offset is final')
    const { errorCode, offsets } = await connectionPool.send(requestOf(wanted, protocol))
    const code = errorCode || (offsets.find(offset => offset.errorCode !== 0)?.errorCode ?? 0)
    if (code === 0) return inOrder(wanted, offsets)
    if (code !== UNSTABLE || attempt === ATTEMPTS) throw errorFor(code)
    await delay(ASK_AGAIN_MS)
  }
}

function inOrder({ topics, partition }: WantedStable, offsets: Answer['offsets']): readonly StableOffset[] {
  return topics.map(topic => {
    const found = offsets.find(each => each.topic === topic && each.partition === partition)
    // Taken for −1, it would be read from its beginning once more.
    if (found === undefined) throw new Error(`the group's offset of ${topic}/${partition} is not known`)
    const { offset, metadata } = found
    return { topic, partition, offset, metadata }
  })
}

const requestOf = (wanted: WantedStable, { Encoder, Decoder }: Protocol): Request => ({
  request: {
    apiKey: OFFSET_FETCH,
    apiVersion: VERSION,
    apiName: 'OffsetFetch',
    encode: async () => {
      const partition = new Encoder().writeInt32(wanted.partition)
      const topics = wanted.topics.map(topic =>
        new Encoder().writeUVarIntString(topic).writeUVarIntArray([partition]).writeUVarIntBytes(),
      )
      return (
        new Encoder()
          // Tagged fields of the header.
          .writeUVarIntBytes()
          .writeUVarIntString(wanted.groupId)
          .writeUVarIntArray(topics)
          // Only what is final.
          .writeBoolean(true)
          .writeUVarIntBytes()
      )
    },
  },
  response: {
    decode: async (bytes: Buffer): Promise<Answer> => {
      const decoder = new Decoder(bytes)
      decoder.readTaggedFields()
      // How long it was throttled.
      decoder.readInt32()
      const offsets = (decoder.readUVarIntArray(readTopic) ?? []).flat()
      return { offsets, errorCode: decoder.readInt16() }
    },
    parse: async (answer: Answer): Promise<Answer> => answer,
  },
})

type Decoder = InstanceType<Protocol['Decoder']>

function readTopic(decoder: Decoder): Answer['offsets'] {
  const topic = decoder.readUVarIntString() ?? ''
  const partitions = decoder.readUVarIntArray(readPartition) ?? []
  decoder.readTaggedFields()
  return partitions.map(partition => ({ topic, ...partition }))
}

function readPartition(decoder: Decoder) {
  const [partition, offset] = [decoder.readInt32(), decoder.readInt64().toString()]
  // The leader's epoch.
  decoder.readInt32()
  const [metadata, errorCode] = [decoder.readUVarIntString(), decoder.readInt16()]
  decoder.readTaggedFields()
  return { partition, offset, metadata, errorCode }
}

/**
 * How a member of a group outlives the loss of a broker, where kafkajs 2.2.4 gives up or forgets.
 *
 * It sends heartbeats to the broker at which it joined. When that one is gone, it asks a closed connection until its
 * retries run out; when another one coordinates by now, it joins anew, and every other member with it. Here the cluster
 * is asked who coordinates, and the heartbeat is repeated there: the member keeps its generation and its partitions.
 *
 * Where the log no longer has the offset that a member wants, it commits "the beginning" as an offset of -2, although
 * commits are left to us: the committed offset and what rides in its metadata are lost. Here it reads on from the
 * beginning and commits nothing.
 *
 * When the last of the brokers that it knows is gone, it throws away what it would need to find them again.
 */

export interface Group {
  readonly groupId: string
  readonly cluster: {
    findGroupCoordinator(wanted: { readonly groupId: string }): Promise<unknown>
  }
  coordinator: unknown
  /** Null before the first assignment. */
  offsetManager: { coordinator: unknown } | null
}

type Heartbeat = (this: Group, options: object) => Promise<void>

/** The same heartbeat, of a member that follows its coordinator. */
export function followingCoordinator(heartbeat: Heartbeat): Heartbeat {
  const searches = new WeakMap<Group, Promise<void>>()
  return async function heartbeatWhereCoordinated(this: Group, options) {
    try {
      await heartbeat.call(this, options)
    } catch (error) {
      if (!isElsewhere(error)) throw error
      // One search for all fetchers of a member: each of them beats.
      const search = searches.get(this) ?? findCoordinator(this).finally(() => searches.delete(this))
      searches.set(this, search)
      await search
      await heartbeat.call(this, options)
    }
  }
}

async function findCoordinator(group: Group): Promise<void> {
  const found = await group.cluster.findGroupCoordinator({ groupId: group.groupId })
  group.coordinator = found
  if (group.offsetManager !== null) group.offsetManager.coordinator = found
}

const ELSEWHERE: ReadonlySet<unknown> = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
])

const isElsewhere = (error: unknown): boolean =>
  error instanceof Error && (ELSEWHERE.has(Reflect.get(error, 'type')) || ELSEWHERE.has(error.name))

interface Place {
  readonly topic: string
  readonly partition: number
}

type Offsets = Record<string, Record<number, string>>

export interface OffsetManager {
  readonly cluster: {
    fetchTopicsOffset(
      wanted: readonly {
        readonly topic: string
        readonly partitions: readonly { readonly partition: number }[]
        readonly fromBeginning: boolean
      }[],
    ): Promise<readonly { readonly partitions: readonly { readonly offset: string }[] }[]>
  }
  readonly resolvedOffsets: Offsets
}

/** Takes the place of what kafkajs does about an offset that the log does not have. */
export async function readFromBeginning(this: OffsetManager, { topic, partition }: Place): Promise<void> {
  const [found] = await this.cluster.fetchTopicsOffset([
    { topic, partitions: [{ partition }], fromBeginning: true },
  ])
  const offset = found?.partitions[0]?.offset
  const resolved = this.resolvedOffsets[topic]
  if (offset !== undefined && resolved !== undefined) resolved[partition] = offset
}

export interface BrokerPool {
  seedBroker: object | undefined
}

type RemoveBroker = (this: BrokerPool, address: { host: string; port: number }) => void

/** The same removal, after which there is still a broker to begin with. */
export const keepingSeed = (removeBroker: RemoveBroker): RemoveBroker =>
  function removeAllButSeed(this: BrokerPool, address) {
    const seed = this.seedBroker
    removeBroker.call(this, address)
    this.seedBroker ??= seed
  }

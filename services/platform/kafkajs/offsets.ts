/**
 * Where logs begin and end, as kafkajs 2.2.4 should ask.
 *
 * It gives up asking for the bounds of a topic when a partition gets another leader at that moment, or when the new leader
 * does not know yet where its log ends. A partition of which it knows no leader is missing in its answer without a word,
 * and a topic of which it knows none at all ends in "Cannot destructure property 'partitions'".
 */
import { isPassing, type RefreshedCluster, type Retrier, RetriesError, refreshed } from './retries.ts'

interface PartitionOffset {
  readonly partition: number
  readonly offset: string
}

export interface WantedOffsets {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number }[]
}

export interface TopicOffsets {
  readonly topic: string
  readonly partitions: readonly PartitionOffset[]
}

export interface OffsetCluster extends RefreshedCluster {
  readonly retrier: Retrier
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[]
  fetchTopicsOffset(topics: readonly WantedOffsets[]): Promise<readonly TopicOffsets[]>
}

type Ask = OffsetCluster['fetchTopicsOffset']

/** Asks until every partition has its offset; no partitions means all of the topic. */
export function everyOffset(cluster: OffsetCluster, ask: Ask, topics: readonly WantedOffsets[]) {
  return cluster.retrier(async bail => {
    try {
      const wanted = topics.map(topic => ({ ...topic, partitions: partitionsOf(cluster, topic) }))
      const found = await ask.call(cluster, wanted)
      const missing = wanted.find(topic => !hasAll(topic, found))
      if (missing === undefined) return found
      throw new RetriesError(`not all partitions of ${missing.topic} are known`, { retriable: true })
    } catch (error) {
      const reason = isPassing(error) ? await refreshed(cluster, error) : error
      if (isPassing(reason)) throw reason
      bail(reason)
      return undefined
    }
  })
}

const partitionsOf = (cluster: OffsetCluster, { topic, partitions }: WantedOffsets) =>
  partitions.length > 0
    ? partitions
    : cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }))

function hasAll({ topic, partitions }: WantedOffsets, found: readonly TopicOffsets[]): boolean {
  const known = new Set(
    found
      .filter(item => item.topic === topic)
      .flatMap(item => item.partitions.map(({ partition }) => partition)),
  )
  return partitions.length > 0 && partitions.every(({ partition }) => known.has(partition))
}

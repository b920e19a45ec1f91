/**
 * What a topic's offsets are asked by, where kafkajs 2.2.4 takes a topic that it knows nothing of for one without
 * partitions: it asks nobody, and stumbles over its own empty answer. A broker of a cluster that has not heard yet of a
 * topic made a moment ago leads to it.
 */

export interface TopicFinder {
  findTopicPartitionMetadata: (topic: string) => readonly unknown[]
}

/** @param unknown makes what the client tries again by itself, with new metadata */
export function requireKnownTopics(cluster: TopicFinder, unknown: () => Error): void {
  const find = cluster.findTopicPartitionMetadata.bind(cluster)
  cluster.findTopicPartitionMetadata = topic => {
    const partitions = find(topic)
    if (partitions.length === 0) throw unknown()
    return partitions
  }
}

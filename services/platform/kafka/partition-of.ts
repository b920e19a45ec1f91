import { Partitioners } from '../kafkajs/kafkajs.ts'

/** The partition that every producer of ours, and every Java client, gives a record with this key. */
export function createPartitionOf(partitions: number): (key: string) => number {
  const partitioner = Partitioners.DefaultPartitioner()
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    leader: 0,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  }))
  return key => partitioner({ topic: '', partitionMetadata, message: { key, value: null } })
}

import type { Admin } from 'kafkajs'
import { expect, it } from 'vitest'
import { requireKnownTopics } from '../../../../services/platform/kafkajs/known-topics.ts'
import { kafkajsAsShipped } from '../../../support/kafkajs-as-shipped.ts'

const createAdmin = kafkajsAsShipped<(options: object) => Admin>('kafkajs/src/admin')
const { createErrorFromCode } = kafkajsAsShipped<{ createErrorFromCode: (code: number) => Error }>(
  'kafkajs/src/protocol/error',
)
/** UNKNOWN_TOPIC_OR_PARTITION. */
const UNKNOWN_TOPIC = 3
const silent = { error() {}, warn() {}, info() {}, debug() {} }

/** A cluster whose broker hears of the topic after it was asked for metadata so often. */
function clusterThatHears(after: number) {
  const cluster = {
    refreshes: 0,
    addTargetTopic: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    refreshMetadata: async () => void cluster.refreshes++,
    findTopicPartitionMetadata: (_topic: string) => (cluster.refreshes < after ? [] : [{ partitionId: 0 }]),
    async fetchTopicsOffset(wanted: { topic: string; partitions: object[]; fromBeginning: boolean }[]) {
      return wanted
        .filter(({ partitions }) => partitions.length > 0)
        .map(({ topic, fromBeginning }) => ({
          topic,
          partitions: [{ partition: 0, offset: fromBeginning ? '2' : '9' }],
        }))
    },
  }
  return cluster
}
function adminOf(cluster: ReturnType<typeof clusterThatHears>): Admin {
  requireKnownTopics(cluster, () => createErrorFromCode(UNKNOWN_TOPIC))
  return createAdmin({
    cluster,
    logger: { namespace: () => silent },
    retry: { initialRetryTime: 1, retries: 3 },
  })
}

it('asks again for the offsets of a topic that a broker has not heard of yet', async () => {
  const cluster = clusterThatHears(2)
  expect(await adminOf(cluster).fetchTopicOffsets('new')).toEqual([
    { partition: 0, offset: '9', high: '9', low: '2' },
  ])
  expect(cluster.refreshes).toBe(2)
})

it('says that nobody knows the topic when nobody does', async () => {
  const asked = adminOf(clusterThatHears(100)).fetchTopicOffsets('never')
  await expect(asked).rejects.toThrow(/does not host this topic-partition/)
})

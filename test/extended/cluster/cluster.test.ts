/** The cluster itself: what the tests beside this one and the chaos suite take for granted. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Kafka, logLevel } from '../../../services/platform/kafkajs/kafkajs.ts'
import { clusterTopic, sharedCluster } from '../../support/cluster.ts'
import { eventually } from '../../support/partition-eventually.ts'
import { readTopic } from '../../support/partition-kafka.ts'

const clientOf = (kafka: string) =>
  new Kafka({ brokers: kafka.split(','), logLevel: logLevel.NOTHING, retry: { retries: 20 } })

async function produce(kafka: string, topic: string, keys: readonly string[]): Promise<void> {
  const producer = clientOf(kafka).producer({ retry: { retries: 20 } })
  await producer.connect()
  for (const key of keys)
    await producer.send({ topic, acks: -1, messages: [{ key, value: 'x'.repeat(1_000) }] })
  await producer.disconnect()
}

async function keysOf(kafka: string, topic: string): Promise<readonly string[]> {
  const client = clientOf(kafka)
  const admin = client.admin()
  await admin.connect()
  // A new leader does not know the end of its log until a follower has confirmed it.
  const hasEnds = () =>
    admin.fetchTopicOffsets(topic).then(
      () => true,
      () => false,
    )
  await eventually(`the ends of ${topic}`, hasEnds)
  const { records } = await readTopic(client, admin, topic)
  await admin.disconnect()
  return records.flat().map(({ key }) => key)
}

const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)

describe('three brokers', () => {
  it('hold a topic that names no number of replicas three times', async () => {
    const cluster = await sharedCluster()
    const topic = `unnamed-${randomUUID().slice(0, 8)}`
    const named = { topic, numPartitions: 6, replicationFactor: -1 }
    await cluster.admin.use(admin => admin.createTopics({ waitForLeaders: false, topics: [named] }))
    await cluster.untilWhole()
    const partitions = await cluster.admin.partitions([topic])
    expect(partitions.map(({ replicas }) => replicas.toSorted())).toEqual(partitions.map(() => [1, 2, 3]))
    const inSyncMin = await cluster.admin.use(async admin => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: topic, configNames: ['min.insync.replicas'] }],
      })
      return resources[0]?.configEntries[0]?.configValue
    })
    expect(inSyncMin).toBe('2')
  })

  it('have what was acknowledged when one of them is killed, and take more', async () => {
    const cluster = await sharedCluster()
    const topic = await clusterTopic(cluster, [
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
    ])
    await produce(cluster.kafka, topic, keys)
    await cluster.brokers[0]?.kill()
    await produce(cluster.kafka, topic, ['after'])
    expect((await keysOf(cluster.kafka, topic)).toSorted()).toEqual([...keys, 'after'].toSorted())
  })

  it('move a leader, and the coordinator of a group, to a broker of our choice', async () => {
    const cluster = await sharedCluster()
    const topic = await clusterTopic(cluster, [[1, 2, 3]])
    await cluster.admin.moveLeader({ topic, partition: 0 }, 3)
    const [moved] = await cluster.admin.partitions([topic])
    expect(moved).toMatchObject({ leader: 3, replicas: [3, 2, 1] })

    const admin = clientOf(cluster.kafka).admin()
    await admin.connect()
    await admin.setOffsets({ groupId: 'a-group', topic, partitions: [{ partition: 0, offset: '0' }] })
    await admin.disconnect()
    const place = cluster.admin.coordinatorOfGroup('a-group')
    const leaderOf = async () =>
      (await cluster.admin.partitions([place.topic])).find(({ partition }) => partition === place.partition)
        ?.leader
    const before = await leaderOf()
    await cluster.admin.moveLeader(place)
    expect(await leaderOf()).not.toBe(before)
  })

  it('end when their disk is full, and come back with everything', async () => {
    const cluster = await sharedCluster()
    const topic = await clusterTopic(cluster, [[2, 3, 1]])
    await produce(cluster.kafka, topic, keys)
    const [, second] = cluster.brokers
    const ended = second?.fillDisk()
    await produce(cluster.kafka, topic, ['meanwhile'])
    await ended
    expect(second?.pid).toBeNull()
    await cluster.untilWhole()
    await cluster.admin.moveLeader({ topic, partition: 0 }, 3)
    expect(await keysOf(cluster.kafka, topic)).toEqual([...keys, 'meanwhile'])
  })

  it('give a partition of two that are down no leader, and the leader back when they return', async () => {
    const cluster = await sharedCluster()
    const topic = await clusterTopic(cluster, [[1, 2, 3]])
    await produce(cluster.kafka, topic, keys)
    await Promise.all([cluster.brokers[0]?.kill(), cluster.brokers[1]?.kill()])
    const inSync = async () => (await cluster.admin.partitions([topic]))[0]?.inSync.length
    await eventually('the last broker to be alone', async () => (await inSync()) === 1, 60_000)
    await cluster.untilWhole()
    expect(await keysOf(cluster.kafka, topic)).toEqual(keys)
  })
})

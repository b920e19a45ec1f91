/** What is acknowledged, alone or in a transaction, while the leads of partitions move from broker to broker. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Producer } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Cluster } from '../../../infra/local/cluster/cluster.ts'
import { createKafka, type KafkaClient } from '../../../services/platform/kafka/client.ts'
import { discard, fence } from '../../../services/platform/kafka/fence.ts'
import { waitForCoordinator } from '../../../services/platform/kafka/group-coordinator.ts'
import {
  createGroupCommitProducer,
  type GroupCommitProducer,
  PRODUCER_DEFAULTS,
} from '../../../services/platform/kafka/producer.ts'
import { KafkaSettings } from '../../../services/platform/kafka/settings.ts'
import { commitStep } from '../../../services/platform/partitions/steps/transaction.ts'
import { loadConfig } from '../../../services/platform/process/config.ts'
import { createLogger } from '../../../services/platform/process/logger.ts'
import { clusterTopic, sharedCluster } from '../../support/cluster.ts'
import { readTopic } from '../../support/partition-kafka.ts'

const clientOf = (brokers: string): KafkaClient => {
  const config = loadConfig(z.object(KafkaSettings), { KAFKA_BROKERS: brokers })
  return createKafka(config, 'sends', createLogger('sends', 'silent'))
}

async function valuesOf({ kafka, admin }: Cluster, topic: string): Promise<readonly (readonly string[])[]> {
  const { records } = await admin.use(use => readTopic(clientOf(kafka), use, topic))
  return records.map(partition => partition.map(({ value }) => String(value)))
}

const producerOf = (kafka: string): GroupCommitProducer =>
  createGroupCommitProducer(clientOf(kafka), {
    ...PRODUCER_DEFAULTS,
    acknowledgeWithinMs: 30_000,
    onFailure: () => undefined,
  })

const sending =
  (producer: GroupCommitProducer, topic: string) =>
  (partition: number, text: string): Promise<void> =>
    producer.send({ topic, key: 'k', value: Buffer.from(text), headers: {}, partition })

/** A step as the owner of a partition makes it: what it decided, to both topics, and how far it has read. */
async function step(producer: Producer, group: string, topics: readonly string[], number: number) {
  const record = { key: 'k', value: Buffer.from(String(number)), headers: {}, partition: 0, bytes: 50 }
  const records = new Map(topics.map(topic => [topic, [record]]))
  const [topic = ''] = topics
  const offsets = [{ topic, offset: String(number + 1), metadata: '{}' }]
  await commitStep(producer, group, 0, records, offsets, () => 900_000)
}

/** Leads go from hand to hand, one broker is killed and comes back, another one stands still. */
async function shake(cluster: Cluster, topics: readonly string[]): Promise<void> {
  const [first, second] = cluster.brokers
  for (const topic of topics) await cluster.admin.moveLeader({ topic, partition: 0 })
  await first?.kill()
  await delay(2_000)
  await cluster.untilWhole()
  second?.pause()
  await delay(4_000)
  second?.resume()
  await cluster.untilWhole()
  for (const topic of topics) await cluster.admin.moveLeader({ topic, partition: 0 })
}

/** Markers that wait for a broker hold up the next step: there are few before all is over. */
const STEPS_MIN = 100

const LEADERS = [
  [1, 2, 3],
  [2, 1, 3],
] as const

describe('a batch over two brokers', () => {
  it('is written whole when the lead of one part has moved to the other broker', async () => {
    const cluster = await sharedCluster()
    const topic = await clusterTopic(cluster, LEADERS)
    const producer = producerOf(cluster.kafka)
    const send = sending(producer, topic)
    await Promise.all([send(0, 'a0'), send(1, 'a1')])
    await cluster.admin.moveLeader({ topic, partition: 0 }, 2)
    await Promise.all([send(0, 'b0'), send(1, 'b1')])
    await Promise.all([send(0, 'c0'), send(1, 'c1')])
    await producer.close()
    expect(await valuesOf(cluster, topic)).toEqual([
      ['a0', 'b0', 'c0'],
      ['a1', 'b1', 'c1'],
    ])
  })

  it('is written once in its transaction when the lead of one part has moved to the other broker', async () => {
    const cluster = await sharedCluster()
    const [a, b] = [await clusterTopic(cluster, [LEADERS[0]]), await clusterTopic(cluster, [LEADERS[1]])]
    const group = `steps-${randomUUID()}`
    await cluster.admin.use(admin => waitForCoordinator(admin, group, [a]))
    const producer = await fence(clientOf(cluster.kafka), group)
    await step(producer, group, [a, b], 0)
    await cluster.admin.moveLeader({ topic: a, partition: 0 }, 2)
    await step(producer, group, [a, b], 1)
    await producer.disconnect()
    expect([await valuesOf(cluster, a), await valuesOf(cluster, b)]).toEqual([[['0', '1']], [['0', '1']]])
  })
})

describe('while leads move, a broker is killed and another one stands still', () => {
  it('every record that is acknowledged is there once', async () => {
    const cluster = await sharedCluster()
    const topic = await clusterTopic(cluster, [...LEADERS, [3, 2, 1]])
    const producer = producerOf(cluster.kafka)
    const send = sending(producer, topic)
    const acknowledged: string[] = []
    const state = { isOver: false }
    const sent = (async () => {
      const all: Promise<unknown>[] = []
      for (let number = 0; !state.isOver; number++) {
        const text = String(number)
        const outcome = send(number % 3, text).then(() => acknowledged.push(text))
        all.push(outcome.catch(() => undefined))
        await delay(5)
      }
      await Promise.all(all)
    })()
    await shake(cluster, [topic])
    state.isOver = true
    await sent
    await producer.close()
    const values = (await valuesOf(cluster, topic)).flat()
    expect(acknowledged.length).toBeGreaterThan(200)
    expect(new Set(values).size).toBe(values.length)
    expect(new Set(acknowledged).difference(new Set(values))).toEqual(new Set())
  })

  it('every step is there once, whatever its owner was told', async () => {
    const cluster = await sharedCluster()
    const topics = [await clusterTopic(cluster, [LEADERS[0]]), await clusterTopic(cluster, [LEADERS[1]])]
    const [topic = ''] = topics
    const group = `steps-${randomUUID()}`
    await cluster.admin.use(admin => waitForCoordinator(admin, group, [topic]))
    const state = { isOver: false }
    const tenures = (async () => {
      let next = 0
      const goesOn = () => !state.isOver || next < STEPS_MIN
      while (goesOn()) {
        const producer = await fence(clientOf(cluster.kafka), group).catch(() => null)
        if (producer === null) continue
        try {
          next = await committed(cluster, group, topic)
          for (; goesOn(); next++) await step(producer, group, topics, next)
        } catch {
          // What became of the step shows after the next fence.
        }
        discard(producer)
      }
    })()
    await shake(cluster, topics)
    state.isOver = true
    await tenures
    const producer = await fence(clientOf(cluster.kafka), group)
    const steps = await committed(cluster, group, topic)
    await producer.disconnect()
    const numbers = Array.from({ length: steps }, (_, number) => String(number))
    expect(steps).toBeGreaterThanOrEqual(STEPS_MIN)
    for (const written of topics) expect(await valuesOf(cluster, written)).toEqual([numbers])
  })
})

async function committed({ admin }: Cluster, groupId: string, topic: string): Promise<number> {
  const [found] = await admin.use(use => use.fetchOffsets({ groupId, topics: [topic] }))
  return Math.max(0, Number(found?.partitions[0]?.offset))
}

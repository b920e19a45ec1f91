/** What happens between the fence and the first decision, at the moments that random faults seldom meet. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin, Producer, Transaction } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import { waitForCoordinator } from '../../services/platform/kafka/group-coordinator.ts'
import { PartitionOwner } from '../../services/platform/partitions/owner.ts'
import type { Processor } from '../../services/platform/partitions/processor.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { eventually } from '../support/partition-eventually.ts'
import { createSampleTopics, kafkaAt, readTopic } from '../support/partition-kafka.ts'
import {
  delayedOffsets,
  failingCommits,
  offsetsBeforeFence,
  stateBeforeCommit,
} from '../support/partition-mutants.ts'
import { createSample, readJson, type SampleTopics } from '../support/partition-sample.ts'
import { lagOf, verifySample } from '../support/partition-verify.ts'

const kafka = kafkaAt(inject('kafkaBrokers'))
const KEYS = ['a', 'b', 'c', 'd', 'e']
let admin: Admin
let topics: SampleTopics
let directory: string
let stops: (() => Promise<void>)[]

beforeEach(async () => {
  admin = kafka.admin()
  await admin.connect()
  topics = await createSampleTopics(admin, 1)
  await waitForCoordinator(admin, topics.group, [topics.plain])
  directory = mkdtempSync(join(tmpdir(), 'atsflow-fence-'))
  stops = []
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (const topic of [topics.plain, topics.transactional]) {
    const messages = KEYS.map(key => ({ key: `${topic}-${key}`, value: JSON.stringify({ version: 1 }) }))
    await producer.send({ topic, acks: -1, messages })
  }
  await producer.disconnect()
})
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop()
  await admin.disconnect()
  rmSync(directory, { recursive: true, force: true })
})

async function own(client: KafkaClient, processor: Processor<never, never> = createSample(topics)) {
  const owner = new PartitionOwner<never, never>({
    ...{ kafka: client, processor, stateDirectory: directory, sessionTimeoutMs: 6_000 },
    log: createLogger('fence-test', 'silent'),
    heartbeat: () => undefined,
    assigned: () => undefined,
    limitOf: () => 1_000_000,
    ...{ committed: () => undefined, lost: () => undefined },
    crash: error => {
      throw error
    },
  })
  stops.push(() => owner.stop())
  await owner.start()
  return owner
}
const drained = () => eventually('the inputs to drain', async () => (await lagOf(admin, topics, 0)) === 0)

/** An earlier owner with all of the plain input in its open transaction. */
async function earlierOwner(): Promise<Transaction> {
  const producer: Producer = kafka.producer({
    ...{ transactionalId: `${topics.group}-0`, idempotent: true, maxInFlightRequests: 1 },
  })
  await producer.connect()
  stops.push(() => producer.disconnect())
  const transaction = await producer.transaction()
  const value = JSON.stringify({ version: 1, seen: 1 })
  const messages = KEYS.map(key => ({ key: `${topics.plain}-${key}`, value }))
  const topicMessages = [topics.output, topics.table].map(topic => ({ topic, messages }))
  await transaction.sendBatch({ topicMessages, acks: -1 })
  const counts = { first: 0, void: 0, published: KEYS.length, duplicate: 0, skipped: 0, dead_lettered: 0 }
  const partitions = [{ partition: 0, offset: String(KEYS.length), metadata: JSON.stringify(counts) }]
  const offsets = { consumerGroupId: topics.group, topics: [{ topic: topics.plain, partitions }] }
  await transaction.sendOffsets(offsets)
  return transaction
}

describe('an earlier owner that commits late', () => {
  it('is fenced out when it commits between the fence and the offsets', async () => {
    const transaction = await earlierOwner()
    let refusal: unknown
    await own(
      delayedOffsets(kafka, async () => {
        refusal ??= await transaction.commit().catch((error: unknown) => error)
      }),
    )
    await drained()
    expect(refusal).toBeInstanceOf(Error)
    expect(await verifySample(kafka, admin, topics)).toMatchObject({ faults: [], outputs: 10 })
  })

  it('doubles what it wrote when the offsets are read before the fence', async () => {
    const transaction = await earlierOwner()
    let refusal: unknown = 'not asked'
    await own(
      offsetsBeforeFence(kafka, topics, async () => {
        refusal = await transaction.commit().catch((error: unknown) => error)
      }),
    )
    await drained()
    expect(refusal).toBeUndefined()
    const { faults } = await verifySample(kafka, admin, topics)
    expect(faults.filter(fault => fault.startsWith('output/'))).not.toEqual([])
  })
})

describe('a commit that fails', () => {
  it('leaves nothing behind: the partition is taken again and everything is published once', async () => {
    await own(failingCommits(kafka, 2))
    await drained()
    expect(await verifySample(kafka, admin, topics)).toMatchObject({ faults: [], outputs: 10 })
  })

  it('loses what was published when decisions show before their commit', async () => {
    await own(failingCommits(kafka, 2), stateBeforeCommit(createSample(topics), topics.table))
    await drained()
    const { faults } = await verifySample(kafka, admin, topics)
    expect(faults.filter(fault => fault.startsWith('output/'))).not.toEqual([])
  })
})

it('begins to count anew where somebody has set the offsets with a tool of their own', async () => {
  const partitions = [{ partition: 0, offset: '2', metadata: 'moved by hand' }]
  await admin.setOffsets({ groupId: topics.group, topic: topics.plain, partitions })
  await own(kafka)
  await drained()
  const { records } = await readTopic(kafka, admin, topics.output)
  expect(records[0]?.length).toBe(2 * KEYS.length - 2)
  const [plain] = await admin.fetchOffsets({ groupId: topics.group, topics: [topics.plain] })
  expect(readJson(Buffer.from(plain?.partitions[0]?.metadata ?? ''))).toMatchObject({
    first: 2,
    published: 3,
  })
})

it('keeps its counts where retention took records before they were read: they are void', async () => {
  await own(kafka)
  await drained()
  await stops.pop()?.()
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const messages = KEYS.map(key => ({ key: `${topics.plain}-${key}`, value: JSON.stringify({ version: 2 }) }))
  await producer.send({ topic: topics.plain, acks: -1, messages })
  await producer.disconnect()
  const [taken, left] = [3, KEYS.length - 3]
  const partitions = [{ partition: 0, offset: String(KEYS.length + taken) }]
  await admin.deleteTopicRecords({ topic: topics.plain, partitions })
  await own(kafka)
  await drained()
  const [plain] = await admin.fetchOffsets({ groupId: topics.group, topics: [topics.plain] })
  const { offset, metadata } = plain?.partitions[0] ?? {}
  expect(offset).toBe(String(2 * KEYS.length))
  expect(readJson(Buffer.from(metadata ?? ''))).toMatchObject({
    ...{ first: 0, published: KEYS.length + left, void: taken },
  })
})

/** A table whose topic the broker has compacted: where kafkajs stands still unless it is repaired. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { eventually } from '../support/partition-eventually.ts'
import { Instances } from '../support/partition-instances.ts'
import { createEmptiedTopic, createTopic, kafkaAt } from '../support/partition-kafka.ts'
import { sampleTopics } from '../support/partition-sample.ts'

const brokers = inject('kafkaBrokers')
const kafka = kafkaAt(brokers)
const run = `compacted-${randomUUID().slice(0, 8)}`
let admin: Admin
let directory: string
let instances: Instances

beforeAll(async () => {
  admin = kafka.admin()
  await admin.connect()
  const topics = sampleTopics(run)
  for (const topic of [topics.plain, topics.transactional, topics.output])
    await createTopic(admin, topic, {}, 1)
  await createEmptiedTopic(kafka, admin, topics.table, (round, pad) =>
    JSON.stringify({ version: round, seen: round, pad }),
  )
  directory = mkdtempSync(join(tmpdir(), 'atsflow-compaction-'))
  instances = new Instances({ brokers, run, directory, sessionMs: 6_000 })
})
afterAll(async () => {
  await instances?.endAll()
  await admin.disconnect()
  rmSync(directory, { recursive: true, force: true })
})

it('is restored past batches that compaction has emptied', async () => {
  instances.start(0)
  await eventually('the partition to be taken', () => instances.taken(0).length === 1)
  await instances.leave(0)
  expect(instances.lines.find(({ event }) => event === 'partition_restored')?.behind).toBeGreaterThan(30)
})

it('is never restored by kafkajs as it is', async () => {
  instances.start(1, 'no-repair')
  const assigned = () =>
    instances.lines.some(({ pid, event }) => pid === instances.pidOf(1) && event === 'partitions_assigned')
  await eventually('the partition to be assigned', assigned)
  await delay(5_000)
  expect(instances.taken(1)).toEqual([])
})

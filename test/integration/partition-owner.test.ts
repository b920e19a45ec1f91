/** Random faults against the runtime: what is read back afterwards must be exact. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { eventually } from '../support/partition-eventually.ts'
import { feed, randomFrom } from '../support/partition-feed.ts'
import { Instances } from '../support/partition-instances.ts'
import { createSampleTopics, kafkaAt } from '../support/partition-kafka.ts'
import type { SampleTopics } from '../support/partition-sample.ts'
import { lagOf, verifySample } from '../support/partition-verify.ts'

const SESSION_MS = 6_000
const SEED = Number(process.env.SEED ?? 1)

const brokers = inject('kafkaBrokers')
const kafka = kafkaAt(brokers)
let admin: Admin
let topics: SampleTopics
let directory: string
let instances: Instances

beforeEach(async () => {
  admin = kafka.admin()
  await admin.connect()
  topics = await createSampleTopics(admin)
  directory = mkdtempSync(join(tmpdir(), 'atsflow-partitions-'))
  const run = topics.group.replace(/\.group$/, '')
  instances = new Instances({ brokers, run, directory, sessionMs: SESSION_MS })
})
afterEach(async () => {
  await instances.endAll()
  await admin.disconnect()
  rmSync(directory, { recursive: true, force: true })
})

const drained = () =>
  eventually('the inputs to drain', async () => (await lagOf(admin, topics, 5)) === 0, 60_000)
const owned = (count: number, ...slots: readonly number[]) =>
  eventually(
    `${count} numbers owned by ${slots}`,
    () => slots.reduce((sum, slot) => sum + instances.taken(slot).length, 0) === count,
  )

it('publishes each accepted version once and in order through joins, leaves, kills, lost state and a zombie', async () => {
  const fed = feed(kafka, topics, { records: 24_000, perSecond: 500, keys: 1500, random: randomFrom(SEED) })
  instances.start(0)
  await owned(6, 0)
  instances.start(1)
  await owned(6, 0, 1)
  await instances.kill(1)
  instances.forget(1)
  await delay(800)
  instances.start(1)
  instances.start(2)
  await delay(4_000)
  await instances.leave(0)
  await owned(6, 1, 2)
  instances.start(0)
  await delay(2_000)
  await instances.kill(2)
  await owned(6, 0, 1)
  instances.suspend(1)
  await delay(SESSION_MS + 2_500)
  instances.wake(1)
  await delay(2_000)
  instances.forget(2)
  instances.start(2)
  await instances.kill(0)
  instances.start(0)
  await fed
  await drained()
  await instances.endAll()
  const verdict = await verifySample(kafka, admin, topics)
  expect(verdict.faults).toEqual([])
  expect(verdict.outputs).toBeGreaterThan(15_000)
  expect(verdict.void).toBeGreaterThan(0)
}, 170_000)

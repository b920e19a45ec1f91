import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin } from 'kafkajs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { logIdsOf } from '../../services/platform/partitions/log-id.ts'
import type { Losses } from '../../services/platform/partitions/losses.ts'
import { PartitionOwner } from '../../services/platform/partitions/owner.ts'
import type { Processor } from '../../services/platform/partitions/processor.ts'
import { openPartitionStore } from '../../services/platform/partitions/store.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { acceptLosses } from '../../services/platform/topics/accepted-losses.ts'
import { eventually } from '../support/partition-eventually.ts'
import { createTopic, kafkaAt } from '../support/partition-kafka.ts'

const COMPACT = { 'cleanup.policy': 'compact' }
const kafka = kafkaAt(inject('kafkaBrokers'))

let admin: Admin
let directory: string
let names: { group: string; input: string; ledger: string }
let stops: (() => Promise<void>)[]
let told: Losses[]
/** What was in the state when deciding began. */
let started: unknown[]
/** Whether the ledger was said to be cut then. */
let cut: boolean[]
beforeAll(async () => {
  admin = kafka.admin()
  await admin.connect()
})
afterAll(() => admin.disconnect())
beforeEach(async () => {
  const id = randomUUID().slice(0, 8)
  names = { group: `lost-${id}`, input: `lost-input-${id}`, ledger: `lost-ledger-${id}` }
  directory = mkdtempSync(join(tmpdir(), 'atsflow-ledger-lost-'))
  stops = []
  told = []
  started = []
  cut = []
  await createTopic(admin, names.input, {}, 1)
  await createTopic(admin, names.ledger, COMPACT, 1)
})
afterEach(async () => {
  for (const stop of stops) await stop()
  rmSync(directory, { recursive: true, force: true })
})

const processor = (): Processor<never, never> => ({
  group: names.group,
  inputs: [names.input],
  outputs: [],
  tables: [{ topic: names.ledger, isLedger: true, entries: (key, value) => [[key, value?.toString()]] }],
  prepare: async () => undefined,
  open: () => ({
    started: (state, isLedgerCut) => {
      started.push(state.get('invited'))
      cut.push(isLedgerCut)
    },
    lookUp: () => null,
    decide: () => ({
      outcome: { name: 'skipped', source: null, tenant: '', reason: '' },
      outputs: [],
      effects: [],
    }),
    refuse: (_input, refused) => {
      throw refused
    },
    perform: () => undefined,
    stopped: () => undefined,
  }),
})

async function own(): Promise<PartitionOwner<never, never>> {
  const owner = new PartitionOwner<never, never>({
    ...{ kafka, processor: processor(), stateDirectory: directory, sessionTimeoutMs: 6_000 },
    log: createLogger('lost-test', 'silent'),
    ...{ heartbeat: () => undefined, assigned: () => undefined, committed: () => undefined },
    limitOf: () => 1_000_000,
    lost: (_partition, losses) => void told.push(losses),
    crash: error => {
      throw error
    },
  })
  stops.push(() => owner.stop())
  await owner.start()
  return owner
}

async function invite(): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  await producer.send({ topic: names.ledger, messages: [{ key: 'invited', value: 'yes' }] })
  await producer.disconnect()
}

/** An instance that has seen the invitation, and stopped. */
async function seenOnce(): Promise<void> {
  await invite()
  const owner = await own()
  await eventually('the state to be restored', async () => owner.ready)
  await owner.stop()
  stops = []
  expect(started).toEqual(['yes'])
}

async function makeAnew(topic: string): Promise<void> {
  const before = await logIdsOf(admin, [topic])
  await admin.deleteTopics({ topics: [topic] })
  await eventually('the topic to be gone', async () => !(await admin.listTopics()).includes(topic))
  await createTopic(admin, topic, COMPACT, 1)
  const after = await logIdsOf(admin, [topic])
  expect(after.get(topic)).not.toEqual(before.get(topic))
}

it('knows a topic that was made anew from the one before, and the cluster', async () => {
  const { clusterId } = await admin.describeCluster()
  expect(await logIdsOf(admin, [names.ledger, 'never-made'])).toEqual(
    new Map([
      [names.ledger, expect.stringMatching(new RegExp(`^${clusterId}/[\\w-]{22}$`))],
      ['never-made', `${clusterId}/`],
    ]),
  )
  await makeAnew(names.ledger)
})

it('decides nothing by a ledger that was made anew, until a person has given up what is lost', async () => {
  await seenOnce()
  await makeAnew(names.ledger)
  const owner = await own()
  await eventually('the loss to be told', async () => told.at(-1)?.open.length === 1)
  expect([owner.lost, owner.ready, [...owner.behind()], started]).toEqual([
    [`${names.ledger}/0`],
    false,
    [],
    ['yes'],
  ])
  await acceptLosses(kafka, names.group, [{ topic: names.ledger, partition: 0 }], {
    atMs: Date.now(),
    by: 'test',
  })
  await eventually('the partition to go on', async () => owner.ready)
  expect([owner.lost, told.at(-1), started, cut]).toEqual([
    [],
    { open: [], rebuilt: [names.ledger], isLedgerCut: true },
    ['yes', undefined],
    [false, true],
  ])
})

it('decides nothing by a ledger whose log has lost its end', async () => {
  await seenOnce()
  const store = openPartitionStore(join(directory, '0'), Date.now)
  store.apply([], [[names.ledger, 40]], true)
  await store.close()
  const owner = await own()
  await eventually('the loss to be told', async () => told.at(-1)?.open.length === 1)
  expect([owner.ready, started]).toEqual([false, ['yes']])
})

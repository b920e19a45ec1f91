import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PartitionOwner } from '../../../../services/platform/partitions/owner.ts'
import type { TenurePorts } from '../../../../services/platform/partitions/positions.ts'
import { eventually } from '../../../support/partition-eventually.ts'
import { batchOf, fakeBroker, processOf } from '../../../support/partition-fake-broker.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-owner-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const EVENTS = ['GROUP_JOIN', 'REBALANCING', 'START_BATCH_PROCESS', 'HEARTBEAT', 'STOP', 'CRASH'] as const

/** An owner of partition 0 whose kafkajs the test plays. */
async function ownerOn(broker: ReturnType<typeof fakeBroker>) {
  const emitter = new EventEmitter()
  const runs: { eachBatch: (payload: object) => Promise<void> }[] = []
  const emit = (event: (typeof EVENTS)[number], payload: object = {}) => emitter.emit(event, { payload })
  const consumer = {
    ...broker.ports.consumer,
    events: Object.fromEntries(EVENTS.map(event => [event, event])),
    on: (event: string, listener: (event: object) => void) => emitter.on(event, listener),
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async (config: (typeof runs)[number]) => void runs.push(config),
    stop: async () => emit('STOP'),
    disconnect: async () => undefined,
  }
  const admin = { ...broker.admin, connect: async () => undefined, disconnect: async () => undefined }
  const kafka = { ...broker.ports.kafka, admin: () => admin, consumer: () => consumer }
  const { log, committed, crash, limitOf } = broker.ports
  const owner = new PartitionOwner<string, string>({
    // Cast: what an owner uses of it is above.
    kafka: kafka as unknown as TenurePorts['kafka'],
    ...{ processor: processOf(), stateDirectory: directory, log, committed, crash, limitOf },
    ...{ assigned: () => undefined, heartbeat: () => undefined, lost: () => undefined },
  })
  await owner.start()
  const joins = async () => {
    emit('GROUP_JOIN', { memberAssignment: { input: [0], table: [0] } })
    await eventually('the partition to be taken', () => owner.ready)
  }
  const beats = (groupGenerationId: number) => emit('HEARTBEAT', { memberId: 'us', groupGenerationId })
  const reads = (at: number, key: string) =>
    runs.at(-1)?.eachBatch({ batch: batchOf('input', at, [key]), isStale: () => false })
  await joins()
  return { owner, emit, joins, beats, reads, runs }
}

const keysOf = (broker: ReturnType<typeof fakeBroker>) => broker.committed.flatMap(({ keys }) => keys)

it('commits again when a rebalance was announced, no join follows, and heartbeats are answered', async () => {
  const broker = fakeBroker()
  const { owner, emit, beats, reads } = await ownerOn(broker)
  beats(1)
  emit('REBALANCING')
  await reads(0, 'a')
  await new Promise(resolve => setImmediate(resolve))
  expect(keysOf(broker)).toEqual([])
  beats(1)
  beats(1)
  await eventually('the commit', () => broker.committed.length === 1)
  await owner.stop()
})

it('joins anew when heartbeats are answered in a generation whose assignment it never saw', async () => {
  const { owner, emit, joins, beats, runs } = await ownerOn(fakeBroker())
  beats(1)
  emit('REBALANCING')
  for (let beat = 0; beat < 5; beat++) beats(2)
  await eventually('the consumer to run again', () => runs.length === 2)
  expect(owner.ready).toBe(false)
  await joins()
  expect(owner.ready).toBe(true)
  await owner.stop()
})

it('decides nothing between the end of its consumer and the next assignment, and stays alive', async () => {
  const broker = fakeBroker()
  const { owner, emit, joins, reads } = await ownerOn(broker)
  emit('STOP')
  emit('CRASH', { error: new Error('the coordinator is loading'), restart: true })
  expect(owner.ready).toBe(false)
  await reads(0, 'lost')
  await joins()
  await reads(0, 'a')
  await eventually('the commit', () => broker.committed.length > 0)
  expect(keysOf(broker)).toEqual(['a'])
  expect(broker.crashes).toEqual([])
  await owner.stop()
})

it('says which right it lacks, is not ready, and goes on when the right is given back', async () => {
  const broker = fakeBroker()
  const said: [object, string][] = []
  broker.ports.log.error = ((line: object, text: string) => void said.push([line, text])) as never
  const { owner, emit, joins, beats } = await ownerOn(broker)
  const error = Object.assign(new Error(), { type: 'GROUP_AUTHORIZATION_FAILED' })
  for (let times = 0; times < 2; times++) {
    emit('STOP')
    emit('CRASH', { error, restart: false })
  }
  expect([owner.ready, owner.awaitsAssignment, owner.denied]).toEqual([
    ...[false, false],
    expect.stringMatching(/denies Read on the group ".+" to this user/),
  ])
  expect(said).toEqual([[{ event: 'right_missing' }, `Nothing is read: ${owner.denied}`]])
  await joins()
  beats(1)
  expect([owner.ready, owner.denied, broker.crashes]).toEqual([true, null, []])
  await owner.stop()
})

it('names the topic that it may not write while its partition fails for that', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const broker = fakeBroker()
  const said: [object, string][] = []
  broker.ports.log.error = ((line: object, text: string) => void said.push([line, text])) as never
  const { owner, reads, beats } = await ownerOn(broker)
  const denied = Object.assign(new Error('denied'), { type: 'TOPIC_AUTHORIZATION_FAILED', topic: 'scores' })
  const refusal = Promise.reject(denied)
  refusal.catch(() => undefined)
  broker.gates.set('commit', refusal)
  await reads(0, 'a')
  await eventually('the failure', () => owner.denied !== null)
  expect(owner.denied).toMatch(/denies Write on the topic scores to this user/)
  expect(said).toEqual([[{ event: 'right_missing', partition: 0 }, `Nothing is committed: ${owner.denied}`]])
  vi.setSystemTime(Date.now() + 31_000)
  beats(1)
  expect(owner.denied).toBeNull()
  vi.useRealTimers()
  await owner.stop()
})

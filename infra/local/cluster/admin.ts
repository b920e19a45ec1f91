/** What an administrator does to a cluster and asks of it: leaders, replicas, coordinators, rights. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { Kafka, logLevel } from '../../../services/platform/kafkajs/kafkajs.ts'
import { aclEntries, type Right } from '../../../services/platform/topics/rights.ts'
import { INTERNAL_PARTITIONS } from './node-properties.ts'

export interface PartitionState {
  readonly topic: string
  readonly partition: number
  /** −1 while it has none. */
  readonly leader: number
  /** Broker ids, the preferred leader first. */
  readonly replicas: readonly number[]
  readonly inSync: readonly number[]
}

export interface Place {
  readonly topic: string
  readonly partition: number
}

export interface ClusterAdmin {
  /** Every partition of these topics, or of all there are, internal ones included. */
  readonly partitions: (topics?: readonly string[]) => Promise<readonly PartitionState[]>
  /** Where the cluster keeps the offsets of a group: the leader of this partition coordinates it. */
  readonly coordinatorOfGroup: (group: string) => Place
  readonly coordinatorOfTransactions: (transactionalId: string) => Place
  /** Makes another broker the leader of a partition, `to` if it is named; resolves when all replicas are in sync again. */
  readonly moveLeader: (place: Place, to?: number) => Promise<void>
  /** Has replicas dealt anew: each partition loses its leader, and has it back as the last of its replicas. */
  readonly reassign: (topics: readonly string[]) => Promise<void>
  readonly allow: (rights: readonly Right[]) => Promise<void>
  readonly disallow: (rights: readonly Right[]) => Promise<void>
  /** Resolves when three brokers are there and every replica of every partition is in sync. */
  readonly untilWhole: (deadlineMs: number) => Promise<void>
  readonly use: <T>(ask: (admin: Admin) => Promise<T>) => Promise<T>
}

const BROKERS = 3
const MOVED_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 100

export function createClusterAdmin(brokers: readonly string[]): ClusterAdmin {
  const use = <T>(ask: (admin: Admin) => Promise<T>): Promise<T> => withAdmin(brokers, ask)
  const partitions = (topics?: readonly string[]) => use(admin => partitionsOf(admin, topics))
  return {
    use,
    partitions,
    coordinatorOfGroup: group => coordinator('__consumer_offsets', group),
    coordinatorOfTransactions: id => coordinator('__transaction_state', id),
    moveLeader: (place, to) =>
      use(async admin => {
        const states = await partitionsOf(admin, [place.topic])
        const wanted = states.filter(
          ({ partition, leader }) => partition === place.partition && leader !== to,
        )
        if (wanted.length > 0) await takeTurns(admin, wanted, to)
      }),
    reassign: topics => use(async admin => takeTurns(admin, await partitionsOf(admin, topics))),
    allow: rights => use(async admin => void (await admin.createAcls({ acl: [...aclEntries(rights)] }))),
    disallow: rights =>
      use(async admin => void (await admin.deleteAcls({ filters: [...aclEntries(rights)] }))),
    untilWhole: deadlineMs => until('all replicas to be in sync', deadlineMs, () => use(missingOf)),
  }
}

async function withAdmin<T>(brokers: readonly string[], ask: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId: 'cluster-admin',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 20 },
  })
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}

async function partitionsOf(admin: Admin, topics?: readonly string[]): Promise<readonly PartitionState[]> {
  const found = await admin.fetchTopicMetadata(topics === undefined ? undefined : { topics: [...topics] })
  return found.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionId, leader, replicas, isr }) => ({
      topic: name,
      partition: partitionId,
      leader,
      replicas,
      inSync: isr,
    })),
  )
}

/** What is not there yet; null when all is. */
async function missingOf(admin: Admin): Promise<string | null> {
  const { brokers } = await admin.describeCluster()
  const behind = (await partitionsOf(admin)).filter(state => !isComplete(state))
  if (brokers.length === BROKERS && behind.length === 0) return null
  const ids = brokers.map(({ nodeId }) => nodeId).sort()
  return `brokers ${ids} are there, ${behind.length} partitions are behind`
}

const isComplete = ({ leader, replicas, inSync }: PartitionState): boolean =>
  leader >= 0 && inSync.length === replicas.length

/**
 * A leader that is no replica any more is replaced at once, whereas one that is merely no longer preferred stays until
 * the cluster looks at its leaders. It comes back as the last replica.
 */
async function takeTurns(admin: Admin, states: readonly PartitionState[], to?: number): Promise<void> {
  const turns = states.map(state => ({ ...state, heirs: heirsOf(state, to) }))
  await assign(
    admin,
    turns.map(({ heirs, ...state }) => ({ ...state, replicas: heirs })),
  )
  await assign(
    admin,
    turns.map(({ heirs, leader, ...state }) => ({ ...state, leader, replicas: [...heirs, leader] })),
  )
}

function heirsOf({ topic, partition, leader, replicas }: PartitionState, to?: number): readonly number[] {
  const others = replicas.filter(id => id !== leader)
  const heir = to ?? others[0]
  if (heir === undefined || !others.includes(heir))
    throw new Error(`broker ${heir} cannot follow ${leader} as the leader of ${topic}/${partition}`)
  return [heir, ...others.filter(id => id !== heir)]
}

async function assign(admin: Admin, wanted: readonly PartitionState[]): Promise<void> {
  const topics = [...new Set(wanted.map(({ topic }) => topic))]
  await admin.alterPartitionReassignments({
    topics: topics.map(topic => ({
      topic,
      partitionAssignment: wanted
        .filter(state => state.topic === topic)
        .map(({ partition, replicas }) => ({ partition, replicas: [...replicas] })),
    })),
  })
  const missingReplicas = async () => {
    const now = await partitionsOf(admin, topics)
    const missing = wanted.filter(({ topic, partition, replicas }) => {
      const state = now.find(found => found.topic === topic && found.partition === partition)
      return state === undefined || !isComplete(state) || !isSame(state.replicas, replicas)
    })
    return missing.length === 0 ? null : `${missing.length} have not`
  }
  await until(`${wanted.length} partitions to have other replicas`, MOVED_WITHIN_MS, missingReplicas)
}

const isSame = (some: readonly number[], others: readonly number[]): boolean =>
  String(some) === String(others)

/** As Kafka finds it: Java's hash of the name, without its sign. */
function coordinator(topic: string, name: string): Place {
  let hash = 0
  for (const unit of name.split('')) hash = (Math.imul(31, hash) + unit.charCodeAt(0)) | 0
  return { topic, partition: (hash & 0x7fffffff) % INTERNAL_PARTITIONS }
}

/**
 * A look that fails counts as not yet: brokers come and go while we wait.
 * @param missing says what is not so yet; null when all is
 */
async function until(what: string, deadlineMs: number, missing: () => Promise<string | null>): Promise<void> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const found: unknown = await missing().catch((error: unknown) => error)
    if (found === null) return
    if (performance.now() > deadline)
      throw new Error(`waited ${deadlineMs / 1000} s for ${what}`, { cause: found })
    await delay(LOOK_EVERY_MS)
  }
}

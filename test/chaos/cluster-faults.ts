/** What a run does to three brokers, by name. Each ends when all replicas are in sync again. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from '../../infra/local/cluster/cluster.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  rawTopic,
} from '../../services/core/topics.ts'
import { FAULTS, type Fault, type FaultContext } from './faults.ts'
import { lastRelease, THIS_VERSION, type Version } from './ground/released.ts'
import { TAKEN_AWAY } from './ground/rights.ts'
import type { Random } from './random.ts'
import type { ServiceName, World } from './world.ts'

type ClusterFault = (cluster: Cluster, context: FaultContext) => Promise<void>

const onCluster =
  (fault: ClusterFault): Fault =>
  async context => {
    const { cluster } = context.world.ground
    if (cluster === null) throw new Error('this fault needs three brokers: --cluster')
    await fault(cluster, context)
    await cluster.untilWhole()
  }

const BUSY_TOPICS = [
  ...['humansourcing', 'jobylon'].map(rawTopic),
  ...[CANONICAL_JOB, CANONICAL_CANDIDATE, PULSIFI_RAW, PULSIFI_INBOX, PULSIFI_JOB_BINDING],
  ...[PULSIFI_INVITATION, PULSIFI_ACCESS, PULSIFI_CLAIM, PULSIFI_REFERENCE, PULSIFI_RESULT],
]

/** One broker after the other, each when the one before is in sync again, as an upgrade of the cluster does it. */
const rollingRestart: ClusterFault = async cluster => {
  for (const broker of cluster.brokers) {
    await broker.restart()
    await cluster.untilWhole()
  }
}

const brokerKilled: ClusterFault = async ({ brokers }, { random }) => {
  const broker = random.pick(brokers)
  await broker.kill()
  await delay(random.below(4_000))
  await broker.start()
}

const leadersMove: ClusterFault = async ({ admin }, { random }) => {
  const partitions = await admin.partitions(BUSY_TOPICS)
  for (const topic of BUSY_TOPICS) {
    const { partition } = random.pick(partitions.filter(found => found.topic === topic))
    await admin.moveLeader({ topic, partition })
  }
}

const coordinatorsMove: ClusterFault = async ({ admin }, { random }) => {
  for (const group of ['normalizer', 'pulsifi-sink']) {
    await admin.moveLeader(admin.coordinatorOfGroup(group))
    await admin.moveLeader(admin.coordinatorOfTransactions(`${group}-${random.below(6)}`))
  }
}

/** Shorter than the deadline of an answer from Pulsifi, which has to survive it. */
const TWO_DOWN_MS = 20_000

const twoDown: ClusterFault = async ({ brokers }, { random }) => {
  const spared = random.pick(brokers)
  const two = brokers.filter(broker => broker !== spared)
  await Promise.all(two.map(broker => broker.kill()))
  await delay(TWO_DOWN_MS)
  await Promise.all(two.map(broker => broker.start()))
}

/** Longer than its session: the cluster goes on without it, and it wakes believing that it leads. */
const PAUSED_MS = 20_000

const leaderPaused: ClusterFault = async ({ admin, brokers }, { random }) => {
  const { leader } = random.pick(await admin.partitions([CANONICAL_CANDIDATE]))
  const broker = brokers.find(({ id }) => id === leader) ?? random.pick(brokers)
  broker.pause()
  await delay(PAUSED_MS)
  broker.resume()
}

const diskFull: ClusterFault = async ({ brokers }, { random }) => {
  await random.pick(brokers).fillDisk()
  await delay(3_000)
}

const rightRemoved: ClusterFault = async ({ admin }, { random }) => {
  const right = random.pick(TAKEN_AWAY)
  await admin.disallow([right])
  await delay(10_000)
  await admin.allow([right])
}

const partitionsReassigned: ClusterFault = ({ admin }) => admin.reassign(BUSY_TOPICS)

/**
 * The last release joins the groups and takes them over, this version comes back beside it and takes over again: an
 * upgrade and the way back, both under load, with both versions in the same groups in between.
 */
const twoVersions: Fault = async ({ world, random }) => {
  const older = await lastRelease(world.directory)
  for (const version of [older, THIS_VERSION]) {
    await rollTo(world, 'normalizer', version, random)
    await rollTo(world, 'pulsifi-sink', version, random)
    for (const ingress of world.of('ingress')) await world.replace(ingress, version)
  }
}

async function rollTo(world: World, service: ServiceName, version: Version, random: Random): Promise<void> {
  const before = [...world.of(service)]
  await world.add(service, {}, version)
  await delay(1_000 + random.below(2_000))
  for (const instance of before) await world.leave(instance)
}

export const CLUSTER_FAULTS: Readonly<Record<string, Fault>> = {
  'rolling restart': onCluster(rollingRestart),
  'one of three killed': onCluster(brokerKilled),
  'leaders move': onCluster(leadersMove),
  'coordinators move': onCluster(coordinatorsMove),
  'two of three down': onCluster(twoDown),
  'leader paused': onCluster(leaderPaused),
  'disk full': onCluster(diskFull),
  'right removed': onCluster(rightRemoved),
  'partitions reassigned': onCluster(partitionsReassigned),
  'registry down': FAULTS['registry down'] ?? onCluster(brokerKilled),
  'two versions': twoVersions,
}

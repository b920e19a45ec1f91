/** Looks every few seconds at what the groups have committed, and at `/livez`, while a run lasts. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INBOX,
  PULSIFI_RAW,
  rawTopic,
} from '../../../services/core/topics.ts'
import { Kafka, logLevel } from '../../../services/platform/kafkajs/kafkajs.ts'
import type { TopicsReader } from '../topics.ts'
import { type Instance, isHealthy, type World } from '../world.ts'
import { createStandstillWatch, type Sighting } from './standstill.ts'

/** What each group reads in a run. */
export const INPUTS = {
  normalizer: ['humansourcing', 'jobylon'].map(rawTopic),
  'pulsifi-sink': [CANONICAL_JOB, CANONICAL_CANDIDATE, PULSIFI_RAW, PULSIFI_INBOX],
} as const
type Reader = keyof typeof INPUTS
const READERS = Object.keys(INPUTS) as readonly Reader[]

const LOOK_EVERY_MS = 2_000
const LIVEZ_WITHIN_MS = 2_500

export interface GroupsWatch {
  /** Sentences about what stood still; ends the watch. */
  readonly end: () => Promise<readonly string[]>
}

export async function watchGroups(world: World, reader: TopicsReader): Promise<GroupsWatch> {
  const watch = createStandstillWatch()
  const told: string[] = []
  const ending = new AbortController()
  const kafka = new Kafka({
    brokers: world.ground.brokers.split(','),
    clientId: 'chaos-watch',
    logLevel: logLevel.NOTHING,
    requestTimeout: 5_000,
    retry: { retries: 2 },
  })
  const admin = kafka.admin()
  await admin.connect()

  async function look(service: Reader): Promise<void> {
    const instances = world.of(service)
    const red = await Promise.all(instances.map(isRed))
    if (red.some(Boolean) || instances.length === 0) watch.alarmed(service, Date.now())
    const sightings = await sightingsOf(admin, service).catch(() => null)
    if (sightings === null) return watch.unknown(service)
    for (const sighting of watch.seen(service, sightings, Date.now()))
      if (await hasRecords(reader, sighting)) told.push(sentence(service, sighting))
  }
  const looking = (async () => {
    while (!ending.signal.aborted) {
      await Promise.all(READERS.map(look))
      await delay(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  })()
  return {
    async end() {
      ending.abort()
      await looking
      await admin.disconnect()
      return told
    },
  }
}

async function sightingsOf(admin: Admin, service: Reader): Promise<readonly Sighting[]> {
  const topics = [...INPUTS[service]]
  const committed = new Map(
    (await admin.fetchOffsets({ groupId: service, topics })).flatMap(({ topic, partitions }) =>
      // −1 where nothing was committed yet: then it is read from its beginning.
      partitions.map(
        ({ partition, offset }) => [`${topic}/${partition}`, Math.max(0, Number(offset))] as const,
      ),
    ),
  )
  const ends = await Promise.all(
    topics.map(async topic => ({ topic, ends: await admin.fetchTopicOffsets(topic) })),
  )
  return ends.flatMap(({ topic, ends: partitions }) =>
    partitions.map(({ partition, high }) => ({
      topic,
      partition,
      committed: committed.get(`${topic}/${partition}`) ?? 0,
      end: Number(high),
    })),
  )
}

/** Records that are on the inputs and that no group has committed yet. */
export async function unreadRecords(reader: TopicsReader): Promise<number> {
  let count = 0
  for (const service of READERS)
    for (const topic of INPUTS[service]) {
      const committed = await reader.committed(service, topic)
      const { records } = await reader.read(topic)
      const isUnread = ({ partition, offset }: (typeof records)[number]) =>
        offset >= (committed.get(partition)?.offset ?? 0)
      count += records.filter(isUnread).length
    }
  return count
}

/** The end of a log may be a mark of a transaction, which nobody reads. */
const hasRecords = async (
  reader: TopicsReader,
  { topic, partition, committed }: Sighting,
): Promise<boolean> =>
  (await reader.read(topic)).records.some(
    record => record.partition === partition && record.offset >= committed,
  )

const sentence = (service: string, { topic, partition, committed, end }: Sighting): string =>
  `${service} stood still at ${committed} of ${end} in ${topic}/${partition}, and said that it lives`

const isRed = async (instance: Instance): Promise<boolean> =>
  instance.child.hasExited() || !(await isHealthy(instance, '/livez', LIVEZ_WITHIN_MS))

/** How well a cluster keeps topics: how often it holds a record, and how many must have it before it is acknowledged. */
import type { Admin } from 'kafkajs'
import { type KafkaClient, principalOf } from '../kafka/client.ts'
import { namingRight } from '../kafka/denied.ts'
import { ConfigError } from '../process/config.ts'

export interface Durability {
  /** Replicas of its least copied partition. */
  readonly replicas: number
  readonly minInSync: number
  /** Whether a replica that lacks acknowledged records may become the leader. */
  readonly uncleanElection: boolean
}

const TOPIC_RESOURCE = 2
const MIN_IN_SYNC = 'min.insync.replicas'
const UNCLEAN = 'unclean.leader.election.enable'

/** @throws DeniedError when this user may not read settings. */
export async function fetchDurability(
  admin: Pick<Admin, 'fetchTopicMetadata' | 'describeConfigs'>,
  topics: readonly string[],
  principal: string,
): Promise<ReadonlyMap<string, Durability>> {
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] })
  const settings = await settingsOf(admin, topics, principal)
  return new Map(
    metadata.topics.map(({ name, partitions }) => [
      name,
      {
        replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        minInSync: Number(settings.get(name)?.get(MIN_IN_SYNC) ?? 1),
        uncleanElection: settings.get(name)?.get(UNCLEAN) === 'true',
      },
    ]),
  )
}

async function settingsOf(
  admin: Pick<Admin, 'describeConfigs'>,
  topics: readonly string[],
  principal: string,
) {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map(name => ({ type: TOPIC_RESOURCE, name, configNames: [MIN_IN_SYNC, UNCLEAN] })),
    })
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    )
  } catch (error) {
    throw namingRight(error, `DescribeConfigs on ${topics.join(', ')}`, principal)
  }
}

export interface DurabilityFault {
  readonly topic: string
  readonly what: 'replicas' | typeof MIN_IN_SYNC | typeof UNCLEAN
  readonly is: string
  readonly shouldBe: string
}

/** Where a topic is kept less well than it should be. Pure. */
export function durabilityFaults(
  found: ReadonlyMap<string, Durability>,
  wanted: Durability,
): readonly DurabilityFault[] {
  return [...found].flatMap(([topic, { replicas, minInSync, uncleanElection }]): DurabilityFault[] => [
    ...(replicas < wanted.replicas
      ? [{ topic, what: 'replicas' as const, is: String(replicas), shouldBe: String(wanted.replicas) }]
      : []),
    ...(minInSync < wanted.minInSync
      ? [{ topic, what: MIN_IN_SYNC, is: String(minInSync), shouldBe: String(wanted.minInSync) } as const]
      : []),
    ...(uncleanElection && !wanted.uncleanElection
      ? [{ topic, what: UNCLEAN, is: 'true', shouldBe: 'false' } as const]
      : []),
  ])
}

/** @throws ConfigError naming what is kept less well than it should be, DeniedError when this user may not see it. */
export async function requireDurability(
  kafka: KafkaClient,
  topics: readonly string[],
  wanted: Durability,
): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const found = await fetchDurability(admin, topics, principalOf(kafka)).finally(() => admin.disconnect())
  const faults = durabilityFaults(found, wanted)
  if (faults.length === 0) return
  const first = faults.slice(0, 3).map(({ topic, what, is }) => `${topic} has ${what} ${is}`)
  const more = faults.length > first.length ? ` and ${faults.length - first.length} more` : ''
  throw new ConfigError(
    `people are invited in earnest, and the cluster may lose what it has acknowledged: ${first.join(', ')}${more}. ` +
      `infra/topics.yaml asks for replicas ${wanted.replicas}, ${MIN_IN_SYNC} ${wanted.minInSync}, ${UNCLEAN} ` +
      `${wanted.uncleanElection}: "npm run ops -- doctor" says what to do. ALLOW_UNSAFE_TOPICS=true takes the risk`,
  )
}

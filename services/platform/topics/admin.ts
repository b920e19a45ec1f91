/** Makes the broker's topics equal to their definitions, and checks at boot that they are there. Never deletes one. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { type KafkaClient, principalOf } from '../kafka/client.ts'
import { DeniedError, deniedSentence } from '../kafka/denied.ts'
import { identify } from '../kafkajs/kafkajs.ts'
import { ConfigError, UnreachableError } from '../process/config.ts'
import type { TopicDefinition } from './file.ts'

export const TOPICS_APPLY_COMMAND = 'npm run ops -- topics apply'

/** What became of one topic. `settings` are the names of the settings that differed. */
export type TopicChange =
  | { readonly topic: string; readonly change: 'created' | 'unchanged' }
  | { readonly topic: string; readonly change: 'altered'; readonly settings: readonly string[] }

/** What the broker has: partitions by topic, or that this user may not see it. */
export type ExistingTopics = ReadonlyMap<string, number | 'denied'>

const TOPIC_RESOURCE = 2
/** Set on the topic itself, as opposed to inherited from the broker (`ConfigSource` of the protocol). */
const SET_ON_TOPIC = 1
const CREATE_TIMEOUT_MS = 30_000
const LEADER_POLL_MS = 50
const REACH_TIMEOUT_MS = 8_000
/** What kafkajs gives up with when nobody is there. */
const UNREACHED: ReadonlySet<string> = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSBrokerNotFound',
])
/** What a broker says of a topic that was created a moment ago. */
const NOT_YET: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
])

/**
 * Creates what is missing, waits for its leaders, and alters settings that differ; settings that the definitions do
 * not name stay. Safe to run again and at the same time as another.
 * @throws ConfigError when a topic exists with another number of partitions: then nothing is changed at all.
 */
export async function applyTopics(
  kafka: KafkaClient,
  definitions: readonly TopicDefinition[],
  partitions: number,
): Promise<readonly TopicChange[]> {
  return withAdmin(kafka, async admin => {
    const names = definitions.map(definition => definition.name)
    const existing = await existingTopics(admin, names)
    const denied = deniedOf(existing, names)
    if (denied.length > 0)
      throw new ConfigError(deniedSentence(`Create and Describe on ${denied.join(', ')}`, principalOf(kafka)))
    const faults = partitionFaults(existing, names, partitions)
    if (faults.length > 0) throw new ConfigError(partitionSentence(faults, partitions))
    const missing = definitions.filter(definition => !existing.has(definition.name))
    await createAll(admin, missing, partitions)
    const altered = await alterAll(
      admin,
      definitions.filter(definition => existing.has(definition.name)),
    )
    return names.map(topic => {
      const settings = altered.get(topic)
      if (settings !== undefined) return { topic, change: 'altered', settings }
      return { topic, change: existing.has(topic) ? 'unchanged' : 'created' }
    })
  })
}

/** @throws ConfigError naming the topics that are missing or differ in partitions, and the command that mends it. */
export async function checkTopics(
  kafka: KafkaClient,
  names: readonly string[],
  partitions: number,
): Promise<void> {
  const existing = await readTopics(kafka, names)
  const fault = topicsFault(existing, names, partitions, principalOf(kafka))
  if (fault !== null)
    throw deniedOf(existing, names).length > 0 ? new DeniedError(fault) : new ConfigError(fault)
}

/** Those of the topics that the broker has. @throws UnreachableError when no broker answers. */
export const readTopics = (kafka: KafkaClient, names: readonly string[]): Promise<ExistingTopics> =>
  withAdmin(kafka, admin => existingTopics(admin, names))

/** Null when every topic is there with the right number of partitions, else what is wrong, for a person. */
export function topicsFault(
  existing: ExistingTopics,
  names: readonly string[],
  partitions: number,
  principal: string,
): string | null {
  const denied = deniedOf(existing, names)
  if (denied.length > 0)
    return deniedSentence(`Describe (which Read and Write include) on ${denied.join(', ')}`, principal)
  const missing = [...new Set(names)].filter(name => !existing.has(name))
  if (missing.length > 0) {
    return `the broker has no topic ${missing.join(', ')}: create what is missing with "${TOPICS_APPLY_COMMAND}"`
  }
  const faults = partitionFaults(existing, names, partitions)
  return faults.length > 0 ? partitionSentence(faults, partitions) : null
}

const deniedOf = (existing: ExistingTopics, names: readonly string[]): readonly string[] =>
  [...new Set(names)].filter(name => existing.get(name) === 'denied')

const partitionFaults = (existing: ExistingTopics, names: readonly string[], partitions: number) =>
  [...new Set(names)].flatMap(name => {
    const count = existing.get(name)
    return count === undefined || count === 'denied' || count === partitions ? [] : [`${name} has ${count}`]
  })

const partitionSentence = (faults: readonly string[], partitions: number) =>
  `every topic must have ${partitions} partitions, but ${faults.join(', ')}: set PARTITIONS to what the topics ` +
  `have, or move to new topics; the number cannot be changed in place, because keys would change their partition. ` +
  `Then run "${TOPICS_APPLY_COMMAND}"`

async function withAdmin<T>(kafka: KafkaClient, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  await reach(admin)
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

/** @throws UnreachableError within a few seconds, however long the client would go on trying. */
async function reach(admin: Admin): Promise<void> {
  const expired = new AbortController()
  const connected = admin.connect().then(
    () => true,
    error => {
      if (error instanceof Error && UNREACHED.has(error.name)) return false
      throw error
    },
  )
  const late = delay(REACH_TIMEOUT_MS, false, { signal: expired.signal }).catch(() => false)
  const isReached = await Promise.race([connected, late]).finally(() => expired.abort())
  if (!isReached)
    throw new UnreachableError(
      'no Kafka broker answers: start one with "npm run start:infra", or set KAFKA_BROKERS to brokers that answer',
    )
}

async function existingTopics(admin: Admin, names: readonly string[]): Promise<ExistingTopics> {
  // Asking for the metadata of a missing topic would create it on a broker that creates topics by itself.
  const known = new Set(await admin.listTopics())
  const wanted = [...new Set(names)].filter(name => known.has(name))
  const others = [...new Set(names)].filter(name => !known.has(name))
  const hidden = others.length === 0 ? null : await identify(admin, others)
  const denied = (hidden?.denied ?? []).map(name => [name, 'denied'] as const)
  if (wanted.length === 0) return new Map(denied)
  const { topics } = await admin.fetchTopicMetadata({ topics: wanted })
  return new Map<string, number | 'denied'>([
    ...topics.map(topic => [topic.name, topic.partitions.length] as const),
    ...denied,
  ])
}

async function createAll(
  admin: Admin,
  missing: readonly TopicDefinition[],
  partitions: number,
): Promise<void> {
  if (missing.length === 0) return
  await admin.createTopics({
    // Its own wait gives up when the broker that it asks has not heard of the topic yet.
    waitForLeaders: false,
    timeout: CREATE_TIMEOUT_MS,
    topics: missing.map(({ name, config }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor: -1,
      configEntries: Object.entries(config).map(([setting, value]) => ({ name: setting, value })),
    })),
  })
  const names = missing.map(definition => definition.name)
  await waitForLeaders(admin, names, partitions)
}

async function waitForLeaders(admin: Admin, names: readonly string[], partitions: number): Promise<void> {
  const deadline = performance.now() + CREATE_TIMEOUT_MS
  while (!(await haveLeaders(admin, names, partitions))) {
    if (performance.now() > deadline) throw new Error(`no leaders for ${names.join(', ')}`)
    await delay(LEADER_POLL_MS)
  }
}

async function haveLeaders(admin: Admin, names: readonly string[], partitions: number): Promise<boolean> {
  const known = new Set(await admin.listTopics())
  if (!names.every(name => known.has(name))) return false
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [...names] })
    const isComplete = topics.every(
      topic => topic.partitions.length === partitions && topic.partitions.every(({ leader }) => leader >= 0),
    )
    // A broker that is named as a leader may not have heard of it yet: it answers as one when it has.
    if (isComplete) await Promise.all(names.map(name => admin.fetchTopicOffsets(name)))
    return isComplete
  } catch (error) {
    if (isNotYet(error)) return false
    throw error
  }
}

/** Also when kafkajs has asked often enough. */
const isNotYet = (error: unknown): boolean =>
  error instanceof Error && (NOT_YET.has(String(Reflect.get(error, 'type'))) || isNotYet(error.cause))

/** The names of the settings that differed, by topic. */
async function alterAll(
  admin: Admin,
  definitions: readonly TopicDefinition[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const altered = new Map<string, readonly string[]>()
  if (definitions.length === 0) return altered
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: definitions.map(({ name }) => ({ type: TOPIC_RESOURCE, name })),
  })
  const resources = []
  for (const { name, config } of definitions) {
    const entries = described.resources.find(resource => resource.resourceName === name)?.configEntries ?? []
    const now = new Map(entries.map(entry => [entry.configName, entry.configValue]))
    const differing = Object.keys(config).filter(setting => now.get(setting) !== config[setting])
    if (differing.length === 0) continue
    altered.set(name, differing)
    // The request replaces everything that is set on the topic, so what others have set goes along.
    const kept = entries.filter(entry => Number(entry.configSource) === SET_ON_TOPIC)
    const all = { ...Object.fromEntries(kept.map(entry => [entry.configName, entry.configValue])), ...config }
    resources.push({
      type: TOPIC_RESOURCE,
      name,
      configEntries: Object.entries(all).map(([setting, value]) => ({ name: setting, value })),
    })
  }
  if (resources.length > 0) await admin.alterConfigs({ validateOnly: false, resources })
  return altered
}

/** What the broker has of each topic, for people and for comparing: nothing is changed here. */
import type { Admin } from 'kafkajs'
import type { KafkaClient } from '../kafka/client.ts'
import type { TopicDefinition } from './file.ts'

export interface TopicReport {
  readonly topic: string
  /** Null when the broker does not have the topic. */
  readonly found: {
    readonly partitions: number
    /** Offsets that are there now: at least as many as records. */
    readonly offsets: number
    /** By Kafka's name: of the settings that the definition names. */
    readonly config: Readonly<Record<string, string>>
  } | null
}

const TOPIC_RESOURCE = 2

export async function reportTopics(
  kafka: KafkaClient,
  definitions: readonly TopicDefinition[],
): Promise<readonly TopicReport[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const existing = new Set(await admin.listTopics())
    const known = definitions.filter(({ name }) => existing.has(name))
    const configs = await configsOf(admin, known)
    const reports: TopicReport[] = []
    for (const { name: topic } of definitions) {
      const config = configs.get(topic)
      reports.push({
        topic,
        found: config === undefined ? null : { ...(await sizeOf(admin, topic)), config },
      })
    }
    return reports
  } finally {
    await admin.disconnect()
  }
}

async function sizeOf(admin: Admin, topic: string) {
  const offsets = await admin.fetchTopicOffsets(topic)
  return {
    partitions: offsets.length,
    offsets: offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0),
  }
}

async function configsOf(
  admin: Admin,
  definitions: readonly TopicDefinition[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  if (definitions.length === 0) return new Map()
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: definitions.map(({ name }) => ({ type: TOPIC_RESOURCE, name })),
  })
  return new Map(
    definitions.map(({ name, config }) => {
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? []
      const named = entries.filter(({ configName }) => Object.hasOwn(config, configName))
      return [name, Object.fromEntries(named.map(({ configName, configValue }) => [configName, configValue]))]
    }),
  )
}

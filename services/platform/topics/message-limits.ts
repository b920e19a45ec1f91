/** How large the records of each topic may be. */
import type { KafkaClient } from '../kafka/client.ts'
import type { TopicDefinition } from './file.ts'

/** Bytes of the largest record batch that a topic takes. */
export type LimitOf = (topic: string) => number

/** What a broker takes where nobody has said anything else. */
const BROKER_DEFAULT_BYTES = 1_048_588
const SETTING = 'max.message.bytes'
const TOPIC_RESOURCE = 2

/**
 * As the broker has it, which may be less than the definitions say where somebody else made the topics; by the
 * definitions where the broker does not tell, since reading settings is a right of its own.
 */
export async function messageLimits(
  kafka: KafkaClient,
  definitions: readonly TopicDefinition[],
  topics: readonly string[],
): Promise<LimitOf> {
  const defined = definitions.map(({ name, config }) => [name, config[SETTING]] as const)
  const limits = new Map([...defined, ...(await settingsOf(kafka, topics))])
  return topic => Number(limits.get(topic) ?? BROKER_DEFAULT_BYTES)
}

async function settingsOf(
  kafka: KafkaClient,
  topics: readonly string[],
): Promise<(readonly [string, string])[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map(name => ({ type: TOPIC_RESOURCE, name, configNames: [SETTING] })),
    })
    return resources.flatMap(({ resourceName, configEntries }) =>
      configEntries.map(({ configValue }) => [resourceName, configValue] as const),
    )
  } catch {
    return []
  } finally {
    await admin.disconnect()
  }
}

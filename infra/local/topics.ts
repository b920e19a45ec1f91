/** Topics on whatever infrastructure is there. */
import { existsSync, readdirSync } from 'node:fs'
import { z } from 'zod'
import { createKafka } from '../../services/platform/kafka/client.ts'
import { KafkaSettings } from '../../services/platform/kafka/settings.ts'
import { type Environment, loadConfig } from '../../services/platform/process/config.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { applyTopics, type TopicChange } from '../../services/platform/topics/admin.ts'
import { readTopicsFile } from '../../services/platform/topics/file.ts'

const SOURCES_DIRECTORY = new URL('../../services/sources/', import.meta.url)

/** The folders that are sources, by name; their code is not loaded, so a broken one does not keep topics away. */
export const sourceNames = (directory: URL = SOURCES_DIRECTORY): readonly string[] =>
  readdirSync(directory)
    .filter(name => existsSync(new URL(`${name}/source.ts`, directory)))
    .sort()

/** Makes the topics of the cluster that `env` names equal to infra/topics.yaml. */
export function applyTopicsFile(env: Environment): Promise<readonly TopicChange[]> {
  const config = loadConfig(z.object(KafkaSettings), env)
  const kafka = createKafka(config, 'topics', createLogger('topics', 'silent'))
  return applyTopics(kafka, readTopicsFile(sourceNames(), env), config.PARTITIONS)
}

/** One line for a person. */
export function topicsSummary(changes: readonly TopicChange[]): string {
  const count = (change: TopicChange['change']) => changes.filter(entry => entry.change === change).length
  return `topics: ${count('created')} created, ${count('altered')} altered, ${count('unchanged')} unchanged`
}

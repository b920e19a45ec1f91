import { z } from 'zod'
import { waitUntil } from '../../infra/local/ports.ts'
import { createKafka, type KafkaClient } from '../../services/platform/kafka/client.ts'
import { KafkaSettings } from '../../services/platform/kafka/settings.ts'
import { type Environment, loadConfig } from '../../services/platform/process/config.ts'
import { createLogger } from '../../services/platform/process/logger.ts'

interface Place {
  readonly env: Environment
}

/** The client of whoever measures. */
export const benchKafka = ({ env }: Place): KafkaClient =>
  createKafka(loadConfig(z.object(KafkaSettings), env), 'bench', createLogger('bench', 'silent'))

export type BenchAdmin = ReturnType<KafkaClient['admin']>

/** Resolves when topics of these names can be made anew. The broker forgets what groups have read of them. */
export async function removeTopics(admin: BenchAdmin, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return
  await admin.deleteTopics({ topics: [...topics] })
  const isGone = async () => !(await admin.listTopics()).some(topic => topics.includes(topic))
  await waitUntil('the deletion of topics', isGone, { deadlineMs: 30_000, hasFailed: () => null })
}

/** All but those of the broker itself. */
export async function removeAllTopics(world: Place): Promise<void> {
  const admin = benchKafka(world).admin()
  await admin.connect()
  await removeTopics(
    admin,
    (await admin.listTopics()).filter(topic => !topic.startsWith('__')),
  )
  await admin.disconnect()
}

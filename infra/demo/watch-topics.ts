/** Reads what the pipeline publishes, as any consumer would: from the topics, and from nothing else. */
import { randomUUID } from 'node:crypto'
import type { EachMessagePayload, IHeaders } from 'kafkajs'
import { z } from 'zod'
import {
  DEAD_LETTER_HEADER,
  deadLetterTopic,
  HEADER,
  PULSIFI_INVITATION,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../services/core/topics.ts'
import { type Codec, createCodec } from '../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'
import { createKafka, type KafkaClient } from '../../services/platform/kafka/client.ts'
import { KafkaSettings } from '../../services/platform/kafka/settings.ts'
import { type Environment, loadConfig } from '../../services/platform/process/config.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import type { Sightings } from './sightings.ts'

export interface TopicWatch {
  /** Resolves with the next record, or when that many milliseconds have passed. */
  readonly change: (timeoutMs: number) => Promise<void>
  /** Leaves nothing behind on the brokers. */
  readonly stop: () => Promise<void>
}

const DEAD_LETTERS = [deadLetterTopic('ingress'), deadLetterTopic('normalizer')]
const TOPICS = [PULSIFI_INVITATION, PULSIFI_RESULT, PULSIFI_SCORE, ...DEAD_LETTERS]

export const demoKafka = (env: Environment): KafkaClient =>
  createKafka(loadConfig(z.object(KafkaSettings), env), 'demo', createLogger('demo', 'silent'))

/** Everything that is published from now on. */
export async function watchTopics(
  env: Environment,
  tenant: string,
  sightings: Sightings,
): Promise<TopicWatch> {
  const kafka = demoKafka(env)
  const { SCHEMA_REGISTRY_URL: url } = loadConfig(z.object(KafkaSettings), env)
  const codec = createCodec(createRegistryClient({ url }))
  const groupId = `atsflow-demo-${randomUUID()}`
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 40 },
  })
  let changed = Promise.withResolvers<void>()

  const starts = await endOffsets(kafka)
  await consumer.connect()
  await consumer.subscribe({ topics: TOPICS, fromBeginning: true })
  // The group has no offsets of its own: after a rebalance it reads again from where it started, which is harmless.
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const start of starts) consumer.seek(start)
  })
  const show = projector(codec, tenant, sightings)
  await consumer.run({
    autoCommit: false,
    eachMessage: async payload => {
      if (!DEAD_LETTERS.includes(payload.topic)) await codec.prepare([payload.message.value])
      show(payload)
      changed.resolve()
      changed = Promise.withResolvers()
    },
  })
  return {
    change: timeoutMs => {
      const timeout = Promise.withResolvers<void>()
      const timer = setTimeout(timeout.resolve, timeoutMs)
      return Promise.race([changed.promise, timeout.promise]).finally(() => clearTimeout(timer))
    },
    async stop() {
      await consumer.disconnect()
      const admin = kafka.admin()
      await admin.connect()
      // Tidiness only: brokers forget an empty group by themselves, and some let nobody delete one.
      await admin.deleteGroups([groupId]).catch(() => [])
      await admin.disconnect()
    },
  }
}

function projector(codec: Codec, tenant: string, sightings: Sightings) {
  return ({ topic, partition, message: { value, headers, offset } }: EachMessagePayload): void => {
    if (value === null) return
    if (topic === PULSIFI_INVITATION) sightings.invited(codec.decode(topic, value))
    else if (topic === PULSIFI_RESULT) sightings.resulted(codec.decode(topic, value))
    else if (topic === PULSIFI_SCORE) sightings.scored(codec.decode(topic, value))
    else if (text(headers, HEADER.tenant) === tenant)
      sightings.deadLettered(`${topic}/${partition}/${offset}`, text(headers, DEAD_LETTER_HEADER.code))
  }
}

async function endOffsets(kafka: KafkaClient) {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const ends = await Promise.all(
      TOPICS.map(async topic =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({
          topic,
          partition,
          offset: high,
        })),
      ),
    )
    return ends.flat()
  } finally {
    await admin.disconnect()
  }
}

const text = (headers: IHeaders | undefined, name: string): string => String(headers?.[name] ?? '')

/** Records of the pipeline as its processes write them, on a real broker, for commands that look at them. */
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import { HEADER, rawTopic } from '../../services/core/topics.ts'
import { createCodec } from '../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'
import { createKafka } from '../../services/platform/kafka/client.ts'
import { createPartitionOf } from '../../services/platform/kafka/partition-of.ts'
import type { InputRecord } from '../../services/platform/partitions/processor.ts'
import type { Environment } from '../../services/platform/process/config.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import type { Selection } from '../../services/platform/readers/topic-ranges.ts'
import { readTopics, type TopicRecord } from '../../services/platform/readers/topic-reader.ts'

const PARTITIONS = 6
export const partitionOf = createPartitionOf(PARTITIONS)

export interface Written {
  readonly topic: string
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers?: InputRecord['headers']
  readonly partition?: number
}

export async function connectPipeline(env: Environment) {
  const registryUrl = env.SCHEMA_REGISTRY_URL ?? ''
  const kafka = createKafka(
    {
      KAFKA_BROKERS: (env.KAFKA_BROKERS ?? '').split(','),
      KAFKA_SSL: false,
      PARTITIONS,
      LOG_LEVEL: 'silent',
    },
    'ops-test',
    createLogger('test', 'silent'),
  )
  const registry = createRegistryClient({ url: registryUrl })
  await registry.registerSubjects()
  const codec = createCodec(registry)
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const write = async ({ topic, ...message }: Written) =>
    void (await producer.send({ topic, acks: -1, messages: [message] }))
  return {
    kafka,
    codec,
    write,
    writeRecord: <T extends AvroTopic>(
      topic: T,
      key: string,
      record: RecordOf[T],
      partition = partitionOf(key),
    ) => write({ topic, key, value: codec.encode(topic, record), partition }),
    async readAll(selection: Omit<Selection, 'from'>): Promise<readonly TopicRecord[]> {
      return Array.fromAsync(readTopics(kafka, { ...selection, from: 'beginning' }, { reader: 'ops-test' }))
    },
    close: () => producer.disconnect(),
  }
}
export type Pipeline = Awaited<ReturnType<typeof connectPipeline>>

/** A raw event as ingress writes it. */
export const rawEvent = (
  source: string,
  tenant: string,
  key: string,
  eventId: string,
  text: string,
): Written => ({
  topic: rawTopic(source),
  key,
  value: Buffer.from(text),
  headers: {
    [HEADER.id]: eventId,
    [HEADER.source]: `/hooks/${source}/${tenant}`,
    [HEADER.type]: 'candidate/new',
    [HEADER.time]: '2026-01-02T03:04:05.000Z',
    [HEADER.subject]: key,
  },
})

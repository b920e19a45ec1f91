/** What a command works with: opened when it is first needed, closed when the command has ended. */
import { z } from 'zod'
import type { AvroTopic, RecordOf } from '../../../schemas/subjects.ts'
import { type Codec, createCodec, UndecodableError } from '../../platform/avro/codec.ts'
import { createRegistryClient } from '../../platform/avro/registry.ts'
import { createKafka, type KafkaClient } from '../../platform/kafka/client.ts'
import { findAddresses } from '../../platform/kafka/local-addresses.ts'
import { KafkaSettings, registryUrlOf } from '../../platform/kafka/settings.ts'
import { type Environment, loadConfig } from '../../platform/process/config.ts'
import { createLogger } from '../../platform/process/logger.ts'
import { type OffsetRange, rangesOf, type Selection } from '../../platform/readers/topic-ranges.ts'
import { readRanges, type TopicRecord } from '../../platform/readers/topic-reader.ts'
import { OperatorError } from './exit.ts'
import type { Output } from './output.ts'

/** Names the reader's consumer groups. */
export const READER = 'ops'
/** A person waits: one quick repetition, then the sentence. */
const REGISTRY_RETRIES = 2

/** What every command has, whatever answers. */
export interface Desk {
  readonly env: Environment
  readonly out: Output
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  readonly operator: Operator
  /** As it is recorded: `ops dead-letters redrive`. */
  readonly command: string
  readonly nowMs: () => number
  /** Asks the person at the terminal; null where there is none. */
  readonly ask: ((question: string) => Promise<string>) | null
}

/** Who gives a command. */
export interface Operator {
  readonly name: string
  /** `os`: the operating system knows them by this name; `said`: OPS_USER or an option says so. */
  readonly provedBy: 'os' | 'said'
  /** `<user>@<host>`, whatever name was said. */
  readonly address: string
}

export interface Session extends Desk {
  readonly kafka: KafkaClient
  /** Partitions of every topic, as configured. */
  readonly partitions: number
  readonly codec: Codec
  /** Makes `codec` able to encode. @throws OperatorError when the registry does not take our schemas */
  readonly registerSchemas: () => Promise<void>
}

/** @throws ConfigError when there is no broker */
export async function openSession(desk: Desk): Promise<Session> {
  const { env } = desk
  const addresses = await findAddresses(env)
  const config = loadConfig(z.object(KafkaSettings), { ...env, ...addresses })
  const registry = createRegistryClient({ url: registryUrlOf(config), retriesMax: REGISTRY_RETRIES })
  const where = withoutCredentials(config.SCHEMA_REGISTRY_URL)
  const codec = createCodec(registry)
  return {
    ...desk,
    kafka: createKafka(config, READER, createLogger(READER, 'silent')),
    partitions: config.PARTITIONS,
    codec: { ...codec, prepare: values => reached(where, codec.prepare(values)) },
    registerSchemas: () => reached(where, registry.registerSubjects()),
  }
}

async function reached<T>(registryUrl: string, request: Promise<T>): Promise<T> {
  try {
    return await request
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new OperatorError(
      `the schema registry at ${registryUrl} did not answer as it should (${said}): check SCHEMA_REGISTRY_URL, or run "npm run start:infra"`,
    )
  }
}

function withoutCredentials(text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href
}

/** The records of a selection up to its end as it is now, with progress. */
export async function* read(
  session: Session,
  label: string,
  selection: Selection,
): AsyncGenerator<TopicRecord> {
  yield* readOffsets(session, label, await rangesOf(session.kafka, selection))
}

export async function* readOffsets(
  { kafka, out, signal }: Session,
  label: string,
  ranges: readonly OffsetRange[],
): AsyncGenerator<TopicRecord> {
  yield* readRanges(kafka, ranges, { reader: READER, signal, onProgress: out.progress(label) })
  out.clear()
  if (signal.aborted) throw new OperatorError('interrupted: nothing more was done')
}

/** The record in a value; undefined when it is a tombstone or cannot be read. */
export async function decode<T extends AvroTopic>(
  { codec }: Pick<Session, 'codec'>,
  topic: T,
  value: Buffer | null,
): Promise<RecordOf[T] | undefined> {
  if (value === null) return undefined
  await codec.prepare([value])
  try {
    return codec.decode(topic, value)
  } catch (error) {
    if (error instanceof UndecodableError) return undefined
    throw error
  }
}

/** The newest record of each key of a compacted topic, or of one key; what was deleted is left out. */
export async function readTable<T extends AvroTopic>(
  session: Session,
  topic: T,
  { partitions, key }: { readonly partitions?: readonly number[]; readonly key?: string } = {},
): Promise<ReadonlyMap<string, { readonly record: RecordOf[T]; readonly at: TopicRecord }>> {
  const newest = new Map<string, TopicRecord>()
  const selection = { topics: [topic], from: 'beginning' as const, ...(partitions && { partitions }) }
  for await (const at of read(session, topic, selection)) {
    if (at.key === null || (key !== undefined && at.key !== key)) continue
    if (at.value === null) newest.delete(at.key)
    else newest.set(at.key, at)
  }
  const table = new Map<string, { readonly record: RecordOf[T]; readonly at: TopicRecord }>()
  for (const [key, at] of newest) {
    const record = await decode(session, topic, at.value)
    if (record !== undefined) table.set(key, { record, at })
  }
  return table
}

/**
 * Writes schemas/asyncapi.json: the contract of the topics (AsyncAPI 3.0, Kafka bindings), from the Avro schemas and
 * infra/topics.yaml. `node schemas/generate-asyncapi.ts` writes, `--check` fails when the committed file is stale.
 */
import { readdirSync } from 'node:fs'
import { readTopicsFile, type TopicDefinition } from '../services/platform/topics/file.ts'
import { isCheck, keep } from './generator-arguments.ts'
import { isAvroTopic, loadSchema, SCHEMA_NAME, subjectOf } from './subjects.ts'

const AVRO = 'application/vnd.apache.avro+json;version=1.9.0'
const root = new URL('../', import.meta.url)
export const asyncapiFile = new URL('asyncapi.json', import.meta.url)

const idOf = (topic: string): string =>
  topic.replaceAll(/[^a-zA-Z0-9]+(.)/g, (_, letter: string) => letter.toUpperCase())
const hasSource = (folder: string): boolean =>
  readdirSync(new URL(`services/sources/${folder}/`, root)).includes('source.ts')
const sourceNames = (): readonly string[] =>
  readdirSync(new URL('services/sources/', root), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && hasSource(entry.name))
    .map(({ name }) => name)
    .sort()

const KEYS: Readonly<Record<string, string>> = {
  'ats.canonical.job.v1': 'job_key',
  'ats.canonical.candidate.v1': 'candidate_key',
  'ats.canonical.company.v1': 'company_key',
  'ats.canary.v1': 'canary_key; the partition is that of the delivery',
  'pulsifi.job-binding.v1': 'job_key',
  'pulsifi.claim.v1': 'the claim',
  'pulsifi.reference.v1': 'the identifier at Pulsifi',
  'pulsifi.score.v1': 'event_id; of the marker of an erasure, application_key',
  'pulsifi.status.v1': 'status_key; of the marker of an erasure, application_key',
  'audit.v1': 'audit_id',
  'pulsifi.inbox.v1': "the entity's key; the partition is that of its owner",
}
const keyOf = (topic: string): string =>
  KEYS[topic] ??
  (topic.startsWith('pulsifi.') && isAvroTopic(topic)
    ? 'application_key'
    : "the entity's key, or the event id")

function message(topic: string) {
  const bindings = {
    kafka: {
      key: { type: 'string', description: `UTF-8: ${keyOf(topic)}` },
      ...(isAvroTopic(topic) && {
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        schemaLookupStrategy: 'TopicNameStrategy',
      }),
      bindingVersion: '0.5.0',
    },
  }
  if (!isAvroTopic(topic)) {
    const summary =
      'Bytes as received; described by CloudEvents headers (ce_*), dead letters by __dlq.* headers too.'
    return { name: topic, title: topic, contentType: 'application/json', summary, bindings }
  }
  const schema = loadSchema(topic)
  return {
    name: schema.name,
    title: schema.name,
    summary: String(schema.doc ?? ''),
    description: `Subject ${subjectOf(topic)}, schema schemas/${SCHEMA_NAME[topic]}.avsc, FULL_TRANSITIVE. [personal] and [secret] mark what identifies a person and what opens something.`,
    contentType: 'application/vnd.apache.avro',
    payload: { schemaFormat: AVRO, schema },
    bindings,
  }
}

const CONFIGURATION = ['cleanup.policy', 'retention.ms', 'delete.retention.ms', 'max.message.bytes'] as const

function channel({ name, config, why }: TopicDefinition) {
  const configuration = Object.fromEntries(
    CONFIGURATION.flatMap(setting => {
      const value = config[setting]
      if (value === undefined) return []
      return [[setting, setting === 'cleanup.policy' ? value.split(',') : Number(value)]]
    }),
  )
  return {
    address: name,
    description: why,
    messages: { [idOf(name)]: { $ref: `#/components/messages/${idOf(name)}` } },
    bindings: { kafka: { topic: name, topicConfiguration: configuration, bindingVersion: '0.5.0' } },
  }
}

/** By what is promised. The console shows them one by one. */
const PROMISES = {
  Delivery:
    'Exactly once to the topics. A consumer that commits after its work sees a record at least once and drops repeats by event_id. Read committed (isolation level read_committed).',
  Order:
    'All topics have the same number of partitions; records about one entity share a partition number over all topics and keep their order.',
  Freshness:
    'A webhook is on its canonical topic within a second while the pipeline runs; atsflow_end_to_end_seconds measures it.',
  Completeness:
    'Every raw event ends in exactly one of published, duplicate, skipped or dead-lettered; atsflow_completeness_delta is 0.',
  Changes:
    'Every version of a schema reads what every other wrote (FULL_TRANSITIVE). A breaking change is a new topic with the next version. CHANGELOG.md names subject, field and what to do, in the commit that changes it; schemas/README.md has the rules.',
} as const

const DESCRIPTION = `Topics of an event-streaming pipeline from applicant tracking systems to Pulsifi's assessments.

${Object.entries(PROMISES)
  .map(([name, text]) => `${name}: ${text}`)
  .join('\n\n')}`

export function generateAsyncapi(): string {
  const topics = readTopicsFile(sourceNames())
  const ids = topics.map(topic => [idOf(topic.name), topic] as const)
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'atsflow topics',
      version: '1.0.0',
      description: DESCRIPTION,
      'x-promises': PROMISES,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/vnd.apache.avro',
    servers: {
      local: {
        host: '127.0.0.1:9092',
        protocol: 'kafka',
        description: 'npm start',
        bindings: {
          kafka: {
            schemaRegistryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
            schemaRegistryVendor: 'apicurio',
            bindingVersion: '0.5.0',
          },
        },
      },
    },
    channels: Object.fromEntries(ids.map(([id, topic]) => [id, channel(topic)])),
    operations: Object.fromEntries(
      ids.map(([id, { name }]) => [
        `publish${id[0]?.toUpperCase()}${id.slice(1)}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${id}` },
          summary: `atsflow publishes ${name}; anyone may subscribe.`,
        },
      ]),
    ),
    components: { messages: Object.fromEntries(ids.map(([id, { name }]) => [id, message(name)])) },
  }
  return `${JSON.stringify(document, null, 1)}\n`
}

if (import.meta.main) keep(asyncapiFile, generateAsyncapi(), isCheck('schemas/asyncapi.json'))

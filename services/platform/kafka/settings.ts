/** How to reach Kafka and the schema registry: the variables that every process shares. */
import { z } from 'zod'
import { ConfigError, flag, list, secret } from '../process/config.ts'

export const KafkaSettings = {
  KAFKA_BROKERS: list().prefault('127.0.0.1:9092').describe('bootstrap brokers, comma separated'),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('with user and password'),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: secret().optional(),
  KAFKA_SSL: flag().default(false).describe('TLS to the brokers'),
  KAFKA_SSL_CA_FILE: z.string().optional().describe('PEM of the certificate authority'),
  SCHEMA_REGISTRY_URL: z
    .url()
    .default('http://127.0.0.1:8081/apis/ccompat/v7')
    .describe('Confluent-compatible schema registry'),
  REGISTRY_USERNAME: z.string().optional().describe('user of the schema registry, instead of one in its URL'),
  REGISTRY_PASSWORD: secret().optional().describe('its password, with any characters'),
  PARTITIONS: z.coerce.number().int().min(1).max(512).default(6).describe('partitions of every topic'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
}

/** With its credentials, as `createRegistryClient` takes it; never shown. @throws ConfigError for half of them */
export function registryUrlOf(
  config: Pick<KafkaConfig, 'SCHEMA_REGISTRY_URL' | 'REGISTRY_USERNAME' | 'REGISTRY_PASSWORD'>,
): string {
  const { SCHEMA_REGISTRY_URL: text, REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = config
  if (username === undefined && password === undefined) return text
  if (username === undefined || password === undefined)
    throw new ConfigError('REGISTRY_USERNAME and REGISTRY_PASSWORD belong together: set both, or neither')
  const url = new URL(text)
  url.username = encodeURIComponent(username)
  url.password = encodeURIComponent(password)
  return url.href
}

const KafkaConfig = z.object(KafkaSettings)
export type KafkaConfig = z.output<typeof KafkaConfig>

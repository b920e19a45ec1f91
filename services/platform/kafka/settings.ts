/** How to reach Kafka and the schema registry: the variables that every process shares. */
import { z } from 'zod'
import { flag, list, secret } from '../process/config.ts'
import {
  mayBePlaintext,
  needs,
  needsValue,
  overTls,
  type Rule,
  RuleSettings,
  ruled,
  whereValueIs,
} from '../process/config-rules.ts'

const PASSWORD_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
const ofPasswords = needsValue('KAFKA_SASL_MECHANISM', ...PASSWORD_MECHANISMS)
const ofOauth = needsValue('KAFKA_SASL_MECHANISM', 'oauthbearer')
const overKafkaTls = needsValue('KAFKA_SSL', 'true')

/** Whoever reads along has what the mechanism shows: the password itself, or a token that is as good. */
const notInTheOpen: Rule = (variable, env) => {
  if (env.KAFKA_SSL === 'true') return null
  const brokers = list().parse(env.KAFKA_BROKERS ?? '')
  const open = brokers.find(broker => !mayBePlaintext(broker.replace(/:\d+$/, ''), env))
  return open === undefined
    ? null
    : `${env[variable]} shows its secret to the network on the way to ${open}: set KAFKA_SSL=true`
}

/** One place for a user: what stands in the URL would otherwise be forgotten in silence. */
const notBesideUserInfo: Rule = (_variable, env) =>
  URL.parse(env.SCHEMA_REGISTRY_URL ?? '')?.username
    ? 'contradicts the user in SCHEMA_REGISTRY_URL: remove it there'
    : null

/** Of the brokers alone: whoever reads no Avro needs no registry, and is given no secret of it. */
export const BrokerSettings = {
  KAFKA_BROKERS: list().prefault('127.0.0.1:9092').describe('bootstrap brokers, comma separated'),
  KAFKA_SASL_MECHANISM: ruled(
    z.enum([...PASSWORD_MECHANISMS, 'oauthbearer', 'aws-msk-iam']),
    whereValueIs(PASSWORD_MECHANISMS, needs('KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD')),
    whereValueIs(
      ['oauthbearer'],
      needs('KAFKA_OAUTH_TOKEN_URL', 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET'),
    ),
    whereValueIs(['aws-msk-iam'], needs('AWS_REGION')),
    whereValueIs(['plain', 'oauthbearer', 'aws-msk-iam'], notInTheOpen),
  )
    .optional()
    .describe('how we log in: with user and password, with a token, or as a role of AWS'),
  KAFKA_SASL_USERNAME: ruled(z.string(), ofPasswords).optional(),
  KAFKA_SASL_PASSWORD: ruled(secret(), ofPasswords).optional(),
  KAFKA_OAUTH_TOKEN_URL: ruled(z.url(), ofOauth, overTls)
    .optional()
    .describe('where oauthbearer gets its tokens, with client credentials'),
  KAFKA_OAUTH_CLIENT_ID: ruled(z.string(), ofOauth).optional(),
  KAFKA_OAUTH_CLIENT_SECRET: ruled(secret(), ofOauth).optional(),
  KAFKA_OAUTH_SCOPE: ruled(z.string(), ofOauth).optional().describe('that the tokens are asked for'),
  // Others read it, too, and AWS sets it by itself: alone it contradicts nothing.
  AWS_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'expected the name of a region, such as eu-central-1')
    .optional()
    .describe('region of the cluster, for aws-msk-iam'),
  KAFKA_SSL: flag().default(false).describe('TLS to the brokers'),
  KAFKA_SSL_CA_FILE: ruled(z.string(), overKafkaTls).optional().describe('PEM of the certificate authority'),
  KAFKA_SSL_CERT_FILE: ruled(z.string(), overKafkaTls, needs('KAFKA_SSL_KEY_FILE'))
    .optional()
    .describe('PEM of the certificate that we show, with its chain'),
  KAFKA_SSL_KEY_FILE: ruled(z.string(), overKafkaTls, needs('KAFKA_SSL_CERT_FILE'))
    .optional()
    .describe('PEM of its key, without a passphrase'),
  ...RuleSettings,
  PARTITIONS: z.coerce.number().int().min(1).max(512).default(6).describe('partitions of every topic'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
}

export const KafkaSettings = {
  ...BrokerSettings,
  SCHEMA_REGISTRY_URL: ruled(z.url(), overTls)
    .default('http://127.0.0.1:8081/apis/ccompat/v7')
    .describe('Confluent-compatible schema registry'),
  REGISTRY_USERNAME: ruled(z.string(), needs('REGISTRY_PASSWORD'), notBesideUserInfo)
    .optional()
    .describe('user of the schema registry, instead of one in its URL'),
  REGISTRY_PASSWORD: ruled(secret(), needs('REGISTRY_USERNAME'))
    .optional()
    .describe('its password, with any characters'),
}

/** With its credentials, as `createRegistryClient` takes it; never shown. */
export function registryUrlOf(
  config: Pick<KafkaConfig, 'SCHEMA_REGISTRY_URL' | 'REGISTRY_USERNAME' | 'REGISTRY_PASSWORD'>,
): string {
  const { SCHEMA_REGISTRY_URL: text, REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = config
  if (username === undefined || password === undefined) return text
  const url = new URL(text)
  url.username = encodeURIComponent(username)
  url.password = encodeURIComponent(password)
  return url.href
}

const BrokerConfig = z.object(BrokerSettings)
export type BrokerConfig = z.output<typeof BrokerConfig>
const KafkaConfig = z.object(KafkaSettings)
export type KafkaConfig = z.output<typeof KafkaConfig>

/** The settings of the worker: where Kafka and the registry are, and how our records are read. */

import { basename, dirname, resolve } from 'node:path'
import { type KafkaConfig, registryUrlOf } from '../../services/platform/kafka/settings.ts'
import { ConfigError } from '../../services/platform/process/config.ts'
import { type Properties, propertiesText } from '../local/properties-text.ts'
import type { WarehouseTarget } from './config.ts'

export type KafkaAccess = Omit<KafkaConfig, 'PARTITIONS' | 'LOG_LEVEL'>

export interface WorkerPlaces {
  /** Of the worker's own API. */
  readonly port: number
  /** Sinks keep their offsets in Kafka: nothing is ever written there, but the worker asks for it. */
  readonly offsetFile: string
}

/**
 * Without secrets: those are in `workerVariables`, to which `${env:…}` refers.
 * @throws ConfigError for a way to log in that needs a library which this worker has not, and for another make of registry
 */
export function workerProperties(kafka: KafkaAccess, { port, offsetFile }: WorkerPlaces): string {
  const clients = clientProperties(kafka)
  const entries: Properties = {
    'bootstrap.servers': kafka.KAFKA_BROKERS.join(','),
    listeners: `http://127.0.0.1:${port}`,
    'offset.storage.file.filename': offsetFile,
    // Reading again what was written already costs time only; a minute of it, by default.
    'offset.flush.interval.ms': 5_000,
    'plugin.discovery': 'service_load',
    'config.providers': 'env,directory',
    'config.providers.directory.class': 'org.apache.kafka.common.config.provider.DirectoryConfigProvider',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    ...converterProperties(registryUrlOf(kafka)),
    ...clients,
    // Of the consumers, and of what writes and first makes the dead-letter topic.
    ...Object.fromEntries(
      ['consumer', 'producer', 'admin'].flatMap(client =>
        Object.entries(clients).map(([name, value]) => [`${client}.${name}`, value]),
      ),
    ),
  }
  return propertiesText(entries)
}

/** Our framing is that of Confluent, and its id is what Apicurio calls the content id. */
function converterProperties(registryUrl: string): Properties {
  const settings: Properties = {
    'apicurio.registry.url': coreApi(registryUrl),
    'apicurio.registry.id-handler': 'io.apicurio.registry.serde.Legacy4ByteIdHandler',
    'apicurio.registry.use-id': 'contentId',
    ...(new URL(registryUrl).username !== '' && {
      'apicurio.auth.username': fromEnvironment('REGISTRY_USER'),
      'apicurio.auth.password': fromEnvironment('REGISTRY_PASSWORD'),
    }),
  }
  return {
    'value.converter': 'io.apicurio.registry.utils.converter.AvroConverter',
    ...Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`value.converter.${name}`, value]),
    ),
  }
}

/**
 * The interface of Apicurio's own that its converter speaks, from the Confluent-compatible one that everybody else does.
 * @throws ConfigError for another make of registry.
 */
export function coreApi(registryUrl: string): string {
  const url = new URL(registryUrl)
  const base = /^(.*)\/apis\/ccompat\/v\d+\/?$/.exec(url.pathname)?.[1]
  if (base === undefined) {
    throw new ConfigError(
      'the worker here reads schemas from Apicurio alone, and SCHEMA_REGISTRY_URL is not one: give infra/warehouse/*.json to a worker with the converter of your registry',
    )
  }
  return `${url.origin}${base}/apis/registry/v2`
}

function clientProperties(kafka: KafkaAccess): Properties {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SSL: usesTls, KAFKA_SSL_CA_FILE: authority } = kafka
  const { KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key } = kafka
  if (mechanism === 'aws-msk-iam')
    throw new ConfigError(
      'the worker here cannot log in with KAFKA_SASL_MECHANISM=aws-msk-iam: give infra/warehouse/*.json to a worker that has the library of MSK, or this one a user of its own with scram-sha-512',
    )
  return {
    'security.protocol': `${mechanism ? 'SASL_' : ''}${usesTls ? 'SSL' : 'PLAINTEXT'}`,
    ...(usesTls && authority && { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': authority }),
    ...(cert &&
      key && {
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.certificate.chain': contentOf(cert),
        'ssl.keystore.key': contentOf(key),
      }),
    ...(mechanism === 'oauthbearer' && {
      'sasl.login.callback.handler.class':
        'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler',
      'sasl.oauthbearer.token.endpoint.url': kafka.KAFKA_OAUTH_TOKEN_URL ?? '',
    }),
    ...(mechanism && {
      'sasl.mechanism': mechanism.toUpperCase(),
      'sasl.jaas.config': fromEnvironment('KAFKA_JAAS'),
    }),
  }
}

/** The worker reads it when it starts, so that no file holds a secret. */
const fromEnvironment = (variable: string): string => `\${env:${variable}}`

/** Of a file whose whole content is the value. */
const contentOf = (file: string): string => `\${directory:${dirname(resolve(file))}:${basename(file)}}`

/** The variables that the worker's properties and the connectors refer to. */
export function workerVariables(
  kafka: KafkaAccess,
  target: WarehouseTarget,
  warehouseId: string,
): Record<string, string> {
  const { username, password } = new URL(registryUrlOf(kafka))
  return {
    WAREHOUSE_ID: warehouseId,
    WAREHOUSE_JDBC_URL: target.jdbcUrl,
    WAREHOUSE_USER: target.user,
    WAREHOUSE_PASSWORD: target.password,
    KAFKA_JAAS: jaas(kafka),
    REGISTRY_USER: decodeURIComponent(username),
    REGISTRY_PASSWORD: decodeURIComponent(password),
  }
}

function jaas(kafka: KafkaAccess): string {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_OAUTH_SCOPE: scope } = kafka
  const quoted = (text = '') => `"${text.replace(/["\\]/g, '\\$&')}"`
  const module = (name: string, options: string) =>
    `org.apache.kafka.common.security.${name} required ${options};`
  if (mechanism === 'oauthbearer') {
    const [id, secret] = [quoted(kafka.KAFKA_OAUTH_CLIENT_ID), quoted(kafka.KAFKA_OAUTH_CLIENT_SECRET)]
    const options = `clientId=${id} clientSecret=${secret}${scope ? ` scope=${quoted(scope)}` : ''}`
    return module('oauthbearer.OAuthBearerLoginModule', options)
  }
  const [user, password] = [quoted(kafka.KAFKA_SASL_USERNAME), quoted(kafka.KAFKA_SASL_PASSWORD)]
  const name = mechanism === 'plain' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule'
  return module(name, `username=${user} password=${password}`)
}

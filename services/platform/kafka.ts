/** The one place where a Kafka client is configured. */
import { readFileSync } from 'node:fs'
import type { KafkaConfig as ClientConfig, Kafka as KafkaClient, LogEntry } from 'kafkajs'
import { ConfigError } from './config.ts'
import type { KafkaConfig } from './kafka-config.ts'
import { Kafka, logLevel } from './kafkajs.ts'
import type { Logger } from './logger.ts'

export type { KafkaClient }

/** kafkajs retries a request on its own; what it gives up on is the caller's to judge. */
const RETRY = { initialRetryTime: 20, maxRetryTime: 1_000, retries: 12 }

export function createKafka(config: KafkaConfig, clientId: string, log: Logger): KafkaClient {
  return new Kafka({
    clientId,
    brokers: config.KAFKA_BROKERS,
    ...security(config),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    enforceRequestTimeout: true,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => entry => bridge(log, entry),
  })
}

function security(config: KafkaConfig): Pick<ClientConfig, 'sasl' | 'ssl'> {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = config
  if (mechanism !== undefined && (username === undefined || password === undefined)) {
    throw new ConfigError('KAFKA_SASL_MECHANISM needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD')
  }
  const ca = config.KAFKA_SSL_CA_FILE
  return {
    ...(mechanism && username && password
      ? { sasl: { mechanism, username, password } as ClientConfig['sasl'] & object }
      : {}),
    ...(config.KAFKA_SSL ? { ssl: ca === undefined ? true : { ca: readFileSync(ca, 'utf8') } } : {}),
  }
}

/** kafkajs's own lines at our levels; its INFO is our debug, since normal operation is quiet. */
function bridge(log: Logger, { level, namespace, log: { message, ...fields } }: LogEntry): void {
  const line = { event: 'kafka_client', namespace, error: fields.error, groupId: fields.groupId }
  if (level <= logLevel.ERROR) log.warn(line, message)
  else log.debug(line, message)
}

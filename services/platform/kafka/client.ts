/** The one place where a Kafka client is configured. */
import type { AdminConfig, Kafka as KafkajsClient, LogEntry } from 'kafkajs'
import { type Admin, Kafka, logLevel } from '../kafkajs/kafkajs.ts'
import { type Keep, keepOnce } from '../process/kept-files.ts'
import type { Logger } from '../process/logger.ts'
import { principalText, securityOf } from './security.ts'
import type { BrokerConfig } from './settings.ts'

export interface KafkaClient extends Omit<KafkajsClient, 'admin'> {
  admin(config?: AdminConfig): Admin
}

/** kafkajs retries a request on its own; what it gives up on is the caller's to judge. */
const RETRY = { initialRetryTime: 20, maxRetryTime: 1_000, retries: 12 }

const principals = new WeakMap<object, string>()

/** Who we are to the cluster, for people who give rights. */
export const principalOf = (kafka: Pick<KafkaClient, 'admin'>): string => principals.get(kafka) ?? 'this user'

/** @param keep for whoever lives longer than its certificates */
export function createKafka(
  config: BrokerConfig,
  clientId: string,
  log: Logger,
  keep: Keep = keepOnce,
): KafkaClient {
  const kafka: KafkaClient = new Kafka({
    clientId,
    brokers: config.KAFKA_BROKERS,
    ...securityOf(config, keep),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    enforceRequestTimeout: true,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => createBridge(log),
  })
  principals.set(kafka, principalText(config))
  return kafka
}

/** What a broker answered. Whoever asked has it as an error, asks again or tells of it: a line here says nothing more. */
const isAnswer = (namespace: string, message: string): boolean =>
  namespace === 'Connection' && message.startsWith('Response ')

/** What kafkajs says of every single attempt to connect. */
const ATTEMPTS: ReadonlySet<string> = new Set(['Connection', 'BrokerPool'])
const ATTEMPT_LINE_EVERY_MS = 30_000

/**
 * kafkajs's own lines at our levels: its INFO is our debug, since normal operation is quiet, and so is what it or we
 * (`coordinators.ts`) will try again. While no broker answers, one line in half a minute says so.
 */
function createBridge(log: Logger): (entry: LogEntry) => void {
  let quietUntilMs = Number.NEGATIVE_INFINITY
  return ({ level, namespace, log: { message, ...fields } }) => {
    const line = { event: 'kafka_client', namespace, error: fields.error, groupId: fields.groupId }
    const isTriedAgain = fields.retryCount !== undefined && fields.retryTime !== undefined
    if (level > logLevel.ERROR || isTriedAgain || isAnswer(namespace, message))
      return log.debug(line, message)
    if (!ATTEMPTS.has(namespace)) return log.warn(line, message)
    if (performance.now() < quietUntilMs) return log.debug(line, message)
    quietUntilMs = performance.now() + ATTEMPT_LINE_EVERY_MS
    log.warn(line, message)
  }
}

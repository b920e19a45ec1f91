import type { Logger } from './logger.ts'
import { framesOf } from './masked.ts'

/** Where a line is about one webhook: what it is and whose, never what it says. */
interface WebhookFields {
  readonly source: string
  readonly tenant: string
}

/**
 * Log lines of more than one place: name, level and fields. A line of one place stands there. What happens once an event
 * is debug, and counted in metrics; what a person should see is info or above. Units stand at the end of a field's name.
 */
export const logEvents = (log: Logger) => ({
  ingressListening: (e: { port: number; sources: readonly string[] }) =>
    log.info({ event: 'ingress_listening', ...e }, 'ingress is listening'),
  connectionWithoutSecret: (e: WebhookFields) =>
    log.warn(
      { event: 'connection_without_secret', ...e },
      'No secret is set: every webhook of it answers 401.',
    ),
  webhookAccepted: (e: WebhookFields & { eventIds: readonly string[] }) =>
    log.debug({ event: 'webhook_accepted', ...e }, 'Webhook stored.'),
  webhookRefused: (e: WebhookFields & { status: number; code: string }) =>
    log.debug({ event: 'webhook_refused', ...e }, 'Webhook refused.'),
  webhookUnauthorized: (e: { source: string; address: string; count: number }) =>
    log.warn({ event: 'webhook_unauthorized', ...e }, 'Somebody presented no valid credential of a source.'),
  webhookDeadLettered: (e: WebhookFields & { eventId: string; code: string }) =>
    log.debug({ event: 'webhook_dead_lettered', ...e }, 'Webhook that cannot be read kept as a dead letter.'),
  canaryRefused: (e: WebhookFields & { status: string }) =>
    log.debug({ event: 'canary_refused', ...e }, 'A canary was not accepted at the public address.'),
  webhookFailed: (error: unknown) =>
    log.error(
      { event: 'webhook_failed', code: codeOf(error), stack: framesOf(error) },
      'Webhook answered 500: nothing of it was kept.',
    ),
  storeUnavailable: (e: WebhookFields & { reason: string }) =>
    log.debug({ event: 'store_unavailable', ...e }, 'Webhook answered 503: it could not be stored.'),
  blobStoreFailed: (e: { code: string }) =>
    log.error({ event: 'blob_store_failed', ...e }, 'Bytes could not be written to the blob store.'),
  fileNotFetched: (e: WebhookFields & { key: string; code: string; attempt: number }) =>
    log.warn({ event: 'file_not_fetched', ...e }, 'A file that a source sent as a link did not come.'),
  callbackSecretSeen: (e: { tenant: string; header: string; form: string }) =>
    log.info(
      { event: 'callback_secret_seen', ...e },
      'Pulsifi proved its secret in this header: pin it with PULSIFI_WEBHOOK_SECRET_HEADER.',
    ),
  signatureSeen: (e: WebhookFields & { header: string; form: string }) =>
    log.info(
      { event: 'signature_seen', ...e },
      'A source signs its webhooks in this header: require it with "signature" in CONNECTIONS_FILE.',
    ),
  producerFailed: (error: unknown) =>
    log.warn(
      { event: 'producer_failed', code: codeOf(error) },
      'Kafka did not take records: a new producer follows.',
    ),
  ...spoolEvents(log),
  topicsWrong: (e: { fault: string }) =>
    log.error(
      { event: 'topics_wrong', ...e },
      'Events of the topics that are wrong are accepted to disk until they are right.',
    ),
})
/** On the way to Kafka, over the disk. */
const spoolEvents = (log: Logger) => ({
  spooling: (e: { topic: string }) =>
    log.warn(
      { event: 'spooling', ...e },
      'Kafka does not take records in time: events are accepted to disk.',
    ),
  spoolKeyGenerated: (e: { file: string }) =>
    log.warn(
      { event: 'spool_key_generated', ...e },
      'The key of the spool lies beside what it encrypts and protects nothing from whoever has the disk: set SPOOL_KEY, SPOOL_KEY_FILE or SPOOL_KEY_COMMAND.',
    ),
  spoolDrained: (e: { topic: string; records: number; durationMs: number }) =>
    log.info(
      { event: 'spool_drained', ...e },
      'Everything of the topic that was accepted to disk is on Kafka.',
    ),
  spoolDiskRefuses: (e: { code: string }) =>
    log.error({ event: 'spool_disk_refuses', ...e }, 'The disk of the spool takes nothing.'),
  spoolDiskTakes: () => log.info({ event: 'spool_disk_takes' }, 'The disk of the spool takes records again.'),
  spoolOfAnotherKey: (e: { file: string }) =>
    log.error(
      { event: 'spool_of_another_key', ...e },
      'Accepted events were written with another key: left where they are. An instance with their key takes them over.',
    ),
  topicRefused: (e: { topic: string; cause: string }) =>
    log.error({ event: 'topic_refused', ...e }, 'Kafka refuses the topic: its events alone wait on disk.'),
  topicTaken: (e: { topic: string }) =>
    log.info({ event: 'topic_taken', ...e }, 'Kafka takes records of the topic again.'),
  recordSetAside: (e: { topic: string; cause: string; file: string }) =>
    log.error(
      { event: 'record_set_aside', ...e },
      'Kafka will never take this event as it is: it is kept in SPOOL_DIR. Move the file to "put-back" there to send it again.',
    ),
  spoolDamaged: (e: { file: string; records: number | null }) =>
    log.error(
      { event: 'spool_damaged', ...e },
      'Accepted events on disk cannot be read back: the file is kept, its name ends with ".damaged".',
    ),
})

export type LogEvents = ReturnType<typeof logEvents>

/** The kind of fault; its message may quote what it was about. */
export const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

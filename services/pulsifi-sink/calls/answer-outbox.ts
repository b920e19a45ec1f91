/** Sends what belongs to the owner of another partition: answers that came after a partition was lost. */
import { PULSIFI_INBOX } from '../../core/topics.ts'
import type { Codec } from '../../platform/avro/codec.ts'
import type { KafkaClient } from '../../platform/kafka/client.ts'
import { createGroupCommitProducer, PRODUCER_DEFAULTS } from '../../platform/kafka/producer.ts'
import { codeOf } from '../../platform/process/log-events.ts'
import type { Logger } from '../../platform/process/logger.ts'
import { type InboxMessage, toInbox } from '../decide/inbox.ts'

/** As long as an intent waits for its answer; after that nobody reads it as one. */
const ACKNOWLEDGE_WITHIN_MS = 60_000

export function createAnswerOutbox(kafka: KafkaClient, codec: Codec, log: Logger) {
  const producer = createGroupCommitProducer(kafka, {
    ...PRODUCER_DEFAULTS,
    acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
    onFailure: error =>
      log.warn({ event: 'inbox_failed', code: codeOf(error) }, 'Kafka did not take an answer.'),
  })
  return {
    send(message: InboxMessage, partition: number): void {
      const record = toInbox(message, Date.now())
      const { entity_key: key } = record
      const value = codec.encode(PULSIFI_INBOX, record)
      producer.send({ topic: PULSIFI_INBOX, key, value, headers: {}, partition }).catch(error => {
        log.error({ event: 'answer_lost', entity: key, code: codeOf(error) }, 'The answer to a call is lost.')
      })
    },
    close: producer.close,
  }
}

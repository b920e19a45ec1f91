/**
 * Answers of Pulsifi whose partition was lost before they were committed, on their way to its next owner. Nobody may make
 * such a call again to hear the answer once more: it is sent until Kafka has it, through as many producers as that takes.
 * Whether it comes twice does not matter to who reads it.
 */
import { PULSIFI_INBOX } from '../../core/topics.ts'
import type { Codec } from '../../platform/avro/codec.ts'
import type { KafkaClient } from '../../platform/kafka/client.ts'
import {
  createGroupCommitProducer,
  type GroupCommitProducer,
  PRODUCER_DEFAULTS,
} from '../../platform/kafka/producer.ts'
import {
  BATCH_OVERHEAD_BYTES,
  type OutboundRecord,
  recordBytes,
} from '../../platform/kafka/producer-batch.ts'
import { codeOf } from '../../platform/process/log-events.ts'
import type { Logger } from '../../platform/process/logger.ts'
import { type InboxMessage, toInbox } from '../decide/inbox.ts'
import type { Delay } from './callback-lookup.ts'

export type Answer = Extract<InboxMessage, { kind: 'INVITATION_ANSWER' | 'JOB_ANSWER' }>

/**
 * For how long somebody reads it as an answer. The ledger believes in a candidate whenever it hears of it, for as long as
 * it may try again; a job is soon made anew, and the first one forgotten.
 */
const KEPT_FOR_MS: Readonly<Record<Answer['kind'], number>> = {
  INVITATION_ANSWER: 24 * 3_600_000,
  JOB_ANSWER: 3_600_000,
}
const SEND_AGAIN_MS = 1_000
/** When the process stops. */
const LAST_SENDS_MS = 4_000

export interface AnswerOutbox {
  readonly send: (answer: Answer, partition: number) => void
  /** Gives what is left a last chance. */
  readonly close: () => Promise<void>
}

export interface OutboxPorts {
  /** Bytes of the largest record batch that the inbox takes. */
  readonly limit: () => number
  readonly producer: Pick<GroupCommitProducer, 'send' | 'close'>
  readonly codec: Pick<Codec, 'encode'>
  readonly log: Logger
  readonly nowMs: () => number
  readonly delay: Delay
}

export const answerProducer = (kafka: KafkaClient, log: Logger): GroupCommitProducer =>
  createGroupCommitProducer(kafka, {
    ...PRODUCER_DEFAULTS,
    onFailure: error =>
      log.warn({ event: 'inbox_failed', code: codeOf(error) }, 'Kafka did not take an answer.'),
  })

/** What is sent of an answer that the inbox does not take: a look shows the scores; that it came at all must be said. */
function shorter(answer: Answer): readonly Answer[] {
  const { httpStatus } = answer.verdict
  const said = { ...answer, verdict: { type: 'ambiguous', reason: 'RECORD_TOO_LARGE', httpStatus } } as const
  if (answer.kind === 'JOB_ANSWER' || answer.verdict.type !== 'done') return [said]
  const body = { ...answer.verdict.body, scores: [], additional_scores: [] }
  return [{ ...answer, verdict: { ...answer.verdict, body } }, said]
}

export function createAnswerOutbox(ports: OutboxPorts): AnswerOutbox {
  const { producer, codec, log, nowMs, delay } = ports
  const closing = new AbortController()
  const open = new Set<Promise<void>>()

  async function sendUntil(endMs: number, record: Parameters<typeof producer.send>[0]): Promise<void> {
    for (;;) {
      try {
        return await producer.send(record)
      } catch (error) {
        if (closing.signal.aborted || nowMs() >= endMs) throw error
        await delay(SEND_AGAIN_MS, closing.signal).catch(() => undefined)
      }
    }
  }

  const recordOf = (answer: Answer, partition: number): OutboundRecord => {
    const message = toInbox(answer, nowMs())
    const value = codec.encode(PULSIFI_INBOX, message)
    return { topic: PULSIFI_INBOX, key: message.entity_key, value, headers: {}, partition }
  }

  function fitting(answer: Answer, partition: number): OutboundRecord {
    const whole = recordOf(answer, partition)
    const [bytes, limit] = [recordBytes(whole) + BATCH_OVERHEAD_BYTES, ports.limit()]
    if (bytes <= limit) return whole
    const line = { event: 'record_too_large', topic: PULSIFI_INBOX, entity: whole.key, bytes, limit }
    log.error(line, 'An answer of Pulsifi is larger than the inbox takes: less of it is sent.')
    const records = shorter(answer).map(each => recordOf(each, partition))
    return records.find(each => recordBytes(each) + BATCH_OVERHEAD_BYTES <= limit) ?? whole
  }

  return {
    send(answer, partition) {
      const record = fitting(answer, partition)
      const { key } = record
      const sent = sendUntil(nowMs() + KEPT_FOR_MS[answer.kind], record)
        .catch((error: unknown) => {
          const line = { event: 'answer_lost', entity: key, code: codeOf(error) }
          log.error(line, 'The answer to a call is lost.')
        })
        .finally(() => open.delete(sent))
      open.add(sent)
    },
    async close() {
      const inTime = new AbortController()
      const late = delay(LAST_SENDS_MS, inTime.signal).catch(() => undefined)
      await Promise.race([Promise.all(open), late])
      inTime.abort()
      closing.abort()
      await producer.close()
    },
  }
}

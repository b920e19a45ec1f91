/** A refused record as it goes to the dead-letter topic: all that it was, and why. It can be turned back. */
import type { IHeaders } from 'kafkajs'
import type { RejectCode } from '../../core/outcome.ts'
import { DEAD_LETTER_HEADER, deadLetterTopic, type PipelineProcess } from '../../core/topics.ts'
import { headerText } from '../kafka/record-headers.ts'
import type { InputRecord, Output, Oversized } from '../partitions/processor.ts'

export interface Refusal {
  readonly process: PipelineProcess
  readonly group: string
  readonly stage: string
  readonly code: RejectCode
  /** Names fields, never values. */
  readonly detail: string
}

export function deadLetter(record: InputRecord, refusal: Refusal): Output {
  return {
    topic: deadLetterTopic(refusal.process),
    key: record.key,
    value: record.value,
    headers: { ...record.headers, ...deadLetterHeaders(record, refusal) },
  }
}

/** Of a record that led to one that is too large; without its value where that alone does not fit. */
export function deadLetterOfOversized(
  record: InputRecord,
  oversized: Oversized,
  refused: Omit<Refusal, 'code' | 'detail'>,
): Output {
  const isLetter = oversized.topic === deadLetterTopic(refused.process)
  return deadLetter(isLetter ? { ...record, value: null } : record, {
    ...refused,
    code: 'RECORD_TOO_LARGE',
    detail: `${oversized.topic} takes ${oversized.limit} bytes, the record has ${oversized.bytes}`,
  })
}

/** A record that was redriven keeps the place where it first stood. */
function deadLetterHeaders(record: InputRecord, refusal: Refusal): IHeaders {
  const first = headerText(record.headers, DEAD_LETTER_HEADER.topic)
  const deliveries = Number(headerText(record.headers, DEAD_LETTER_HEADER.deliveryCount) ?? 0)
  return {
    ...(first === undefined && {
      [DEAD_LETTER_HEADER.topic]: record.topic,
      [DEAD_LETTER_HEADER.partition]: String(record.partition),
      [DEAD_LETTER_HEADER.offset]: String(record.offset),
    }),
    [DEAD_LETTER_HEADER.group]: refusal.group,
    [DEAD_LETTER_HEADER.message]: refusal.detail,
    [DEAD_LETTER_HEADER.deliveryCount]: String(deliveries + 1),
    [DEAD_LETTER_HEADER.code]: refusal.code,
    [DEAD_LETTER_HEADER.stage]: refusal.stage,
  }
}

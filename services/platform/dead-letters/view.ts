/** Dead letters as operators speak of them: who refused what, and why. Pure. */
import { isAvroTopic } from '../../../schemas/subjects.ts'
import { partsOfKey } from '../../core/identity.ts'
import { DEAD_LETTER_HEADER, deadLetterTopic, HEADER, type PipelineProcess } from '../../core/topics.ts'
import { headerText } from '../kafka/record-headers.ts'
import type { TopicRecord } from '../readers/topic-reader.ts'

export const PROCESSES: readonly PipelineProcess[] = ['ingress', 'normalizer', 'pulsifi-sink']

export interface DeadLetter {
  /** `<topic>/<partition>/<offset>` of the letter itself: the name to call it by. */
  readonly id: string
  readonly process: PipelineProcess
  readonly partition: number
  readonly failedAtMs: number
  readonly code: string
  /** Names fields, never values. */
  readonly message: string
  readonly stage: string | null
  /** How often its process has refused it. */
  readonly deliveries: number
  readonly key: string | null
  readonly source: string | null
  readonly tenant: string | null
  readonly kind: string | null
  readonly eventId: string | null
  /** Where it first stood; null when it never had an offset. */
  readonly from: string | null
  /** Topic that it speaks for. */
  readonly fromTopic: string
  readonly bytes: number
}

/** Null for a record on another topic. */
export function toDeadLetter(record: TopicRecord): DeadLetter | null {
  const process = PROCESSES.find(name => deadLetterTopic(name) === record.topic)
  if (process === undefined) return null
  const text = (name: string) => headerText(record.headers, name) ?? null
  const fromTopic = text(DEAD_LETTER_HEADER.topic) ?? 'unknown'
  const offset = text(DEAD_LETTER_HEADER.offset)
  return {
    id: placeOf(record),
    process,
    partition: record.partition,
    failedAtMs: record.timestampMs,
    code: text(DEAD_LETTER_HEADER.code) ?? 'UNKNOWN',
    message: text(DEAD_LETTER_HEADER.message) ?? '',
    stage: text(DEAD_LETTER_HEADER.stage),
    deliveries: Number(text(DEAD_LETTER_HEADER.deliveryCount) ?? 1),
    key: record.key,
    ...ownerOf(text(HEADER.source), record.key, fromTopic),
    kind: text(HEADER.type),
    eventId: text(HEADER.id),
    from:
      offset === null || Number(offset) < 0
        ? null
        : `${fromTopic}/${text(DEAD_LETTER_HEADER.partition) ?? '?'}/${offset}`,
    fromTopic,
    bytes: record.value?.length ?? 0,
  }
}

/** As ingress wrote it, else from the key of a canonical or Pulsifi record. */
function ownerOf(ceSource: string | null, key: string | null, fromTopic: string) {
  const [, hooks, source, tenant] = (ceSource ?? '').split('/')
  if (hooks === 'hooks' && source && tenant) return { source, tenant }
  const parts = isAvroTopic(fromTopic) && key !== null ? partsOfKey(key) : null
  return parts === null || parts.externalId === ''
    ? { source: null, tenant: null }
    : { source: parts.source, tenant: parts.tenant }
}

export const placeOf = ({
  topic,
  partition,
  offset,
}: Pick<TopicRecord, 'topic' | 'partition' | 'offset'>): string => `${topic}/${partition}/${offset}`

/** The parts of a letter's name; null when it is not one. */
export function parsePlace(
  text: string,
): { readonly topic: string; readonly partition: number; readonly offset: number } | null {
  const [, topic, partition, offset] = /^([a-z0-9.-]+)\/(\d{1,4})\/(\d{1,15})$/.exec(text) ?? []
  const isDeadLetter = PROCESSES.some(name => deadLetterTopic(name) === topic)
  return topic === undefined || !isDeadLetter
    ? null
    : { topic, partition: Number(partition), offset: Number(offset) }
}

export interface LetterFilter {
  readonly process?: string
  readonly code?: string
  readonly source?: string
  readonly tenant?: string
}

export const matches = (letter: DeadLetter, { process, code, source, tenant }: LetterFilter): boolean =>
  (process === undefined || letter.process === process) &&
  (code === undefined || letter.code === code) &&
  (source === undefined || letter.source === source) &&
  (tenant === undefined || letter.tenant === tenant)

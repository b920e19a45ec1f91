/** Which topic carries which record. The subject of a topic's values is `<topic>-value` (TopicNameStrategy). */
import { readFileSync } from 'node:fs'
import type { schema } from 'avsc'
import {
  AUDIT,
  CANARY,
  CANONICAL_CANDIDATE,
  CANONICAL_COMPANY,
  CANONICAL_JOB,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../services/core/topics.ts'
import type {
  AuditEntry,
  Canary,
  Candidate,
  Company,
  Job,
  PulsifiAccess,
  PulsifiClaim,
  PulsifiInboxMessage,
  PulsifiInvitation,
  PulsifiJobBinding,
  PulsifiReference,
  PulsifiResult,
  PulsifiScore,
  PulsifiStatus,
} from './types.ts'

/** The record type of each topic, so that encoding and decoding are typed by the topic's name. */
export interface RecordOf {
  [CANONICAL_JOB]: Job
  [CANONICAL_CANDIDATE]: Candidate
  [CANONICAL_COMPANY]: Company
  [CANARY]: Canary
  [PULSIFI_JOB_BINDING]: PulsifiJobBinding
  [PULSIFI_INVITATION]: PulsifiInvitation
  [PULSIFI_ACCESS]: PulsifiAccess
  [PULSIFI_CLAIM]: PulsifiClaim
  [PULSIFI_REFERENCE]: PulsifiReference
  [PULSIFI_INBOX]: PulsifiInboxMessage
  [PULSIFI_RESULT]: PulsifiResult
  [PULSIFI_SCORE]: PulsifiScore
  [PULSIFI_STATUS]: PulsifiStatus
  [AUDIT]: AuditEntry
}
export type AvroTopic = keyof RecordOf

/** Name of the file that holds the schema, without `.avsc`. */
export const SCHEMA_NAME: Readonly<Record<AvroTopic, string>> = {
  [CANONICAL_JOB]: 'canonical-job',
  [CANONICAL_CANDIDATE]: 'canonical-candidate',
  [CANONICAL_COMPANY]: 'canonical-company',
  [CANARY]: 'canary',
  [PULSIFI_JOB_BINDING]: 'pulsifi-job-binding',
  [PULSIFI_INVITATION]: 'pulsifi-invitation',
  [PULSIFI_ACCESS]: 'pulsifi-access',
  [PULSIFI_CLAIM]: 'pulsifi-claim',
  [PULSIFI_REFERENCE]: 'pulsifi-reference',
  [PULSIFI_INBOX]: 'pulsifi-inbox',
  [PULSIFI_RESULT]: 'pulsifi-result',
  [PULSIFI_SCORE]: 'pulsifi-score',
  [PULSIFI_STATUS]: 'pulsifi-status',
  [AUDIT]: 'audit',
}

export const isAvroTopic = (topic: string): topic is AvroTopic => Object.hasOwn(SCHEMA_NAME, topic)
export const AVRO_TOPICS: readonly AvroTopic[] = Object.keys(SCHEMA_NAME).filter(isAvroTopic)

export const subjectOf = (topic: AvroTopic): string => `${topic}-value`

/** A record schema as JSON. */
export type RecordSchema = schema.RecordType & { type: 'record' }

/** The current schema of a topic; a fresh copy on each call. */
export const loadSchema = (topic: AvroTopic): RecordSchema => readSchema(`${SCHEMA_NAME[topic]}.avsc`)

/** The cast is sound for files of this folder: the conformance tests parse each of them. */
export const readSchema = (file: string): RecordSchema =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as RecordSchema

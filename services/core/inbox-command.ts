/** What an operator asks of the owner of a partition, as a record of the inbox. The owner answers on its next record. */
import { z } from 'zod'
import type { InboxKind, PulsifiInboxMessage } from '../../schemas/types.ts'
import { derivedId } from './identity.ts'
import {
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
} from './topics.ts'

const applicationKey = z.string().min(1)
const jobKey = z.string().min(1)
/** The one that the operator has seen: a command that comes twice, or too late, speaks of an attempt that is over. */
const attempt = z.int()

/** Topics of which the sink keeps the newest record of each key. */
export const SKIPPABLE_TOPICS = [
  PULSIFI_INVITATION,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_JOB_BINDING,
  PULSIFI_RESULT,
  PULSIFI_REFERENCE,
] as const

export const operatorCommand = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('bind-job'),
    jobKey,
    pulsifiJobId: z.uuid(),
    /** What the operator has seen it bound to; of an older version: nothing. */
    replaces: z.string().nullable().default(null),
  }),
  /** A blocked job is tried again. */
  z.object({ command: z.literal('decide-job-again'), jobKey, attempt }),
  /** An application is judged again, one that failed from the beginning. */
  z.object({ command: z.literal('decide-again'), applicationKey, attempt }),
  /** What became of an ambiguous attempt, by Pulsifi's own pages: the candidate it made, or none (null). */
  z.object({
    command: z.literal('resolve'),
    applicationKey,
    attempt,
    pulsifiCandidateId: z.string().trim().min(1).max(255).nullable(),
  }),
  /** Of a candidate who is deleted: what is still there of their applications goes. */
  z.object({ command: z.literal('erase'), candidateKey: z.string().min(1) }),
  /** The newest record of `key` cannot be read: the owner writes what it knows in its place, or that there is nothing. */
  z.object({
    command: z.literal('skip-record'),
    topic: z.enum(SKIPPABLE_TOPICS),
    key: z.string(),
    offset: z.int(),
  }),
])

export type OperatorCommand = Readonly<z.infer<typeof operatorCommand>>

/** The record of any message to an owner. `body` says everything but its kind. */
export function inboxRecord(
  kind: InboxKind,
  entityKey: string,
  body: object,
  issuedAtMs: number,
): PulsifiInboxMessage {
  const text = JSON.stringify(body)
  return {
    message_id: derivedId('inbox', kind, text, issuedAtMs),
    kind,
    entity_key: entityKey,
    body: text,
    issued_at: issuedAtMs,
  }
}

export const commandRecord = (command: OperatorCommand, issuedAtMs: number): PulsifiInboxMessage =>
  inboxRecord('COMMAND', keyOf(command), command, issuedAtMs)

function keyOf(command: OperatorCommand): string {
  if ('key' in command) return command.key
  if ('candidateKey' in command) return command.candidateKey
  return 'jobKey' in command ? command.jobKey : command.applicationKey
}

/** Messages to the owner of a partition: what goes into the inbox, and how it is read again. */
import { z } from 'zod'
import type { InboxKind, PulsifiInboxMessage } from '../../../schemas/types.ts'
import { derivedId } from '../../core/identity.ts'
import { type Outcome, ok, reject } from '../../core/outcome.ts'
import type { ApiVerdict } from '../../platform/pulsifi/classify.ts'
import {
  type CandidateReply,
  candidateReply,
  type JobReply,
  jobReply,
} from '../../platform/pulsifi/pulsifi-api.ts'

export type InboxMessage =
  /** An application needs this job at Pulsifi. */
  | { readonly kind: 'JOB_WANTED'; readonly jobKey: string }
  /** Pulsifi said that it takes no candidates for the job. */
  | {
      readonly kind: 'JOB_REFUSED'
      readonly jobKey: string
      readonly pulsifiJobId: string
      readonly reason: string
    }
  /** Something was heard of the application: look at its candidate now. */
  | { readonly kind: 'OBSERVE'; readonly applicationKey: string }
  /** What a look at the candidate showed. */
  | { readonly kind: 'OBSERVATION'; readonly applicationKey: string; readonly reply: CandidateReply }
  /** The answer to a call whose owner lost the partition before it came. */
  | {
      readonly kind: 'INVITATION_ANSWER'
      readonly applicationKey: string
      readonly attempt: number
      readonly verdict: ApiVerdict<CandidateReply>
    }
  | {
      readonly kind: 'JOB_ANSWER'
      readonly jobKey: string
      readonly attempt: number
      readonly verdict: ApiVerdict<JobReply>
    }
  /** A callback of this tenant led nowhere: one of its open invitations has moved. */
  | { readonly kind: 'POLL_WANTED'; readonly tenant: string }
  | Command

/**
 * What an operator may ask of the owner. `attempt` is the one that the operator has seen: a command that comes twice,
 * or after something else has happened, speaks of an attempt that is over.
 */
export type Command =
  | {
      readonly kind: 'COMMAND'
      readonly command: 'bind-job'
      readonly jobKey: string
      readonly pulsifiJobId: string
    }
  /** A blocked job is tried again. */
  | {
      readonly kind: 'COMMAND'
      readonly command: 'decide-job-again'
      readonly jobKey: string
      readonly attempt: number
    }
  /** An application is judged again, one that failed from the beginning. */
  | {
      readonly kind: 'COMMAND'
      readonly command: 'decide-again'
      readonly applicationKey: string
      readonly attempt: number
    }
  /** What became of an ambiguous attempt, by Pulsifi's own pages: the candidate it made, or none. */
  | {
      readonly kind: 'COMMAND'
      readonly command: 'resolve'
      readonly applicationKey: string
      readonly attempt: number
      /** Null: Pulsifi has no candidate of this application. It may be invited again. */
      readonly pulsifiCandidateId: string | null
    }

const applicationKey = z.string().min(1)
const jobKey = z.string().min(1)
const attempt = z.int()

const httpStatus = z.int().nullable()

/** A verdict as it was written; `body` of one that succeeded reads as Pulsifi's answer does. */
const apiVerdict = <Body extends z.ZodType>(body: Body) =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('done'), body, httpStatus: z.int() }),
    z.object({
      type: z.literal('retry'),
      reason: z.string(),
      httpStatus,
      retryAfterMs: z.number().nullable(),
    }),
    z.object({ type: z.literal('blocked'), reasons: z.array(z.string()), httpStatus: z.int() }),
    z.object({ type: z.literal('ambiguous'), reason: z.string(), httpStatus }),
  ])

const BODIES = {
  JOB_WANTED: z.object({ jobKey }),
  JOB_REFUSED: z.object({ jobKey, pulsifiJobId: z.string(), reason: z.string() }),
  OBSERVE: z.object({ applicationKey }),
  OBSERVATION: z.object({ applicationKey, reply: candidateReply }),
  INVITATION_ANSWER: z.object({ applicationKey, attempt, verdict: apiVerdict(candidateReply) }),
  JOB_ANSWER: z.object({ jobKey, attempt, verdict: apiVerdict(jobReply) }),
  POLL_WANTED: z.object({ tenant: z.string().min(1) }),
  COMMAND: z.discriminatedUnion('command', [
    z.object({ command: z.literal('bind-job'), jobKey, pulsifiJobId: z.uuid() }),
    z.object({ command: z.literal('decide-job-again'), jobKey, attempt }),
    z.object({ command: z.literal('decide-again'), applicationKey, attempt }),
    z.object({
      command: z.literal('resolve'),
      applicationKey,
      attempt,
      pulsifiCandidateId: z.string().trim().min(1).max(255).nullable(),
    }),
  ]),
} satisfies Record<Exclude<InboxKind, 'UNKNOWN'>, z.ZodType>

/** The record of a message. */
export function toInbox(message: InboxMessage, issuedAtMs: number): PulsifiInboxMessage {
  const { kind, ...body } = message
  const text = JSON.stringify(body)
  return {
    message_id: derivedId('inbox', kind, text, issuedAtMs),
    kind,
    entity_key: entityOf(message),
    body: text,
    issued_at: issuedAtMs,
  }
}

function entityOf(message: InboxMessage): string {
  if ('tenant' in message) return message.tenant
  return 'jobKey' in message ? message.jobKey : message.applicationKey
}

/** The message of a record; a kind or a body that this version does not know is a dead letter. */
export function fromInbox(record: PulsifiInboxMessage): Outcome<InboxMessage> {
  if (record.kind === 'UNKNOWN') return reject('COMMAND_INVALID', 'kind')
  const parsed = BODIES[record.kind].safeParse(parse(record.body))
  if (!parsed.success)
    return reject('COMMAND_INVALID', parsed.error.issues.map(({ path }) => path.join('.')).join(', '))
  // Sound because each schema of BODIES reads the fields of its own kind.
  return ok({ kind: record.kind, ...parsed.data } as InboxMessage)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Messages to the owner of a partition: what goes into the inbox, and how it is read again. */
import { z } from 'zod'
import type {
  FollowedApplication,
  InboxKind,
  PulsifiInboxMessage,
  ResultTrigger,
} from '../../../schemas/types.ts'
import { inboxRecord, type OperatorCommand, operatorCommand } from '../../core/inbox-command.ts'
import { type Outcome, ok, reject } from '../../core/outcome.ts'
import type { RefusalReason } from '../../core/reasons.ts'
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
      readonly reason: RefusalReason
    }
  /** Something was heard of the application: look at its candidate, now or not before that time. */
  | { readonly kind: 'OBSERVE'; readonly applicationKey: string; readonly notBeforeMs?: number }
  /** What a look at the candidate showed. `askedAtMs` is missing in messages of older versions. */
  | {
      readonly kind: 'OBSERVATION'
      readonly applicationKey: string
      readonly reply: CandidateReply
      readonly askedAtMs?: number
    }
  /** The answer to a call whose owner lost the partition before it came, or that there is none. */
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
  /** Of the newest snapshot of a candidate, the applications from `from` on are still to be decided. */
  | {
      readonly kind: 'CANDIDATE_REST'
      readonly candidateKey: string
      readonly from: number
      readonly wasSeen: boolean
    }
  /** An application asks for claims; the first `granted` of them it has. */
  | ({ readonly kind: 'CLAIM' } & ClaimRequest)
  /** Whether it has them all; else which application holds the next one, since when. */
  | ({ readonly kind: 'CLAIM_ANSWER' } & ClaimAnswer)
  /** It needs this claim no longer, for which it asked at this time or before. */
  | {
      readonly kind: 'CLAIM_RELEASED'
      readonly applicationKey: string
      readonly partition: number
      readonly claim: string
      readonly claimedAtMs: number
    }
  /** What the application was refused when it asked at this time may be free. */
  | { readonly kind: 'CLAIM_FREE'; readonly applicationKey: string; readonly claimedAtMs: number }
  /** The follower, refused when it asked at this time, follows this application; `claim` null: no longer. */
  | {
      readonly kind: 'FOLLOW'
      readonly applicationKey: string
      readonly follower: FollowedApplication
      readonly claimedAtMs: number
      readonly claim: { readonly key: string; readonly heldSinceMs: number } | null
    }
  /** What became of the application that this one follows. */
  | {
      readonly kind: 'SHARED_RESULT'
      readonly applicationKey: string
      readonly sharedFrom: string
      readonly reply: CandidateReply
      readonly trigger: ResultTrigger
      readonly askedAtMs: number
    }
  | ({ readonly kind: 'COMMAND' } & OperatorCommand)

export interface ClaimRequest {
  readonly applicationKey: string
  /** That owns the application. */
  readonly partition: number
  readonly claims: readonly string[]
  readonly claimedAtMs: number
  readonly granted: number
}

export interface ClaimAnswer extends ClaimRequest {
  readonly holder: (FollowedApplication & { readonly heldSinceMs: number }) | null
}

/** What the owner tells itself of a call whose end nobody has told it. */
export const LOST_REPLY = { type: 'ambiguous', reason: 'REPLY_LOST', httpStatus: null } as const

const applicationKey = z.string().min(1)
const jobKey = z.string().min(1)
const attempt = z.int()

const partition = z.int().nonnegative()
const claimedAtMs = z.int()
const follower = z.object({ application_key: applicationKey, partition })
const claimRequest = z.object({
  ...{ applicationKey, partition, claimedAtMs },
  claims: z.array(z.string().min(1)),
  granted: z.int().nonnegative(),
})

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
  OBSERVE: z.object({ applicationKey, notBeforeMs: z.int().optional() }),
  OBSERVATION: z.object({ applicationKey, reply: candidateReply, askedAtMs: z.int().optional() }),
  INVITATION_ANSWER: z.object({ applicationKey, attempt, verdict: apiVerdict(candidateReply) }),
  JOB_ANSWER: z.object({ jobKey, attempt, verdict: apiVerdict(jobReply) }),
  CANDIDATE_REST: z.object({
    candidateKey: z.string().min(1),
    from: z.int().nonnegative(),
    wasSeen: z.boolean(),
  }),
  POLL_WANTED: z.object({ tenant: z.string().min(1) }),
  CLAIM: claimRequest,
  CLAIM_ANSWER: claimRequest.extend({ holder: follower.extend({ heldSinceMs: z.int() }).nullable() }),
  CLAIM_RELEASED: z.object({ applicationKey, partition, claim: z.string().min(1), claimedAtMs }),
  CLAIM_FREE: z.object({ applicationKey, claimedAtMs }),
  FOLLOW: z.object({
    ...{ applicationKey, follower, claimedAtMs },
    claim: z.object({ key: z.string().min(1), heldSinceMs: z.int() }).nullable(),
  }),
  SHARED_RESULT: z.object({
    ...{ applicationKey, sharedFrom: applicationKey, reply: candidateReply },
    ...{ trigger: z.enum(['UNKNOWN', 'WEBHOOK', 'POLL', 'MANUAL']), askedAtMs: z.int() },
  }),
  COMMAND: operatorCommand,
} satisfies Record<Exclude<InboxKind, 'UNKNOWN'>, z.ZodType>

/** The record of a message. */
export function toInbox(message: InboxMessage, issuedAtMs: number): PulsifiInboxMessage {
  const { kind, ...body } = message
  return inboxRecord(kind, entityOf(message), body, issuedAtMs)
}

function entityOf(message: InboxMessage): string {
  if ('tenant' in message) return message.tenant
  if ('candidateKey' in message) return message.candidateKey
  if ('key' in message) return message.key
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

/** What a decision of the sink wants done once it is committed, and what comes back in. Plain values. */
import type { InvitationOutcome, ResultTrigger } from '../../../schemas/types.ts'
import type { AlarmCode } from '../../core/reasons.ts'
import type { ApiVerdict } from '../../platform/pulsifi/classify.ts'
import type {
  CandidateReply,
  CreateCandidateRequest,
  CreateJobRequest,
  JobReply,
} from '../../platform/pulsifi/pulsifi-api.ts'
import type { Prospect } from '../turns/poll-order.ts'
import type { Urgency } from '../turns/waiting-turns.ts'
import type { InboxMessage } from './inbox.ts'

/** A look as it ended. */
export interface Observation {
  readonly applicationKey: string
  readonly reply: CandidateReply
  readonly trigger: ResultTrigger
  /** When the question was put, ms since the epoch: what it shows is at least as new. */
  readonly askedAtMs: number
}

/** What the ledger was made to say of an application. */
export interface LedgerNews {
  readonly applicationKey: string
  readonly outcome: InvitationOutcome
  /** Those that it did not say before. */
  readonly alarms: readonly AlarmCode[]
}

export type Effect =
  | {
      readonly type: 'invite'
      readonly tenant: string
      readonly applicationKey: string
      readonly attempt: number
      /** No call starts, and none lasts, beyond this time: others act on it. */
      readonly deadlineAtMs: number
      readonly request: CreateCandidateRequest
    }
  | {
      readonly type: 'create-job'
      readonly tenant: string
      readonly jobKey: string
      readonly attempt: number
      readonly deadlineAtMs: number
      readonly request: CreateJobRequest
    }
  /** Comes with a turn. */
  | {
      readonly type: 'look'
      readonly tenant: string
      readonly applicationKey: string
      readonly candidateId: string
      readonly trigger: ResultTrigger
    }
  /** `input` is decided when it is its turn. */
  | {
      readonly type: 'await-turn'
      readonly tenant: string
      readonly urgency: Urgency
      readonly key: string
      /** Of a poll: what it is chosen by. */
      readonly prospect?: Prospect
      readonly input: Internal
    }
  /** A turn that no request was made with. */
  | { readonly type: 'return-turn'; readonly tenant: string }
  /** Everything open is compared anew with what is known. */
  | { readonly type: 'decide-open' }
  /** The answer of this name has been decided on. */
  | { readonly type: 'answered'; readonly name: string }
  /** The ledger says something new of an application. */
  | ({ readonly type: 'count' } & LedgerNews)
  /** A finished assessment is known: by a callback, or by our own looks. */
  | { readonly type: 'count-result'; readonly trigger: ResultTrigger }
  /** `input` is decided at this time. */
  | { readonly type: 'wake'; readonly atMs: number; readonly input: Internal }

/** Whether a request to Pulsifi follows: what a turn is for. */
export const isCall = ({ type }: Effect): boolean =>
  type === 'invite' || type === 'create-job' || type === 'look'

/** One name for each answer; empty for what is none. */
export function answerName(input: Internal): string {
  if (input.type === 'invitation-answer') return `${input.applicationKey} ${input.attempt}`
  return input.type === 'job-answer' ? `job ${input.jobKey} ${input.attempt}` : ''
}

/** Inputs that come from no topic. `hasTurn`: a turn at Pulsifi comes with it. */
export type Internal =
  | { readonly type: 'decide-application'; readonly applicationKey: string; readonly hasTurn: boolean }
  | { readonly type: 'decide-job'; readonly jobKey: string; readonly hasTurn: boolean }
  /** An older version called for it, and it claims nothing. */
  | { readonly type: 'claim'; readonly applicationKey: string }
  /** The ledger may have lost what was decided of it. */
  | { readonly type: 'decide-candidate'; readonly candidateKey: string }
  | {
      readonly type: 'look'
      readonly applicationKey: string
      readonly trigger: ResultTrigger
      readonly hasTurn: boolean
    }
  | {
      readonly type: 'invitation-answer'
      readonly applicationKey: string
      readonly attempt: number
      readonly verdict: ApiVerdict<CandidateReply>
    }
  | {
      readonly type: 'job-answer'
      readonly jobKey: string
      readonly attempt: number
      readonly verdict: ApiVerdict<JobReply>
    }
  | ({ readonly type: 'observation' } & Observation)
  /** The next look is due in its time. */
  | { readonly type: 'plan-look'; readonly applicationKey: string }
  /** A look that somebody asked for was not answered: nobody may ask again. */
  | { readonly type: 'look-failed'; readonly applicationKey: string; readonly trigger: ResultTrigger }
  /** The call of this attempt has ended long ago, and nobody has said how yet. */
  | { readonly type: 'give-up-application'; readonly applicationKey: string; readonly attempt: number }
  | { readonly type: 'give-up-job'; readonly jobKey: string; readonly attempt: number }
  /** One of the tenant's open invitations has moved, and nobody knows which. */
  | { readonly type: 'poll-open'; readonly tenant: string }

/** What a look-up of a callback found; see `callback-lookup.ts`. */
export type CallbackFact =
  | { readonly type: 'found'; readonly partition: number; readonly message: InboxMessage }
  | { readonly type: 'no-hint' }
  | { readonly type: 'unknown-reference' }
  /** Nobody of ours, and more such callbacks than Pulsifi is asked about. */
  | { readonly type: 'not-asked' }
  /** It says what others have said just now: their look shows what it would. */
  | { readonly type: 'repeated' }
  /** Pulsifi did not say in the time that others can be made to wait. */
  | { readonly type: 'unanswered' }
  /** Of an event that speaks of no application. */
  | { readonly type: 'not-ours' }

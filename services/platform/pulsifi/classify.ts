/**
 * What an answer of Pulsifi, or the lack of one, means for the call.
 *
 * The guideline documents no errors, so this is our reading of HTTP: only what was not processed may be tried again
 * (decision 0042 says what each reading rests on). For a call that creates something, everything else that is neither
 * a readable success nor a refusal is ambiguous: it may have created it.
 */
import { DateTime } from 'luxon'
import type { z } from 'zod'
import { type AmbiguousReason, isAmbiguousCode, type RefusalReason } from '../../core/reasons.ts'
import type { Exchange, FailureCode } from './http-failure.ts'
import {
  type CandidateReply,
  candidateReply,
  invitationReply,
  type JobReply,
  jobReply,
  jsonOrUndefined,
  type WebhookListReply,
  type WebhookReply,
  webhookChangeReply,
  webhookListReply,
  webhookReply,
} from './pulsifi-api.ts'
import { isOfAnother, refusalReasons } from './refusal.ts'

interface CreationReplies {
  readonly createJob: JobReply
  readonly createCandidate: CandidateReply
  readonly createWebhook: WebhookReply
}

interface RepeatableReplies {
  readonly getJob: JobReply
  readonly getCandidate: CandidateReply
  readonly getCandidateByInvitation: CandidateReply
  readonly getWebhook: WebhookReply
  readonly listWebhooks: WebhookListReply
  /** Null when the answer has no webhook in it: the change is done all the same. */
  readonly updateWebhook: WebhookReply | null
  readonly setWebhookStatus: WebhookReply | null
  readonly deleteWebhook: WebhookReply | null
  readonly testWebhook: WebhookReply | null
}

/** A POST that creates something: doing it twice is a fault. */
export type Creation = keyof CreationReplies
/** Doing it twice leaves what doing it once does. */
export type Repeatable = keyof RepeatableReplies
export type Operation = Creation | Repeatable

interface Done<T> {
  readonly type: 'done'
  readonly body: T
  readonly httpStatus: number
}
/** May be tried again. `reason` is an HTTP status or the code of a network failure. */
interface Retry {
  readonly type: 'retry'
  readonly reason: string
  readonly httpStatus: number | null
  /** What Pulsifi asked for; null when it asked for nothing. */
  readonly retryAfterMs: number | null
}
/** Refused as it stands. `reasons` are codes: Pulsifi's token or `HTTP_<status>`, then `FIELD:<path>` for each field named. */
interface Blocked {
  readonly type: 'blocked'
  readonly reasons: readonly RefusalReason[]
  readonly httpStatus: number
}
/** Nobody can know whether it was done. */
interface Ambiguous {
  readonly type: 'ambiguous'
  readonly reason: AmbiguousReason
  readonly httpStatus: number | null
}
/** There is no such thing at Pulsifi. */
interface Gone {
  readonly type: 'gone'
  readonly httpStatus: number
}

export type ApiVerdict<T> = Done<T> | Retry | Blocked | Ambiguous
export type RepeatableVerdict<T> = Done<T> | Retry | Blocked | Gone

type Answer = Exchange & { type: 'answered' }

const CREATION: { readonly [O in Creation]: z.ZodType<CreationReplies[O]> } = {
  createJob: jobReply,
  createCandidate: invitationReply,
  createWebhook: webhookReply,
}

const REPEATABLE: { readonly [O in Repeatable]: z.ZodType<RepeatableReplies[O]> } = {
  getJob: jobReply,
  getCandidate: candidateReply,
  getCandidateByInvitation: candidateReply,
  getWebhook: webhookReply,
  listWebhooks: webhookListReply,
  updateWebhook: webhookChangeReply,
  setWebhookStatus: webhookChangeReply,
  deleteWebhook: webhookChangeReply,
  testWebhook: webhookChangeReply,
}

/** Answers that say that the request was not processed. */
const NOT_PROCESSED: ReadonlySet<number> = new Set([401, 408, 425, 429])

/**
 * Which answers 503 to a call that creates count as not processed. A bare one may come from a proxy whose upstream was
 * cut off after it had done the work; one with a `Retry-After` that can be read comes from whoever turns work away.
 */
export const RETRY_503 = ['with-retry-after', 'always', 'never'] as const
export type Retry503 = (typeof RETRY_503)[number]
/** Redirects that keep the method: the request went to the wrong address. 302 and 303 may follow a creation. */
const MOVED: ReadonlySet<number> = new Set([301, 307, 308])

export function classifyReply<O extends Creation>(
  operation: O,
  exchange: Exchange,
  retry503: Retry503 = 'with-retry-after',
): ApiVerdict<CreationReplies[O]> {
  if (exchange.type === 'failed') {
    return exchange.sent ? ambiguous(lostBy(exchange.code), null) : retry(exchange.code, null)
  }
  const { status } = exchange
  if (isSuccess(status)) {
    const body = CREATION[operation].safeParse(json(exchange))
    return body.success ? done(body.data, status) : ambiguous('REPLY_UNREADABLE', status)
  }
  if (NOT_PROCESSED.has(status) || isTurnedAway(exchange, retry503) || isOfAnother(status, exchange.text))
    return retryAnswer(exchange)
  if (isRefusal(status) || MOVED.has(status)) return blocked(exchange)
  return ambiguous(`HTTP_${status}`, status)
}

function isTurnedAway(answer: Answer, retry503: Retry503): boolean {
  if (answer.status !== 503) return false
  return retry503 === 'always' || (retry503 === 'with-retry-after' && retryAfterMs(answer) !== null)
}

/** GETs are never refused: whatever goes wrong is looked up again later. */
export function classifyRepeatable<O extends Repeatable>(
  operation: O,
  exchange: Exchange,
): RepeatableVerdict<RepeatableReplies[O]> {
  if (exchange.type === 'failed') return retry(exchange.code, null)
  const { status } = exchange
  if (isSuccess(status)) {
    const body = REPEATABLE[operation].safeParse(json(exchange))
    return body.success ? done(body.data, status) : retry('REPLY_UNREADABLE', status)
  }
  if (isOfAnother(status, exchange.text)) return retryAnswer(exchange)
  if (status === 404) return { type: 'gone', httpStatus: status }
  const isChange = !operation.startsWith('get') && !operation.startsWith('list')
  return isChange && isRefusal(status) && !NOT_PROCESSED.has(status)
    ? blocked(exchange)
    : retryAnswer(exchange)
}

const lostBy = (code: FailureCode): AmbiguousReason => (isAmbiguousCode(code) ? code : 'CONNECTION_FAILED')

const isSuccess = (status: number): boolean => status >= 200 && status < 300
const isRefusal = (status: number): boolean => status >= 400 && status < 500

const done = <T>(body: T, httpStatus: number): Done<T> => ({ type: 'done', body, httpStatus })
const ambiguous = (reason: AmbiguousReason, httpStatus: number | null): Ambiguous => ({
  type: 'ambiguous',
  reason,
  httpStatus,
})
const retry = (reason: string, httpStatus: number | null): Retry => ({
  type: 'retry',
  reason,
  httpStatus,
  retryAfterMs: null,
})
const retryAnswer = (answer: Answer): Retry => ({
  ...retry(String(answer.status), answer.status),
  retryAfterMs: retryAfterMs(answer),
})
const blocked = (answer: Answer): Blocked => ({
  type: 'blocked',
  reasons: refusalReasons(answer.status, answer.text),
  httpStatus: answer.status,
})

/** Undefined for a body that broke off or is no JSON. */
const json = ({ text, isComplete }: Answer): unknown => (isComplete ? jsonOrUndefined(text) : undefined)

/** RFC 9110, 10.2.3: seconds, or an HTTP date. */
function retryAfterMs({ retryAfter, answeredAtMs }: Answer): number | null {
  const value = retryAfter?.trim() ?? ''
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const date = DateTime.fromHTTP(value)
  return date.isValid ? Math.max(0, date.toMillis() - answeredAtMs) : null
}

/**
 * The ledger of invitations: one record an application, and every transition it can make. Pure.
 *
 *   (none) → SKIPPED | BLOCKED | WAITING ⇄ each other, as candidate, job and binding change
 *   WAITING → INTENDED, written before the call
 *   INTENDED → INVITED | BLOCKED | WAITING (the answer proves that nothing was processed) | FAILED | AMBIGUOUS
 *   AMBIGUOUS → INVITED (a callback or an operator names the candidate) | WAITING (an operator says that there is none)
 *   FAILED → WAITING when an operator says so
 *   (none) | WAITING | BLOCKED | SKIPPED → AMBIGUOUS, when a witness knows of a call that the ledger does not
 *   any that was called → INVITED, whenever Pulsifi shows the candidate
 *
 * A candidate may exist at Pulsifi from INTENDED on. Nothing but the proof that the call was not processed, or the word
 * of an operator, leads from there to another call.
 */
import type { Application, Candidate, PulsifiInvitation } from '../../../schemas/types.ts'
import { derivedId, PULSIFI_EXT_REFERENCE_ID_LENGTH_MAX, pulsifiId } from '../../core/identity.ts'
import type {
  AdjustedReason,
  AlarmCode,
  BlockCode,
  ReasonCode,
  SkipReason,
  WaitCode,
} from '../../core/reasons.ts'
import type { ApiVerdict } from '../../platform/pulsifi/classify.ts'
import { type CandidateReply, inviteCodeOf } from '../../platform/pulsifi/pulsifi-api.ts'
import type { EligibilityVerdict } from '../decide/eligibility.ts'
import { noCall, wouldChange } from './changed.ts'
import { believedMs, plannedAt, retryWaitMs, type WithPlanned } from './retry-wait.ts'
import { isUndecided } from './state.ts'

/** It is this application's turn to be invited. */
export const WAITS_FOR_TURN = 'PULSIFI_TURN' satisfies WaitCode
/** It has asked for its claims. */
export const CLAIM_PENDING = 'CLAIM_PENDING' satisfies WaitCode
export const JOB_UNBOUND = 'JOB_UNBOUND' satisfies WaitCode
/** Pulsifi cannot delete: a person must ask it to. */
export const ERASURE_REQUIRED = 'PULSIFI_ERASURE_REQUIRED' satisfies ReasonCode
export const SOURCE_DELETED = 'SOURCE_DELETED' satisfies SkipReason

/** The first record of an application, as the canonical record describes it. */
export function newInvitation(
  candidate: Candidate,
  application: Application,
  nowMs: number,
): PulsifiInvitation {
  const { source, tenant_id } = candidate.provenance
  return {
    event_id: '',
    application_key: application.application_key,
    candidate_key: candidate.candidate_key,
    job_key: application.job.job_key,
    ext_reference_id: pulsifiId(
      source,
      tenant_id,
      application.external_id,
      PULSIFI_EXT_REFERENCE_ID_LENGTH_MAX,
    ),
    pulsifi_job_id: null,
    pulsifi_candidate_id: null,
    outcome: 'UNKNOWN',
    reasons: [],
    status: null,
    invitation_link: null,
    invite_code: null,
    invitation_expired_at: null,
    created_at: null,
    http_status: null,
    is_anonymous_candidate: false,
    attempt: 0,
    first_attempt_at: null,
    next_attempt_at: null,
    call_deadline_at: null,
    claims: [],
    claimed_at: null,
    follows: null,
    occurred_at: nowMs,
    source,
    tenant_id,
    state: 'UNKNOWN',
    state_changes: 0,
  }
}

export type Change = Partial<
  WithPlanned<Omit<PulsifiInvitation, 'event_id' | 'application_key' | 'occurred_at'>>
>

/** The next record; null when it would say what the last one says. */
export function changed(current: PulsifiInvitation, change: Change, nowMs: number): PulsifiInvitation | null {
  return wouldChange(current, change) ? withEventId({ ...current, ...change, occurred_at: nowMs }) : null
}

/** A function of the decision, so that the record is the same however often it is written. */
const withEventId = (record: PulsifiInvitation): PulsifiInvitation => ({
  ...record,
  event_id: derivedId(
    'invitation',
    record.application_key,
    record.outcome,
    record.attempt,
    record.occurred_at,
    record.reasons.join(),
    record.status ?? '',
  ),
})

/** Whose application it is, and for which job, as it is known when it is decided; and what it claims, once it does. */
export type EntityKeys = Pick<PulsifiInvitation, 'candidate_key' | 'job_key'> &
  Partial<Pick<PulsifiInvitation, 'claims' | 'claimed_at' | 'follows'>>

/** Records what eligibility says; null when the ledger says it already, or may no longer be decided. */
export function decided(
  current: PulsifiInvitation,
  verdict: Exclude<EligibilityVerdict, { type: 'invite' }>,
  keys: EntityKeys,
  nowMs: number,
): PulsifiInvitation | null {
  if (current.outcome !== 'UNKNOWN' && !isUndecided(current)) return null
  const base = { ...keys, ...noCall }
  switch (verdict.type) {
    case 'skip':
      return changed(current, { ...base, outcome: 'SKIPPED', reasons: [verdict.reason] }, nowMs)
    case 'block':
      return changed(current, { ...base, outcome: 'BLOCKED', reasons: [...verdict.reasons] }, nowMs)
    case 'wait':
      return changed(
        current,
        { ...base, outcome: 'WAITING', reasons: [verdict.reason, ...(verdict.because ?? [])] },
        nowMs,
      )
  }
}

/** Eligible, with its job there, and no call may start yet. Keeps a later attempt that is already set. */
export function waitsForTurn(
  current: PulsifiInvitation,
  keys: EntityKeys,
  nowMs: number,
): PulsifiInvitation | null {
  if (isRetried(current) && !current.reasons.includes(CLAIM_PENDING)) return changed(current, keys, nowMs)
  if (isRetried(current)) return changed(current, { ...keys, reasons: [WAITS_FOR_TURN] }, nowMs)
  return changed(current, { ...keys, ...noCall, outcome: 'WAITING', reasons: [WAITS_FOR_TURN] }, nowMs)
}

/** Between two calls of one chain, which began at `first_attempt_at`, as the horizon counts. */
const isRetried = ({ outcome, next_attempt_at }: PulsifiInvitation): boolean =>
  outcome === 'WAITING' && next_attempt_at !== null

/** Moved by how much later than planned the call starts: who waits here has not been refused there. */
function chainBegan({ first_attempt_at, next_attempt_at }: PulsifiInvitation, nowMs: number): number {
  const lateMs = nowMs - (next_attempt_at ?? nowMs)
  return (first_attempt_at ?? nowMs) + Math.max(0, lateMs)
}

/** The intent of one call. It must be committed before the call starts. */
export function intended(
  current: PulsifiInvitation,
  call: {
    readonly keys: EntityKeys
    readonly pulsifiJobId: string
    readonly anonymous: boolean
    readonly deadlineMs: number
  },
  adjustments: readonly AdjustedReason[],
  nowMs: number,
): PulsifiInvitation {
  return withEventId({
    ...current,
    ...call.keys,
    pulsifi_job_id: call.pulsifiJobId,
    outcome: 'INTENDED',
    reasons: [...adjustments],
    is_anonymous_candidate: call.anonymous,
    attempt: current.attempt + 1,
    first_attempt_at: isRetried(current) ? chainBegan(current, nowMs) : nowMs,
    next_attempt_at: null,
    call_deadline_at: plannedAt(nowMs, call.deadlineMs),
    http_status: null,
    occurred_at: nowMs,
  })
}

/** A newer snapshot came during the call: should Pulsifi refuse what was sent, that is not the last word. */
const CHANGED_MEANWHILE = 'CHANGED_MEANWHILE' satisfies ReasonCode

export const changedMeanwhile = (current: PulsifiInvitation, nowMs: number): PulsifiInvitation | null =>
  hasChangedMeanwhile(current)
    ? null
    : changed(current, { reasons: [...current.reasons, CHANGED_MEANWHILE] }, nowMs)

export const hasChangedMeanwhile = ({ reasons }: PulsifiInvitation): boolean =>
  reasons.includes(CHANGED_MEANWHILE)

/** What Pulsifi says of a candidate it has. Of a deleted person the way into the assessment is not kept. */
export function invitedFields(current: PulsifiInvitation, reply: CandidateReply): Change {
  const isErased = isOfDeleted(current)
  const reasons = [...(isErased ? [ERASURE_REQUIRED] : []), ...current.reasons.filter(isSecond)]
  const link = isErased ? null : (reply.invitation_link ?? current.invitation_link)
  return {
    ...noCall,
    outcome: 'INVITED',
    reasons,
    status: reply.status,
    pulsifi_job_id: reply.job_id ?? current.pulsifi_job_id,
    pulsifi_candidate_id: reply.candidate_id,
    invitation_link: link,
    invite_code: inviteCodeOf(link) ?? (isErased ? null : current.invite_code),
    invitation_expired_at: reply.invitation_expired_at ?? current.invitation_expired_at,
    created_at: reply.created_at ?? current.created_at,
  }
}

/**
 * What a look at the candidate shows. It outweighs whatever came of the calls for it, ambiguous or thought to be refused:
 * Pulsifi has the candidate, and another call would make a second one. A second one that it shows all the same takes
 * nobody's place.
 */
export function observed(
  current: PulsifiInvitation,
  reply: CandidateReply,
  nowMs: number,
): PulsifiInvitation | null {
  if (current.attempt === 0) return null
  return isOfAnother(current, reply)
    ? secondFound(current, reply, nowMs)
    : changed(current, invitedFields(current, reply), nowMs)
}

const SECOND_CANDIDATE = 'PULSIFI_SECOND_CANDIDATE' satisfies AlarmCode
const isSecond = (reason: string): boolean => reason.startsWith(`${SECOND_CANDIDATE}:`)

/** Whether Pulsifi speaks of a candidate that is not the one it has told of before. */
export const isOfAnother = (
  { outcome, pulsifi_candidate_id }: PulsifiInvitation,
  { candidate_id }: CandidateReply,
): boolean => outcome === 'INVITED' && pulsifi_candidate_id !== null && pulsifi_candidate_id !== candidate_id

function secondFound(
  current: PulsifiInvitation,
  { candidate_id }: CandidateReply,
  nowMs: number,
): PulsifiInvitation | null {
  const reason = `${SECOND_CANDIDATE}:${candidate_id}`
  return current.reasons.includes(reason)
    ? null
    : changed(current, { reasons: [...current.reasons, reason] }, nowMs)
}

export const isErasure = (reason: string): boolean => reason === ERASURE_REQUIRED
export const isOfDeleted = ({ reasons }: PulsifiInvitation): boolean =>
  reasons.some(reason => isErasure(reason) || reason === SOURCE_DELETED)

const GONE = { ...noCall, outcome: 'SKIPPED', reasons: [SOURCE_DELETED] } as const

/** The source no longer has the application, and Pulsifi never had it. */
export const withdrawn = (current: PulsifiInvitation, nowMs: number): PulsifiInvitation | null =>
  changed(current, GONE, nowMs)

/** The source deleted the person: nothing is sent any more, and what was sent must be erased by a person. */
export function deleted(current: PulsifiInvitation, nowMs: number): PulsifiInvitation | null {
  const { outcome, reasons } = current
  if (isUndecided(current) || outcome === 'FAILED')
    return changed(current, { ...GONE, state: 'erased' }, nowMs)
  const noted = [...reasons.filter(reason => !isErasure(reason)), ERASURE_REQUIRED]
  return changed(
    current,
    { reasons: noted, state: 'erased', invitation_link: null, invite_code: null },
    nowMs,
  )
}

/** An operator says that no call made a candidate: judged again, and called from the beginning if it comes to that. */
export const reopened = (current: PulsifiInvitation, nowMs: number): PulsifiInvitation | null =>
  isOfDeleted(current)
    ? withdrawn(current, nowMs)
    : changed(current, { ...noCall, outcome: 'WAITING', reasons: [WAITS_FOR_TURN] }, nowMs)

/** An operator names the candidate that an ambiguous call made. What else there is to know, a look shows. */
export const namedByHand = (
  current: PulsifiInvitation,
  pulsifiCandidateId: string,
  nowMs: number,
): PulsifiInvitation | null => {
  const reasons = current.reasons.filter(isErasure)
  const named = { outcome: 'INVITED', reasons, pulsifi_candidate_id: pulsifiCandidateId } as const
  return changed(current, { ...noCall, ...named }, nowMs)
}

export interface RetryPolicy {
  readonly nowMs: number
  /** After this long of answers that prove nothing was processed, give up; what was waited here does not count. */
  readonly horizonMs: number
}

/**
 * What the answer to attempt n means. Null when it is not the answer to the pending attempt: it came twice, or an
 * operator was faster. An answer that comes after the attempt was given up as AMBIGUOUS still counts, and an
 * answer with the candidate in it is believed whenever it comes: nobody may call again.
 */
export function answered(
  current: PulsifiInvitation,
  attempt: number,
  verdict: ApiVerdict<CandidateReply>,
  policy: RetryPolicy,
): PulsifiInvitation | null {
  const { nowMs } = policy
  if (verdict.type === 'done') {
    if (attempt > current.attempt) return null
    if (isOfAnother(current, verdict.body)) return secondFound(current, verdict.body, nowMs)
    if (current.outcome === 'INVITED') return null
    const fields = { ...invitedFields(current, verdict.body), http_status: verdict.httpStatus }
    return changed(current, fields, nowMs)
  }
  // That an answer is unclear is no news of what is ambiguous, and no answer undoes what Pulsifi has confirmed.
  const isAmbiguous = current.outcome === 'AMBIGUOUS' && verdict.type !== 'ambiguous' && !isConfirmed(current)
  const isPending = current.outcome === 'INTENDED' || isAmbiguous
  if (!isPending || current.attempt !== attempt) return null
  const erasure = current.reasons.filter(isErasure)
  // Deleted while the call was under way, and the call did nothing: there is nothing to erase.
  if (verdict.type !== 'ambiguous' && erasure.length > 0) return withdrawn(current, nowMs)
  switch (verdict.type) {
    case 'blocked':
      return changed(
        current,
        {
          ...noCall,
          outcome: 'BLOCKED',
          reasons: [...verdict.reasons],
          http_status: verdict.httpStatus,
        },
        nowMs,
      )
    case 'retry':
      return retried(current, verdict, policy)
    case 'ambiguous':
      return changed(
        current,
        {
          ...noCall,
          outcome: 'AMBIGUOUS',
          reasons: [verdict.reason, ...erasure],
          http_status: verdict.httpStatus,
        },
        nowMs,
      )
  }
}

function retried(
  current: PulsifiInvitation,
  verdict: ApiVerdict<CandidateReply> & { type: 'retry' },
  { nowMs, horizonMs }: RetryPolicy,
): PulsifiInvitation | null {
  const reasons = [`PULSIFI_RETRY:${verdict.reason}` satisfies `${WaitCode}:${string}`]
  const waitMs = Math.max(retryWaitMs(current.attempt), believedMs(verdict.retryAfterMs))
  const firstAtMs = current.first_attempt_at ?? nowMs
  const isOfPulsifi = verdict.reason !== 'NOT_SENT'
  if (isOfPulsifi && nowMs - firstAtMs >= horizonMs) {
    return changed(
      current,
      {
        ...noCall,
        outcome: 'FAILED',
        reasons: ['RETRIES_EXHAUSTED' satisfies BlockCode, ...reasons],
        http_status: verdict.httpStatus,
      },
      nowMs,
    )
  }
  return changed(
    current,
    {
      outcome: 'WAITING',
      reasons,
      http_status: verdict.httpStatus,
      call_deadline_at: null,
      next_attempt_at: plannedAt(nowMs, waitMs),
      // Since the intent was written nothing was asked, and nothing is until the next one.
      first_attempt_at: plannedAt(firstAtMs, isOfPulsifi ? 0 : nowMs - current.occurred_at + waitMs),
    },
    nowMs,
  )
}

/** Pulsifi has a candidate of the application, and has not said which. */
const CONFIRMED = 'PULSIFI_CONFIRMED' satisfies ReasonCode

export const isConfirmed = ({ reasons }: PulsifiInvitation): boolean => reasons.includes(CONFIRMED)

/**
 * Pulsifi has named the application by our own identifier alone: an ambiguous call has made a candidate. Which one, and
 * so what became of it, only Pulsifi's identifier or an operator can tell; but nobody may call again.
 */
export const confirmed = (current: PulsifiInvitation, nowMs: number): PulsifiInvitation | null =>
  current.outcome !== 'AMBIGUOUS' || isConfirmed(current)
    ? null
    : changed(current, { reasons: [...current.reasons, CONFIRMED] }, nowMs)

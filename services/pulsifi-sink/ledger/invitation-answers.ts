/** How a call ends for the ledger: with an answer, with proof that nothing was sent, or without a word. Pure. */
import type { PulsifiInvitation } from '../../../schemas/types.ts'
import type { AmbiguousReason, BlockCode, ReasonCode, WaitCode } from '../../core/reasons.ts'
import type { ApiVerdict } from '../../platform/pulsifi/classify.ts'
import type { CandidateReply } from '../../platform/pulsifi/pulsifi-api.ts'
import { changed, invitedFields, isErasure, settledCall, withdrawn } from './invitation.ts'
import { believedMs, retryWaitMs } from './retry-wait.ts'

export interface RetryPolicy {
  readonly nowMs: number
  /** After this long of answers that prove nothing was processed, give up. */
  readonly horizonMs: number
}

/**
 * What the answer to attempt n means. Null when it is not the answer to the pending attempt: it came twice, or an
 * operator was faster. An answer that comes after the attempt was given up as AMBIGUOUS still settles it, and an
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
    if (current.outcome === 'INVITED' || attempt > current.attempt) return null
    const fields = { ...invitedFields(current, verdict.body), http_status: verdict.httpStatus }
    return changed(current, fields, nowMs)
  }
  const isPending = current.outcome === 'INTENDED' || current.outcome === 'AMBIGUOUS'
  if (!isPending || current.attempt !== attempt) return null
  const erasure = current.reasons.filter(isErasure)
  // Deleted while the call was under way, and the call did nothing: there is nothing to erase.
  if (verdict.type !== 'ambiguous' && erasure.length > 0) return withdrawn(current, nowMs)
  switch (verdict.type) {
    case 'blocked':
      return changed(
        current,
        {
          ...settledCall,
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
          ...settledCall,
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
  const spentMs = nowMs - (current.first_attempt_at ?? nowMs)
  if (spentMs >= horizonMs) {
    return changed(
      current,
      {
        ...settledCall,
        outcome: 'FAILED',
        reasons: ['RETRIES_EXHAUSTED' satisfies BlockCode, ...reasons],
        http_status: verdict.httpStatus,
      },
      nowMs,
    )
  }
  const waitMs = Math.max(retryWaitMs(current.attempt), believedMs(verdict.retryAfterMs))
  return changed(
    current,
    {
      outcome: 'WAITING',
      reasons,
      http_status: verdict.httpStatus,
      call_deadline_at: null,
      next_attempt_at: nowMs + waitMs,
    },
    nowMs,
  )
}

/** Nobody answered attempt n, and nobody will: what became of it cannot be known. */
export function unanswered(
  current: PulsifiInvitation,
  attempt: number,
  nowMs: number,
): PulsifiInvitation | null {
  if (current.outcome !== 'INTENDED' || current.attempt !== attempt) return null
  return changed(
    current,
    {
      ...settledCall,
      outcome: 'AMBIGUOUS',
      reasons: ['REPLY_LOST' satisfies AmbiguousReason, ...current.reasons.filter(isErasure)],
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

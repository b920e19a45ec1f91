/**
 * The ledger of jobs at Pulsifi: one record a canonical job, written by the owner of the job's partition. Pure.
 *
 *   KNOWN → WANTED (an application asks) → PENDING, written before the call → BOUND | BLOCKED | WANTED | AMBIGUOUS
 *   BOUND → BLOCKED when Pulsifi takes no more candidates for it
 *   BLOCKED → WANTED, or BOUND if Pulsifi has it, when a new version of the job arrives
 *   any → BOUND when an operator says so
 *
 * Pulsifi can neither look up, change nor close a job, so a bound one is never created again.
 */
import type { Job, PulsifiJobBinding } from '../../../schemas/types.ts'
import { PULSIFI_JOB_EXTERNAL_ID_LENGTH_MAX, partsOfKey, pulsifiId } from '../../core/identity.ts'
import type { AmbiguousReason, BlockReason, JobLetterReason, ReasonCode } from '../../core/reasons.ts'
import type { ApiVerdict } from '../../platform/pulsifi/classify.ts'
import type { JobReply } from '../../platform/pulsifi/pulsifi-api.ts'
import { noCall, wouldChange } from './changed.ts'
import { believedMs, plannedAt, type WithPlanned } from './retry-wait.ts'

export interface JobRetryPolicy {
  readonly nowMs: number
  /** Waits between attempts, ms; the last one repeats. */
  readonly waitsMs: readonly number[]
  /** An orphan job at Pulsifi harms no candidate, so a lost answer may be followed by another call this often. */
  readonly ambiguousRetries: number
}

type Change = Partial<WithPlanned<Omit<PulsifiJobBinding, 'job_key' | 'updated_at'>>>

export function newBinding(jobKey: string, nowMs: number): PulsifiJobBinding {
  const { source, tenant, externalId } = partsOfKey(jobKey)
  return {
    job_key: jobKey,
    pulsifi_job_id: null,
    external_id: pulsifiId(source, tenant, externalId, PULSIFI_JOB_EXTERNAL_ID_LENGTH_MAX),
    state: 'UNKNOWN',
    block_reasons: [],
    pulsifi_status: null,
    job_kind: null,
    job_status: null,
    job_lifecycle: null,
    valid_through: null,
    date_posted: null,
    reference: null,
    request_sha256: null,
    origin: 'CREATED',
    attempt: 0,
    next_attempt_at: null,
    call_deadline_at: null,
    updated_at: nowMs,
  }
}

function changed(current: PulsifiJobBinding, change: Change, nowMs: number): PulsifiJobBinding | null {
  return wouldChange(current, change) ? { ...current, ...change, updated_at: nowMs } : null
}

/** The next record; null when it says what the last one says. */
export function ifDifferent(current: PulsifiJobBinding, next: PulsifiJobBinding): PulsifiJobBinding | null {
  const { updated_at: _, ...said } = next
  return wouldChange(current, said) ? next : null
}

/** A version of the canonical job: what others decide by is mirrored, and a blocked job gets another chance. */
export function jobSeen(current: PulsifiJobBinding, job: Job, nowMs: number): PulsifiJobBinding | null {
  const mirrored = {
    job_kind: job.kind,
    job_status: job.status,
    job_lifecycle: job.lifecycle,
    valid_through: job.valid_through,
    date_posted: job.date_posted,
    reference: job.reference,
  }
  if (current.state === 'UNKNOWN')
    return changed(current, { ...mirrored, state: 'KNOWN', block_reasons: [] }, nowMs)
  const retry = current.state === 'BLOCKED' ? unblocked(current) : { block_reasons: [] }
  return changed(current, { ...mirrored, ...retry }, nowMs)
}

/** A job that Pulsifi has stands for itself: whether it takes candidates again shows with the next one. */
const unblocked = ({ pulsifi_job_id }: PulsifiJobBinding): Change => ({
  ...noCall,
  state: pulsifi_job_id === null ? 'WANTED' : 'BOUND',
  block_reasons: [],
})

/** The tenant has an account by now. */
export const accountFound = (current: PulsifiJobBinding, nowMs: number): PulsifiJobBinding | null =>
  changed(current, unblocked(current), nowMs)

/** An operator wants a blocked job tried again, as it was after attempt n. */
export const unblockedByHand = (
  current: PulsifiJobBinding,
  attempt: number,
  nowMs: number,
): PulsifiJobBinding | null =>
  current.state === 'BLOCKED' && current.attempt === attempt
    ? changed(current, unblocked(current), nowMs)
    : null

/** An application asks for the job. One that nobody has sent yet is wanted all the same: it is created when it comes. */
export const wanted = (current: PulsifiJobBinding, nowMs: number): PulsifiJobBinding | null =>
  current.state === 'UNKNOWN' || current.state === 'KNOWN'
    ? changed(current, { state: 'WANTED' }, nowMs)
    : null

/** The job has not come: what its source said of it could not be read. */
export const deadLettered = (
  current: PulsifiJobBinding,
  reason: JobLetterReason,
  nowMs: number,
): PulsifiJobBinding | null =>
  current.state === 'UNKNOWN' || current.state === 'WANTED'
    ? changed(current, { block_reasons: [reason] }, nowMs)
    : null

export const blocked = (
  current: PulsifiJobBinding,
  reasons: readonly BlockReason[],
  nowMs: number,
): PulsifiJobBinding | null =>
  changed(current, { ...noCall, state: 'BLOCKED', block_reasons: [...reasons] }, nowMs)

/** Pulsifi takes no candidates for this job of its own; another one may stand for ours by now. */
export const refused = (
  current: PulsifiJobBinding,
  pulsifiJobId: string,
  reason: BlockReason,
  nowMs: number,
): PulsifiJobBinding | null =>
  current.state === 'BOUND' && current.pulsifi_job_id === pulsifiJobId
    ? blocked(current, [reason], nowMs)
    : null

/** The intent of one call. It must be committed before the call starts. */
export const pending = (
  current: PulsifiJobBinding,
  requestSha256: string,
  deadlineMs: number,
  nowMs: number,
): PulsifiJobBinding => ({
  ...current,
  state: 'PENDING',
  block_reasons: [],
  request_sha256: requestSha256,
  attempt: current.attempt + 1,
  next_attempt_at: null,
  call_deadline_at: plannedAt(nowMs, deadlineMs),
  updated_at: nowMs,
})

/**
 * What the answer to attempt n means; null when it is not the answer to the pending attempt. A job that was created
 * is taken whenever its answer comes, unless another one stands for it by then.
 */
export function jobAnswered(
  current: PulsifiJobBinding,
  attempt: number,
  verdict: ApiVerdict<JobReply>,
  policy: JobRetryPolicy,
): PulsifiJobBinding | null {
  if (verdict.type === 'done') {
    const { id, status } = verdict.body
    const isWanting = current.pulsifi_job_id === null && attempt <= current.attempt
    return isWanting ? bound(current, { id, status, origin: 'CREATED' }, policy.nowMs) : null
  }
  // That an answer is unclear is no news of what is ambiguous.
  const isAmbiguous = current.state === 'AMBIGUOUS' && verdict.type !== 'ambiguous'
  const isPending = current.state === 'PENDING' || isAmbiguous
  if (!isPending || current.attempt !== attempt) return null
  switch (verdict.type) {
    case 'blocked':
      return blocked(current, verdict.reasons, policy.nowMs)
    case 'retry':
      return tryLater(current, [`PULSIFI_RETRY:${verdict.reason}`], believedMs(verdict.retryAfterMs), policy)
    case 'ambiguous':
      return lost(current, verdict.reason, policy)
  }
}

function lost(
  current: PulsifiJobBinding,
  reason: AmbiguousReason,
  policy: JobRetryPolicy,
): PulsifiJobBinding | null {
  const earlier = current.attempt - 1
  if (earlier < policy.ambiguousRetries) return tryLater(current, [reason], 0, policy)
  return changed(current, { ...noCall, state: 'AMBIGUOUS', block_reasons: [reason] }, policy.nowMs)
}

function tryLater(
  current: PulsifiJobBinding,
  reasons: readonly (AmbiguousReason | `PULSIFI_RETRY:${string}`)[],
  atLeastMs: number,
  { nowMs, waitsMs }: JobRetryPolicy,
): PulsifiJobBinding | null {
  const waitMs = waitsMs[Math.min(current.attempt, waitsMs.length) - 1] ?? 0
  return changed(
    current,
    {
      state: 'WANTED',
      block_reasons: [...reasons],
      call_deadline_at: null,
      next_attempt_at: plannedAt(nowMs, Math.max(waitMs, atLeastMs)),
    },
    nowMs,
  )
}

/** Pulsifi has the job under this id. */
export const bound = (
  current: PulsifiJobBinding,
  job: { readonly id: string; readonly status: string | null; readonly origin: PulsifiJobBinding['origin'] },
  nowMs: number,
): PulsifiJobBinding | null =>
  changed(
    current,
    {
      ...noCall,
      state: 'BOUND',
      pulsifi_job_id: job.id,
      pulsifi_status: job.status,
      origin: job.origin,
      block_reasons: [],
    },
    nowMs,
  )

/** An operator has seen one job at Pulsifi, or none, and names the one that it is: twice, or too late, is once. */
export const boundByHand = (
  current: PulsifiJobBinding,
  pulsifiJobId: string,
  replaces: string | null,
  nowMs: number,
): PulsifiJobBinding | null =>
  current.pulsifi_job_id === replaces
    ? bound(current, { id: pulsifiJobId, status: null, origin: 'MANUAL' }, nowMs)
    : null

/** A job that changed after it was created, which Pulsifi cannot be told: visible, and nothing else follows from it. */
export const DRIFT = 'PULSIFI_DRIFT' satisfies ReasonCode

/** @param requestSha256 of what would be sent now; null when nothing could be */
export function drifted(
  current: PulsifiJobBinding,
  requestSha256: string | null,
  nowMs: number,
): PulsifiJobBinding | null {
  if (current.origin !== 'CREATED' || current.request_sha256 === null) return null
  const hasDrifted = requestSha256 !== null && requestSha256 !== current.request_sha256
  return changed(current, { block_reasons: hasDrifted ? [DRIFT] : [] }, nowMs)
}

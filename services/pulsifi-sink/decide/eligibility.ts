/**
 * Whether an application is invited, and if not, why: eligibility first, then whether Pulsifi would take the request,
 * then whether its job is there. Pure; asked again whenever one of the three changes.
 */

import type { Application, Candidate, PulsifiJobBinding } from '../../../schemas/types.ts'
import { DAY_MS } from '../../core/reading/dates.ts'
import type { BlockReason, SkipReason, WaitCode } from '../../core/reasons.ts'
import type { CreateCandidateRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import type { TriggerVerdict } from '../../sources/source.ts'
import type { Fit } from '../fit/fit.ts'

export type EligibilityVerdict =
  | { readonly type: 'skip'; readonly reason: SkipReason | 'APPLIED_AT_UNKNOWN' }
  | { readonly type: 'block'; readonly reasons: readonly BlockReason[] }
  /** For a named thing; `wantsJob` when nobody has asked for the job yet, `because`: why it has not come. */
  | {
      readonly type: 'wait'
      readonly reason: WaitCode
      readonly wantsJob: boolean
      readonly because?: readonly string[]
    }
  | { readonly type: 'invite'; readonly fit: Fit<CreateCandidateRequest> & { type: 'fitted' } }

export interface Applicant {
  readonly candidate: Candidate
  readonly application: Application
  /** The source's own rule. */
  readonly trigger: TriggerVerdict
  /** Binding of the job, found by key or by reference; undefined when no partition has heard of the job. */
  readonly binding: PulsifiJobBinding | undefined
  /** Whether somebody has decided that it is to be invited although nobody knows when the person applied. */
  readonly isReleased: boolean
  /** False when the tenant has no account at Pulsifi. */
  readonly hasAccount: boolean
}

export interface EligibilityPolicy {
  readonly nowMs: number
  readonly inviteSinceMs: number
  /** Whoever applied longer ago is not invited: what has kept the invitation back came too late. */
  readonly appliedWithinMs: number
  readonly inviteOnClosed: boolean
  /** Fits the request for this Pulsifi job id. */
  readonly fit: (applicant: Applicant, pulsifiJobId: string) => Fit<CreateCandidateRequest>
}

/** Stands for the job's id while there is none, to learn whether the rest of the request would do. */
const NO_JOB_ID = '00000000-0000-0000-0000-000000000000'

export function judge(applicant: Applicant, policy: EligibilityPolicy): EligibilityVerdict {
  const skipped = skipReason(applicant, policy)
  if (skipped !== null) return { type: 'skip', reason: skipped }
  if (applicant.trigger === 'COMPANY_UNKNOWN')
    return { type: 'wait', reason: 'COMPANY_UNKNOWN', wantsJob: false }
  if (applicant.trigger === 'APPLIED_AT_UNKNOWN' && !applicant.isReleased)
    return { type: 'wait', reason: 'APPLIED_AT_UNKNOWN', wantsJob: false }
  if (!applicant.hasAccount) return { type: 'block', reasons: ['PULSIFI_ACCOUNT_MISSING'] }
  const fit = policy.fit(applicant, applicant.binding?.pulsifi_job_id ?? NO_JOB_ID)
  if (fit.type === 'blocked') return { type: 'block', reasons: fit.reasons }
  return byJob(applicant.binding, fit)
}

function skipReason(
  { candidate, application, trigger, binding, isReleased }: Applicant,
  policy: EligibilityPolicy,
): SkipReason | 'APPLIED_AT_UNKNOWN' | null {
  if (candidate.communications_opt_out === true) return 'OPTED_OUT'
  if (binding?.job_kind === 'SPONTANEOUS') return 'SPONTANEOUS_JOB'
  switch (trigger) {
    case 'BEFORE_INVITE_SINCE':
    case 'NOT_APPLICANT_STATUS':
    case 'APPLICATION_CLOSED':
      return trigger
    case 'SKIP_APPLIED_AT_UNKNOWN':
      if (!isReleased) return 'APPLIED_AT_UNKNOWN'
  }
  const { applied_at: appliedAtMs } = application
  if (appliedAtMs !== null && appliedAtMs < policy.inviteSinceMs) return 'BEFORE_INVITE_SINCE'
  // Where nobody says when, the source asked for the person when it sent the record.
  const askedAtMs = appliedAtMs ?? candidate.provenance.received_at
  if (askedAtMs < policy.nowMs - policy.appliedWithinMs) return 'APPLIED_TOO_LONG_AGO'
  const mayBeClosed = policy.inviteOnClosed || trigger === 'invite-although-closed'
  return binding !== undefined && isGone(binding, policy.nowMs, mayBeClosed) ? 'JOB_CLOSED' : null
}

function isGone(binding: PulsifiJobBinding, nowMs: number, mayBeClosed: boolean): boolean {
  if (binding.job_lifecycle === 'DELETED') return true
  if (mayBeClosed) return false
  if (binding.job_status === 'CLOSED' || binding.job_status === 'ARCHIVED') return true
  return binding.valid_through !== null && binding.valid_through < Math.floor(nowMs / DAY_MS)
}

function byJob(
  binding: PulsifiJobBinding | undefined,
  fit: Fit<CreateCandidateRequest> & { type: 'fitted' },
): EligibilityVerdict {
  switch (binding?.state) {
    case 'BOUND':
      return { type: 'invite', fit }
    case 'BLOCKED':
      return { type: 'block', reasons: binding.block_reasons.map(reason => `JOB_BLOCKED:${reason}` as const) }
    case 'AMBIGUOUS':
      return { type: 'wait', reason: 'JOB_AMBIGUOUS', wantsJob: false }
    case undefined:
    case 'UNKNOWN':
    case 'KNOWN':
      return waitForJob(binding, true)
    case 'WANTED':
    case 'PENDING':
      return waitForJob(binding, false)
  }
}

/** Why the job has not come stands beside it, where anybody knows. */
const waitForJob = (binding: PulsifiJobBinding | undefined, wantsJob: boolean): EligibilityVerdict => ({
  ...{ type: 'wait', reason: 'JOB_UNBOUND', wantsJob },
  ...(binding !== undefined && binding.block_reasons.length > 0 && { because: binding.block_reasons }),
})

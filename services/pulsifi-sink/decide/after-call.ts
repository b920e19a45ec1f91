/** What follows from the end of an invitation's call, and from the invitation that it made. */
import type { PulsifiInvitation, ResultTrigger } from '../../../schemas/types.ts'
import type { RefusalReason } from '../../core/reasons.ts'
import type { ApiVerdict } from '../../platform/pulsifi/classify.ts'
import type { CandidateReply } from '../../platform/pulsifi/pulsifi-api.ts'
import { answered, hasChangedMeanwhile, isOfDeleted } from '../ledger/invitation.ts'
import { invitationOf, isFinalStatus } from '../ledger/state.ts'
import { decideAgain } from './application.ts'
import type { Decider } from './decider.ts'
import { LOST_REPLY } from './inbox.ts'
import { nextLookAt } from './policy.ts'

/** The answer to a call, whichever way it came. */
export function applyAnswer(
  decider: Decider,
  applicationKey: string,
  attempt: number,
  verdict: ApiVerdict<CandidateReply>,
): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined) return
  const horizonMs = decider.ports.policy.retryHorizonMs
  const record = answered(known, attempt, verdict, { nowMs: decider.nowMs, horizonMs })
  decider.invitation(record, isAnswer(verdict) ? { actor: 'pulsifi' } : {})
  if (record === null) return
  if (record.outcome === 'INVITED' && known.outcome !== 'INVITED') invited(decider, record)
  // SKIPPED: its person was deleted meanwhile, and may be back.
  if (record.outcome === 'WAITING' || record.outcome === 'SKIPPED')
    decideAgain(decider, applicationKey, false)
  if (verdict.type === 'blocked' && record.outcome === 'BLOCKED') refusedAs(decider, known, verdict.reasons)
}

/** Whether Pulsifi has said something, be it no. */
const isAnswer = ({ type }: ApiVerdict<CandidateReply>): boolean => type === 'done' || type === 'blocked'

/** What was refused may have changed during the call; what refers to the job concerns all its applications. */
function refusedAs(decider: Decider, sent: PulsifiInvitation, reasons: readonly RefusalReason[]): void {
  const { application_key, job_key, pulsifi_job_id } = sent
  const { ports } = decider
  const reason = reasons.find(isJobRefusal)
  if (reason !== undefined && pulsifi_job_id !== null) {
    const refusal = { kind: 'JOB_REFUSED', jobKey: job_key, pulsifiJobId: pulsifi_job_id, reason } as const
    decider.send(refusal, ports.partitionOf(job_key))
  }
  const binding = ports.findBinding({ job_key, external_id: '' })
  const isBoundAnew = binding?.state === 'BOUND' && binding.pulsifi_job_id !== pulsifi_job_id
  if (isBoundAnew || hasChangedMeanwhile(sent)) decideAgain(decider, application_key, false)
}
/** Pulsifi's words for a job that takes no candidates. */
const isJobRefusal = (reason: RefusalReason): boolean =>
  ['NOT_ACTIVE_JOB', 'JOB_IS_CLOSED', 'JOB_NOT_FOUND'].includes(reason)

/**
 * Pulsifi has the candidate: its identifiers lead here, unless the person was deleted, and its result is looked for until
 * there is one.
 */
export function invited(decider: Decider, record: PulsifiInvitation): void {
  if (!isOfDeleted(record)) {
    decider.reference('CANDIDATE_ID', record.pulsifi_candidate_id, record)
    decider.reference('INVITE_CODE', record.invite_code, record)
  }
  scheduleLook(decider, record)
}

const LOOK_AFTER_EXPIRY_MS = 2 * 86_400_000

export function scheduleLook(decider: Decider, record: PulsifiInvitation): void {
  if (record.outcome !== 'INVITED' || isFinalStatus(record.status)) return
  const atMs = nextLookAt(
    record.created_at ?? record.occurred_at,
    decider.ports.policy.pollWaitsMs,
    decider.nowMs,
  )
  if (record.invitation_expired_at !== null && atMs > record.invitation_expired_at + LOOK_AFTER_EXPIRY_MS)
    return
  const input = {
    type: 'look',
    applicationKey: record.application_key,
    trigger: 'POLL',
    hasTurn: false,
  } as const
  decider.effect({ type: 'wake', atMs, input })
}

const LOOK_RETRY_MS = 60_000

/** A poll is due again in its time; a look that was asked for may be the only one that there is cause for. */
export function planLook(decider: Decider, applicationKey: string, trigger: ResultTrigger): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined) return
  scheduleLook(decider, known)
  if (trigger === 'POLL') return
  const input = { type: 'look', applicationKey, trigger, hasTurn: false } as const
  decider.effect({ type: 'wake', atMs: decider.nowMs + LOOK_RETRY_MS, input })
}

/** The call of this attempt ended long ago. Its answer may lie unread in the inbox, so this is said behind it. */
export function giveUp(decider: Decider, applicationKey: string, attempt: number): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known?.outcome !== 'INTENDED' || known.attempt !== attempt) return
  const message = { kind: 'INVITATION_ANSWER', applicationKey, attempt, verdict: LOST_REPLY } as const
  decider.send(message, decider.partition)
}

/** What follows from the end of an invitation's call, and from the invitation that it made. */
import type { PulsifiInvitation } from '../../schemas/types.ts'
import type { ApiVerdict } from './classify.ts'
import { decideAgain } from './decide-application.ts'
import type { Decider } from './decider.ts'
import { answered, unanswered } from './invitation-answers.ts'
import { nextLookAt } from './policy.ts'
import type { CandidateReply } from './pulsifi-api.ts'
import { invitationOf, isFinalStatus } from './state.ts'

/** The answer to a call, whichever way it came. */
export function settleAnswer(
  decider: Decider,
  applicationKey: string,
  attempt: number,
  verdict: ApiVerdict<CandidateReply>,
): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined) return
  const horizonMs = decider.ports.policy.retryHorizonMs
  const record = answered(known, attempt, verdict, { nowMs: decider.nowMs, horizonMs })
  decider.invitation(record)
  if (record === null) return
  if (record.outcome === 'INVITED') invited(decider, record)
  if (record.outcome === 'WAITING') decideAgain(decider, applicationKey, false)
  if (verdict.type === 'blocked' && verdict.reasons.some(isJobRefusal)) {
    const [reason = ''] = verdict.reasons
    decider.send(
      { kind: 'JOB_REFUSED', jobKey: record.job_key, reason },
      decider.ports.partitionOf(record.job_key),
    )
  }
}

/** Pulsifi's words for a job that takes no candidates. */
const isJobRefusal = (reason: string): boolean =>
  ['NOT_ACTIVE_JOB', 'JOB_IS_CLOSED', 'JOB_NOT_FOUND'].includes(reason)

/** Pulsifi has the candidate: its identifiers lead here, and its result is looked for until there is one. */
export function invited(decider: Decider, record: PulsifiInvitation): void {
  decider.reference('CANDIDATE_ID', record.pulsifi_candidate_id, record.application_key)
  decider.reference('INVITE_CODE', record.invite_code, record.application_key)
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

/** The call of this attempt ended long ago without a word. */
export function giveUp(decider: Decider, applicationKey: string, attempt: number): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known !== undefined) decider.invitation(unanswered(known, attempt, decider.nowMs))
}

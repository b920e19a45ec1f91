/** Decides one application: what its ledger record becomes, and whether a call to Pulsifi starts. */
import type { Application, Candidate, PulsifiInvitation, PulsifiJobBinding } from '../../schemas/types.ts'
import type { Decider } from './decider.ts'
import { type Applicant, type EligibilityVerdict, judge } from './eligibility.ts'
import type { Adjustment } from './fit.ts'
import { decided, deleted, intended, JOB_UNBOUND, newInvitation, waitsForTurn } from './invitation-ledger.ts'
import { applicationsOf, candidateOf, invitationOf, isUndecided } from './state.ts'

/** A canonical candidate: each of its applications is decided, or all that are known are withdrawn. */
export function decideCandidate(decider: Decider, candidate: Candidate): void {
  if (candidate.lifecycle !== 'DELETED') {
    const seen = applicationsOf(decider.state, candidate.candidate_key).length > 0
    for (const application of candidate.applications) decideOne(decider, candidate, application, seen, false)
    return
  }
  // A redacted record no longer names its applications.
  for (const key of applicationsOf(decider.state, candidate.candidate_key)) {
    const known = invitationOf(decider.state, key)
    if (known !== undefined) decider.invitation(deleted(known, decider.nowMs))
  }
}

/** Decides again by what the store knows of the candidate. Says whether the turn that came with it was used. */
export function decideAgain(decider: Decider, applicationKey: string, hasTurn: boolean): boolean {
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined) return false
  const candidate = candidateOf(decider.state, known.candidate_key)
  const application = candidate?.applications.find(item => item.application_key === applicationKey)
  if (candidate === undefined || application === undefined || candidate.lifecycle === 'DELETED') return false
  return decideOne(decider, candidate, application, true, hasTurn)
}

function decideOne(
  decider: Decider,
  candidate: Candidate,
  application: Application,
  candidateSeen: boolean,
  hasTurn: boolean,
): boolean {
  const known = invitationOf(decider.state, application.application_key)
  if (known !== undefined && !isUndecided(known)) return false
  const applicant = applicantOf(decider, candidate, application, candidateSeen, known?.outcome === 'SKIPPED')
  const verdict = judge(applicant, { ...decider.ports.policy, nowMs: decider.nowMs, fit: fitAt(decider) })
  const current = known ?? newInvitation(candidate, application, decider.nowMs)
  const jobKey = applicant.binding?.job_key ?? application.job.job_key
  if (verdict.type === 'invite') return invite(decider, current, applicant, verdict, hasTurn)
  settle(decider, current, jobKey, verdict)
  return false
}

const fitAt = (decider: Decider) => (applicant: Applicant, pulsifiJobId: string) =>
  decider.ports.fitCandidate(applicant, pulsifiJobId, decider.nowMs)

function applicantOf(
  { ports }: Decider,
  candidate: Candidate,
  application: Application,
  candidateSeen: boolean,
  applicationSeen: boolean,
): Applicant {
  const { source, tenant_id } = candidate.provenance
  const settings = ports.settingsOf(source, tenant_id)
  const { inviteSinceMs } = ports.policy
  const context = { candidate, settings, applicationSeen, candidateSeen, inviteSinceMs }
  return {
    candidate,
    application,
    trigger: ports.sources.get(source)?.trigger(application, context) ?? 'NOT_APPLICANT_STATUS',
    binding: ports.findBinding(application.job),
    hasAccount: ports.hasAccount(tenant_id),
  }
}

/** Records why it is not invited now, and asks for the job if that is what it waits for. */
function settle(
  decider: Decider,
  current: PulsifiInvitation,
  jobKey: string,
  verdict: Exclude<EligibilityVerdict, { type: 'invite' }>,
): void {
  const { nowMs, ports } = decider
  const { jobWaitMaxMs } = ports.policy
  if (verdict.type === 'wait' && verdict.reason === JOB_UNBOUND && hasWaited(current, nowMs, jobWaitMaxMs)) {
    decider.invitation(decided(current, { type: 'block', reasons: [JOB_UNBOUND] }, jobKey, nowMs))
    return
  }
  const record = decided(current, verdict, jobKey, nowMs)
  decider.invitation(record)
  if (record === null || verdict.type !== 'wait' || !verdict.wantsJob) return
  decider.send({ kind: 'JOB_WANTED', jobKey }, ports.partitionOf(jobKey))
  const input = {
    type: 'decide-application',
    applicationKey: record.application_key,
    hasTurn: false,
  } as const
  decider.effect({ type: 'wake', atMs: nowMs + jobWaitMaxMs, input })
}

/** Whether it has waited for its job for as long as anybody waits; once it has, only the job changes that. */
const hasWaited = (current: PulsifiInvitation, nowMs: number, waitMaxMs: number): boolean =>
  current.reasons.includes(JOB_UNBOUND) &&
  (current.outcome === 'BLOCKED' ||
    (current.outcome === 'WAITING' && nowMs - current.occurred_at >= waitMaxMs))

/** Its job is there: the intent if it has a turn, else the wait for one. */
function invite(
  decider: Decider,
  current: PulsifiInvitation,
  { candidate, binding }: Applicant,
  { fit }: EligibilityVerdict & { type: 'invite' },
  hasTurn: boolean,
): boolean {
  const { nowMs, ports } = decider
  const tenant = candidate.provenance.tenant_id
  const applicationKey = current.application_key
  const again = { type: 'decide-application', applicationKey } as const
  if (current.next_attempt_at !== null && current.next_attempt_at > nowMs) {
    decider.effect({ type: 'wake', atMs: current.next_attempt_at, input: { ...again, hasTurn: false } })
    return false
  }
  if (!hasTurn && !ports.tryTurn(tenant)) {
    decider.invitation(waitsForTurn(current, jobKeyOf(binding, current), nowMs))
    decider.effect({
      type: 'await-turn',
      tenant,
      urgency: 'create',
      key: applicationKey,
      input: { ...again, hasTurn: true },
    })
    return false
  }
  const deadlineMs = ports.policy.callDeadlineMs
  const call = {
    jobKey: jobKeyOf(binding, current),
    pulsifiJobId: fit.request.job_id,
    anonymous: fit.request.is_anonymous_candidate,
    deadlineMs,
  }
  const record = intended(current, call, fit.adjustments.map(codeOfAdjustment), nowMs)
  decider.invitation(record)
  decider.reference('EXT_REFERENCE_ID', record.ext_reference_id, applicationKey)
  decider.effect({
    type: 'invite',
    tenant,
    applicationKey,
    attempt: record.attempt,
    deadlineAtMs: nowMs + deadlineMs,
    request: fit.request,
  })
  return true
}

const jobKeyOf = (binding: PulsifiJobBinding | undefined, current: PulsifiInvitation): string =>
  binding?.job_key ?? current.job_key

const codeOfAdjustment = ({ field, rule }: Adjustment): string => `ADJUSTED:${field}:${rule}`

/** Decides one application: what its ledger record becomes, and whether a call to Pulsifi starts. */
import type { Application, Candidate, PulsifiInvitation, PulsifiJobBinding } from '../../../schemas/types.ts'
import { partsOfKey } from '../../core/identity.ts'
import { DAY_MS } from '../../core/reading/dates.ts'
import type { AdjustedReason } from '../../core/reasons.ts'
import { PULSIFI_INVITATION } from '../../core/topics.ts'
import { isSetAside } from '../../platform/partitions/set-aside.ts'
import type { Adjustment } from '../fit/fit.ts'
import { claimsOf, isSameList } from '../ledger/claims.ts'
import {
  changedMeanwhile,
  decided,
  type EntityKeys,
  intended,
  JOB_UNBOUND,
  newInvitation,
  waitsForTurn,
  withdrawn,
} from '../ledger/invitation.ts'
import { applicationsOf, candidateOf, foreignReference, invitationOf, isUndecided } from '../ledger/state.ts'
import { lost } from '../ledger/witness.ts'
import { claimed } from './claim.ts'
import type { Decider } from './decider.ts'
import { type Applicant, type EligibilityVerdict, judge } from './eligibility.ts'
import { erase } from './erase.ts'

/** Applications of one candidate that are decided together. */
const SLICE = 100

/** How far a candidate has been decided. */
export interface CandidateProgress {
  /** Applications behind it: those that the record names, then those that only the ledger knows. */
  readonly from: number
  /** Whether any was known before the record came. */
  readonly wasSeen: boolean
}

/**
 * A canonical candidate: each of its applications is decided, or all that are known are withdrawn. The first ones at
 * once; the inbox remembers that there are more, in the transaction that takes the record for read.
 * @param candidate undefined: a tombstone
 */
export function decideCandidate(
  decider: Decider,
  candidateKey: string,
  candidate: Candidate | undefined,
  progress?: CandidateProgress,
): void {
  decider.receivedAtMs = candidate?.provenance.received_at ?? null
  const known = applicationsOf(decider.state, candidateKey)
  const { from, wasSeen } = progress ?? { from: 0, wasSeen: known.length > 0 }
  // A redacted record, or none at all, no longer names the applications: the ledger does.
  const isGone = candidate === undefined || candidate.lifecycle === 'DELETED'
  const applications = isGone ? [] : candidate.applications
  const named = new Set(applications.map(({ application_key }) => application_key))
  const unnamed = known.filter(key => !named.has(key))
  const until = from + SLICE
  if (!isGone)
    for (const application of applications.slice(from, until))
      decideNamed(decider, candidate, application, wasSeen)
  // A record is the whole state: what it no longer names, its source no longer has.
  for (const key of unnamed.slice(
    Math.max(0, from - applications.length),
    Math.max(0, until - applications.length),
  ))
    if (isGone) erase(decider, key)
    else withdraw(decider, key, candidateKey)
  if (until < applications.length + unnamed.length)
    decider.send({ kind: 'CANDIDATE_REST', candidateKey, from: until, wasSeen }, decider.partition)
}

/** Decides a candidate again of whom the ledger does not know every application. */
export function decideUnknown(decider: Decider, candidateKey: string): void {
  const candidate = candidateOf(decider.state, candidateKey)
  const isUnknown = ({ application_key }: Application) =>
    invitationOf(decider.state, application_key) === undefined
  if (candidate?.applications.some(isUnknown)) decideCandidate(decider, candidateKey, candidate)
}

function decideNamed(
  decider: Decider,
  candidate: Candidate,
  application: Application,
  wasSeen: boolean,
): void {
  const before = invitationOf(decider.state, application.application_key)
  decideOne(decider, candidate, application, { candidateSeen: wasSeen, hasTurn: false, isReleased: false })
  const isOurs = before?.candidate_key === candidate.candidate_key
  // What is under way speaks of the snapshot before.
  if (isOurs && before.outcome === 'INTENDED') decider.invitation(changedMeanwhile(before, decider.nowMs))
}

/** Whatever of it waits will never come; what Pulsifi was sent stays as it is. */
function withdraw(decider: Decider, applicationKey: string, candidateKey: string): void {
  const known = invitationOf(decider.state, applicationKey)
  // Another candidate may have taken it over.
  if (known?.candidate_key !== candidateKey || !isUndecided(known)) return
  decider.invitation(withdrawn(known, decider.nowMs))
}

/**
 * Decides again by what the store knows of the candidate.
 * @param isReleased an operator says that the person applied lately
 */
export function decideAgain(
  decider: Decider,
  applicationKey: string,
  hasTurn: boolean,
  isReleased = false,
): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined || !isUndecided(known)) return
  const candidate = candidateOf(decider.state, known.candidate_key)
  const application = candidate?.applications.find(item => item.application_key === applicationKey)
  if (candidate !== undefined && application !== undefined && candidate.lifecycle !== 'DELETED')
    return decideOne(decider, candidate, application, { candidateSeen: true, hasTurn, isReleased })
  withdraw(decider, applicationKey, known.candidate_key)
}

/** What has it decided. */
interface Occasion {
  readonly candidateSeen: boolean
  readonly hasTurn: boolean
  readonly isReleased: boolean
}

function decideOne(
  decider: Decider,
  candidate: Candidate,
  application: Application,
  { candidateSeen, hasTurn, isReleased }: Occasion,
): void {
  const known = invitationOf(decider.state, application.application_key)
  if (known !== undefined && !isUndecided(known)) return
  // What its newest record says, nobody knows: nothing is written over it.
  if (isSetAside(decider.state, PULSIFI_INVITATION, application.application_key)) return
  const isUndated = known?.reasons.includes('APPLIED_AT_UNKNOWN') ?? false
  // What was judged worth inviting once, and waits for something else since, needs no date any more.
  const wasReleased = known !== undefined && known.outcome !== 'SKIPPED' && !isUndated
  const applicant = applicantOf(decider, candidate, application, {
    candidateSeen,
    applicationSeen: known?.outcome === 'SKIPPED' || isUndated,
    isReleased: isReleased || wasReleased,
  })
  const current = known ?? newInvitation(candidate, application, decider.nowMs)
  const claimsFor = (pulsifiJobId: string) =>
    claimsOf(current.ext_reference_id, candidate.person_key, pulsifiJobId, decider.ports.policy.inviteOncePer)
  if (isFollowing(current, applicant.binding, claimsFor)) return
  const verdict = judge(applicant, { ...decider.ports.policy, nowMs: decider.nowMs, fit: fitAt(decider) })
  const keys = {
    candidate_key: candidate.candidate_key,
    job_key: applicant.binding?.job_key ?? application.job.job_key,
  }
  if (verdict.type === 'invite' && !decider.ports.isLedgerWhole()) {
    applyVerdict(decider, current, keys, { type: 'wait', reason: 'LEDGER_UNREADABLE', wantsJob: false })
    return
  }
  if (verdict.type === 'invite') {
    const claims = claimsFor(verdict.fit.request.job_id)
    return invite(decider, current, keys, { ...verdict, claims, hasTurn })
  }
  applyVerdict(decider, current, keys, verdict)
}

/** Whether the one that was invited in its place still counts for it, whatever becomes of the job: it is told of a change. */
const isFollowing = (
  { follows, claims }: PulsifiInvitation,
  binding: PulsifiJobBinding | undefined,
  claimsFor: (pulsifiJobId: string) => readonly string[],
): boolean =>
  follows !== null &&
  (binding?.state !== 'BOUND' ||
    binding.pulsifi_job_id === null ||
    isSameList(claims, claimsFor(binding.pulsifi_job_id)))

const fitAt = (decider: Decider) => (applicant: Applicant, pulsifiJobId: string) =>
  decider.ports.fitCandidate(applicant, pulsifiJobId, decider.nowMs)

function applicantOf(
  { ports }: Decider,
  candidate: Candidate,
  application: Application,
  known: Readonly<Record<'candidateSeen' | 'applicationSeen' | 'isReleased', boolean>>,
): Applicant {
  const { source, tenant_id } = candidate.provenance
  const settings = ports.settingsOf(source, tenant_id)
  const { inviteSinceMs } = ports.policy
  const binding = ports.findBinding({
    ...application.job,
    reference: foreignReference(candidate, application),
  })
  const jobPostedMs = typeof binding?.date_posted === 'number' ? binding.date_posted * DAY_MS : null
  const { candidateSeen, applicationSeen, isReleased } = known
  const context = { candidate, settings, applicationSeen, candidateSeen, inviteSinceMs, jobPostedMs }
  return {
    candidate,
    application,
    trigger: ports.sources.get(source)?.trigger(application, context) ?? 'NOT_APPLICANT_STATUS',
    binding,
    isReleased,
    hasAccount: ports.hasAccount(tenant_id),
  }
}

/** Records why it is not invited now, and asks for the job if that is what it waits for. */
function applyVerdict(
  decider: Decider,
  current: PulsifiInvitation,
  keys: EntityKeys,
  verdict: Exclude<EligibilityVerdict, { type: 'invite' }>,
): void {
  const { nowMs, ports } = decider
  const waitsForJob = verdict.type === 'wait' && verdict.reason === JOB_UNBOUND
  if (waitsForJob && hasWaited(current, keys, nowMs, ports.policy.jobWaitMaxMs)) {
    decider.invitation(decided(current, { type: 'block', reasons: [JOB_UNBOUND] }, keys, nowMs))
    return
  }
  const record = decided(current, verdict, keys, nowMs)
  decider.invitation(record)
  if (!waitsForJob) return
  const { job_key: jobKey } = keys
  if (verdict.wantsJob) decider.send({ kind: 'JOB_WANTED', jobKey }, ports.partitionOf(jobKey))
  const { application_key: applicationKey, occurred_at: sinceMs } = record ?? current
  const input = { type: 'decide-application', applicationKey, hasTurn: false } as const
  // Also when nothing new is said: after a restart there is no other timer.
  decider.effect({ type: 'wake', atMs: sinceMs + ports.policy.jobWaitMaxMs, input })
}

/** Whether it has waited for this job for as long as anybody waits; once it has, only the job changes that. */
const hasWaited = (
  current: PulsifiInvitation,
  { job_key }: EntityKeys,
  nowMs: number,
  waitMaxMs: number,
): boolean =>
  current.reasons.includes(JOB_UNBOUND) &&
  current.job_key === job_key &&
  (current.outcome === 'BLOCKED' ||
    (current.outcome === 'WAITING' && nowMs - current.occurred_at >= waitMaxMs))

type Invitable = EligibilityVerdict & { type: 'invite' } & {
  readonly claims: readonly string[]
  readonly hasTurn: boolean
}

/** Its job is there: the intent if it may be invited and has a turn, else the wait for what is missing. */
function invite(
  decider: Decider,
  current: PulsifiInvitation,
  entity: EntityKeys,
  { fit, claims, hasTurn }: Invitable,
): void {
  const { nowMs, ports } = decider
  const { tenant } = partsOfKey(entity.candidate_key)
  const applicationKey = current.application_key
  const again = { type: 'decide-application', applicationKey } as const
  if (current.next_attempt_at !== null && current.next_attempt_at > nowMs) {
    decider.effect({ type: 'wake', atMs: current.next_attempt_at, input: { ...again, hasTurn: false } })
    return
  }
  const granted = claimed(decider, current, entity, claims)
  if (granted === null) return
  const keys = { ...entity, claims: granted.claims, claimed_at: granted.claimed_at, follows: null }
  const witness = decider.witnessOf(applicationKey, current)
  if (witness !== null) return decider.invitation(lost(current, witness, keys, nowMs))
  if (!hasTurn && !ports.tryTurn(tenant)) {
    decider.invitation(waitsForTurn(current, keys, nowMs))
    decider.effect({
      type: 'await-turn',
      tenant,
      urgency: 'create',
      key: `invite ${applicationKey}`,
      input: { ...again, hasTurn: true },
    })
    return
  }
  const deadlineMs = ports.policy.callDeadlineMs
  const call = {
    keys,
    pulsifiJobId: fit.request.job_id,
    anonymous: fit.request.is_anonymous_candidate,
    deadlineMs,
  }
  const record = intended(current, call, fit.adjustments.map(codeOfAdjustment), nowMs)
  decider.invitation(record)
  decider.reference('EXT_REFERENCE_ID', record.ext_reference_id, record)
  decider.effect({
    type: 'invite',
    tenant,
    applicationKey,
    attempt: record.attempt,
    deadlineAtMs: nowMs + deadlineMs,
    request: fit.request,
  })
}

const codeOfAdjustment = ({ field, rule }: Adjustment): AdjustedReason => `ADJUSTED:${field}:${rule}`

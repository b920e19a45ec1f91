/** Decides one job: what its binding becomes, and whether a call to Pulsifi starts. */
import type { Job, PulsifiJobBinding } from '../../../schemas/types.ts'
import { isUsableKey, partsOfKey, sha256Hex } from '../../core/identity.ts'
import type { OperatorCommand } from '../../core/inbox-command.ts'
import type { RefusalReason } from '../../core/reasons.ts'
import { HEADER, PULSIFI_JOB_BINDING } from '../../core/topics.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { InputRecord } from '../../platform/partitions/processor.ts'
import { isSetAside } from '../../platform/partitions/set-aside.ts'
import type { ApiVerdict } from '../../platform/pulsifi/classify.ts'
import type { CreateJobRequest, JobReply } from '../../platform/pulsifi/pulsifi-api.ts'
import type { Fit } from '../fit/fit.ts'
import { fitJob } from '../fit/job.ts'
import {
  accountFound,
  blocked,
  boundByHand,
  deadLettered,
  drifted,
  ifDifferent,
  type JobRetryPolicy,
  jobAnswered,
  jobSeen,
  newBinding,
  pending,
  refused,
  unblockedByHand,
  wanted,
} from '../ledger/job.ts'
import { bindingOf, isWithoutAccount, jobOf } from '../ledger/state.ts'
import type { Decider } from './decider.ts'
import { LOST_REPLY } from './inbox.ts'

const currentOf = (decider: Decider, jobKey: string): PulsifiJobBinding =>
  bindingOf(decider.state, jobKey) ?? newBinding(jobKey, decider.nowMs)

/** Whether its newest record may say that Pulsifi has it: then only a person goes on. */
const isUnreadable = (decider: Decider, jobKey: string): boolean =>
  isSetAside(decider.state, PULSIFI_JOB_BINDING, jobKey)

/** A version of the canonical job. */
export function decideJobRecord(decider: Decider, job: Job): void {
  if (isUnreadable(decider, job.job_key)) return
  const current = currentOf(decider, job.job_key)
  const seen = jobSeen(current, job, decider.nowMs) ?? current
  const next = byContent(decider, seen, job) ?? seen
  // Compared as a whole: a version that is blocked for what the last one was blocked for says nothing new.
  decider.binding(ifDifferent(current, next))
  if (next.state === 'WANTED') create(decider, next, job, false)
}

/**
 * A dead letter of the normalizer. Where it holds what the source said of a job that has not come since, the applications that
 * wait for the job say so.
 */
export function decideJobLetter(
  decider: Decider,
  { topic, partition, offset, key, headers }: InputRecord,
): void {
  if (key === null || headerText(headers, HEADER.entity) !== 'job') return
  const jobKey = key.toString()
  if (!isUsableKey(jobKey)) return
  if (isUnreadable(decider, jobKey) || jobOf(decider.state, jobKey) !== undefined) return
  const reason = `JOB_DEAD_LETTERED:${topic}/${partition}/${offset}` as const
  decider.binding(deadLettered(currentOf(decider, jobKey), reason, decider.nowMs))
}

function byContent(decider: Decider, seen: PulsifiJobBinding, job: Job): PulsifiJobBinding | null {
  if (seen.state === 'BOUND') return drifted(seen, requestHash(decider, job), decider.nowMs)
  if (seen.state !== 'WANTED') return null
  const fit = fitUnlessUnfit(decider, job, partsOfKey(job.job_key).tenant)
  return fit.type === 'blocked' ? blocked(seen, fit.reasons, decider.nowMs) : null
}

/** An application needs the job. */
export function decideJobWanted(decider: Decider, jobKey: string): void {
  if (isUnreadable(decider, jobKey)) return
  const record = wanted(currentOf(decider, jobKey), decider.nowMs)
  decider.binding(record)
  if (record !== null) decideJobAgain(decider, jobKey, false)
}

/** By what the store knows of the job. */
export function decideJobAgain(decider: Decider, jobKey: string, hasTurn: boolean): void {
  if (isUnreadable(decider, jobKey)) return
  const current = withAccount(decider, bindingOf(decider.state, jobKey))
  const job = jobOf(decider.state, jobKey)
  // Wanted by an application, and not yet sent by its source: it is created when it comes.
  if (current?.state !== 'WANTED' || job === undefined) return
  create(decider, current, job, hasTurn)
}

/** Who was blocked for want of an account, and has one, is wanted again. */
function withAccount(decider: Decider, known: PulsifiJobBinding | undefined): PulsifiJobBinding | undefined {
  if (known === undefined || !isWithoutAccount(known)) return known
  if (!decider.ports.hasAccount(partsOfKey(known.job_key).tenant)) return known
  const record = accountFound(known, decider.nowMs)
  decider.binding(record)
  return record ?? known
}

function create(decider: Decider, current: PulsifiJobBinding, job: Job, hasTurn: boolean): void {
  const { nowMs, ports } = decider
  const jobKey = current.job_key
  const { tenant } = partsOfKey(jobKey)
  const fit = fitUnlessUnfit(decider, job, tenant)
  if (fit.type === 'blocked') {
    decider.binding(blocked(current, fit.reasons, nowMs))
    return
  }
  const again = { type: 'decide-job', jobKey } as const
  if (current.next_attempt_at !== null && current.next_attempt_at > nowMs) {
    decider.effect({ type: 'wake', atMs: current.next_attempt_at, input: { ...again, hasTurn: false } })
    return
  }
  if (!hasTurn && !ports.tryTurn(tenant)) {
    decider.effect({
      type: 'await-turn',
      tenant,
      urgency: 'create',
      key: `job ${jobKey}`,
      input: { ...again, hasTurn: true },
    })
    return
  }
  const { callDeadlineMs } = ports.policy
  const record = pending(current, hashOf(fit.request), callDeadlineMs, nowMs)
  decider.binding(record)
  const { attempt } = record
  decider.effect({
    type: 'create-job',
    tenant,
    jobKey,
    attempt,
    deadlineAtMs: nowMs + callDeadlineMs,
    request: fit.request,
  })
}

function fitUnlessUnfit(decider: Decider, job: Job, tenant: string): Fit<CreateJobRequest> {
  if (job.lifecycle === 'DELETED') return { type: 'blocked', reasons: ['JOB_DELETED'] }
  if (job.kind === 'SPONTANEOUS') return { type: 'blocked', reasons: ['SPONTANEOUS_JOB'] }
  if (!decider.ports.hasAccount(tenant)) return { type: 'blocked', reasons: ['PULSIFI_ACCOUNT_MISSING'] }
  return fitJob(job, decider.ports.policy.jobFit)
}

const hashOf = (request: CreateJobRequest): string => sha256Hex(JSON.stringify(request))

/** Of what would be sent now; null when nothing could be. */
function requestHash(decider: Decider, job: Job): string | null {
  const fit = job.lifecycle === 'DELETED' ? null : fitJob(job, decider.ports.policy.jobFit)
  return fit?.type === 'fitted' ? hashOf(fit.request) : null
}

const retryPolicy = ({ nowMs, ports }: Decider): JobRetryPolicy => ({
  nowMs,
  waitsMs: ports.policy.jobWaitsMs,
  ambiguousRetries: ports.policy.ambiguousJobRetries,
})

/** The answer to a call, whichever way it came. */
export function applyJobAnswer(
  decider: Decider,
  jobKey: string,
  attempt: number,
  verdict: ApiVerdict<JobReply>,
): void {
  decider.binding(jobAnswered(currentOf(decider, jobKey), attempt, verdict, retryPolicy(decider)))
  decideJobAgain(decider, jobKey, false)
}

/** The call of this attempt ended long ago. Its answer may lie unread in the inbox, so this is said behind it. */
export function giveUpJob(decider: Decider, jobKey: string, attempt: number): void {
  const known = bindingOf(decider.state, jobKey)
  if (known?.state !== 'PENDING' || known.attempt !== attempt) return
  decider.send({ kind: 'JOB_ANSWER', jobKey, attempt, verdict: LOST_REPLY }, decider.partition)
}

/** Pulsifi takes no more candidates for it. */
export const refuseJob = (
  decider: Decider,
  jobKey: string,
  pulsifiJobId: string,
  reason: RefusalReason,
): void => decider.binding(refused(currentOf(decider, jobKey), pulsifiJobId, reason, decider.nowMs))

/** An operator has mended what a blocked job was blocked for. */
export function retryJob(decider: Decider, jobKey: string, attempt: number): void {
  decider.binding(unblockedByHand(currentOf(decider, jobKey), attempt, decider.nowMs))
  decideJobAgain(decider, jobKey, false)
}

/** An operator says which job at Pulsifi it is. */
export const bindJob = (
  decider: Decider,
  { jobKey, pulsifiJobId, replaces }: OperatorCommand & { command: 'bind-job' },
): void => decider.binding(boundByHand(currentOf(decider, jobKey), pulsifiJobId, replaces, decider.nowMs))

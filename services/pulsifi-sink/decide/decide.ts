/** Every input of the sink, and what follows from it. Pure but for the state and the turns it reads. */
import type { AvroTopic, RecordOf } from '../../../schemas/subjects.ts'
import type { Candidate, Job } from '../../../schemas/types.ts'
import type { OperatorCommand } from '../../core/inbox-command.ts'
import { andThen, type Outcome, ok, reject } from '../../core/outcome.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  DEAD_LETTER_HEADER,
  deadLetterTopic,
  PULSIFI_INBOX,
  PULSIFI_RAW,
} from '../../core/topics.ts'
import { UndecodableError } from '../../platform/avro/codec.ts'
import { deadLetter, deadLetterOfOversized } from '../../platform/dead-letters/letter.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { InputOutcome, InputRecord, Output, Oversized } from '../../platform/partitions/processor.ts'
import { candidateEntries, candidateOf, jobKey, jobOf } from '../ledger/state.ts'
import { applyAnswer, giveUp, planLook } from './after-call.ts'
import { answerClaim, follow, hearAnswer, hearFree } from './after-claim.ts'
import { hear, observe } from './after-look.ts'
import { decideAgain, decideCandidate, decideUnknown } from './application.ts'
import { decideByHand, resolveByHand } from './by-hand.ts'
import { decideCallback, tenantOfCallback } from './callback.ts'
import { claimForOlder, releaseClaim } from './claim.ts'
import { type Decider, GROUP } from './decider.ts'
import type { Internal } from './effects.ts'
import { fromInbox, type InboxMessage } from './inbox.ts'
import {
  applyJobAnswer,
  bindJob,
  decideJobAgain,
  decideJobLetter,
  decideJobRecord,
  decideJobWanted,
  giveUpJob,
  refuseJob,
  retryJob,
} from './job.ts'
import { look, planSweep, sweep } from './look.ts'
import { hearResult } from './share.ts'
import { skipRecord } from './skip-record.ts'

const NORMALIZER_LETTERS = deadLetterTopic('normalizer')
const REFUSED_HERE = { process: GROUP, group: GROUP, stage: 'decide' } as const

/** The topic that a record speaks for: its own, or, when it was redriven, the one where it first failed. */
export const topicOf = ({ topic, headers }: InputRecord): string =>
  headerText(headers, DEAD_LETTER_HEADER.topic) ?? topic

export function decideRecord(decider: Decider, record: InputRecord): InputOutcome {
  const label = labelOf(record)
  const decided = readAndDecide(decider, record)
  if (decided.type === 'ok') return { name: decided.value, ...label, reason: '' }
  if (decided.type === 'skip') return { name: 'skipped', ...label, reason: decided.reason }
  const { code, detail } = decided
  decider.output(deadLetter(record, { ...REFUSED_HERE, code, detail }))
  return { name: 'dead_lettered', ...label, reason: code }
}

/** A record that led to one that is too large. */
export const refuseOversized = (
  record: InputRecord,
  oversized: Oversized,
): { outcome: InputOutcome; outputs: readonly Output[] } => ({
  outcome: { name: 'dead_lettered', ...labelOf(record), reason: 'RECORD_TOO_LARGE' },
  outputs: [deadLetterOfOversized(record, oversized, REFUSED_HERE)],
})

function labelOf(record: InputRecord): Pick<InputOutcome, 'source' | 'tenant'> {
  if (topicOf(record) === PULSIFI_RAW) return { source: 'pulsifi', tenant: tenantOfCallback(record) }
  return { source: null, tenant: record.key?.toString().split(':')[1] ?? 'unknown' }
}

function readAndDecide(decider: Decider, record: InputRecord): Outcome<'published' | 'duplicate'> {
  if (record.topic === NORMALIZER_LETTERS)
    return andThen(done(decideJobLetter(decider, record)), () => told(decider))
  const topic = topicOf(record)
  if (topic === PULSIFI_RAW) return decideCallback(decider, record)
  const isRedriven = topic !== record.topic
  const decided =
    record.value === null
      ? done(decideTombstone(decider, topic, record.key))
      : decideValue(decider, topic, record.value, isRedriven)
  return andThen(decided, () => told(decider))
}

const told = (decider: Decider): Outcome<'published' | 'duplicate'> =>
  ok(decider.hasWritten ? 'published' : 'duplicate')

/** The marker that went before it may have been compacted away unread. */
function decideTombstone(decider: Decider, topic: string, key: Buffer | null): void {
  if (topic === CANONICAL_CANDIDATE && key !== null) decideNewest(decider, key.toString())
}

/**
 * Records of a candidate or a job are whole states, and the table may be ahead of the one that is read: after a pause, or
 * when offsets were set back. Somebody who has been deleted since is not invited by what was true before.
 */
const decideNewest = (decider: Decider, key: string): void =>
  decideCandidate(decider, key, candidateOf(decider.state, key))

function decideNewestJob(decider: Decider, key: string): void {
  const job = jobOf(decider.state, key)
  if (job !== undefined) decideJobRecord(decider, job)
}

function decideValue(decider: Decider, topic: string, value: Buffer, isRedriven: boolean): Outcome<null> {
  switch (topic) {
    case CANONICAL_JOB:
      return andThen(read(decider, topic, value), job => {
        const { job_key: key } = job
        if (!isRedriven) return done(decideNewestJob(decider, key))
        if (isLater(jobOf(decider.state, key), job)) return ok(null)
        decider.keep([jobKey(key), job])
        return done(decideJobRecord(decider, job))
      })
    case CANONICAL_CANDIDATE:
      return andThen(read(decider, topic, value), candidate => {
        const { candidate_key: key } = candidate
        if (!isRedriven) return done(decideNewest(decider, key))
        if (isLater(candidateOf(decider.state, key), candidate)) return ok(null)
        keepCandidate(decider, candidate)
        return done(decideCandidate(decider, key, candidate))
      })
    case PULSIFI_INBOX:
      return andThen(andThen(read(decider, topic, value), fromInbox), message =>
        done(decideMessage(decider, message)),
      )
    default:
      return reject('SOURCE_UNKNOWN', 'a topic that the sink does not read')
  }
}

/** A redriven record comes after those that followed it. */
const isLater = (known: Job | Candidate | undefined, redriven: Job | Candidate): boolean =>
  known !== undefined && known.provenance.received_at >= redriven.provenance.received_at

const done = (_: unknown): Outcome<null> => ok(null)

function read<T extends AvroTopic>({ ports }: Decider, topic: T, value: Buffer): Outcome<RecordOf[T]> {
  try {
    return ok(ports.codec.decode(topic, value))
  } catch (error) {
    if (error instanceof UndecodableError) return reject('RECORD_UNREADABLE', 'not Avro of this topic')
    throw error
  }
}

function decideMessage(decider: Decider, message: InboxMessage): void {
  switch (message.kind) {
    case 'JOB_WANTED':
      return decideJobWanted(decider, message.jobKey)
    case 'JOB_REFUSED':
      return refuseJob(decider, message.jobKey, message.pulsifiJobId, message.reason)
    case 'OBSERVE':
      return hear(decider, message.applicationKey, message.notBeforeMs)
    case 'OBSERVATION':
      return observe(decider, { askedAtMs: decider.nowMs, ...message, trigger: 'WEBHOOK' })
    case 'INVITATION_ANSWER':
      return applyAnswer(decider, message.applicationKey, message.attempt, message.verdict)
    case 'JOB_ANSWER':
      return applyJobAnswer(decider, message.jobKey, message.attempt, message.verdict)
    case 'CANDIDATE_REST':
      return decideCandidate(
        decider,
        message.candidateKey,
        candidateOf(decider.state, message.candidateKey),
        message,
      )
    case 'POLL_WANTED':
      return planSweep(decider, message.tenant)
    case 'COMMAND':
      return decideCommand(decider, message)
    default:
      return decideAboutClaims(decider, message)
  }
}

function decideAboutClaims(
  decider: Decider,
  message: Extract<
    InboxMessage,
    { kind: 'CLAIM' | 'CLAIM_ANSWER' | 'CLAIM_RELEASED' | 'CLAIM_FREE' | 'FOLLOW' | 'SHARED_RESULT' }
  >,
): void {
  switch (message.kind) {
    case 'CLAIM':
      return answerClaim(decider, message)
    case 'CLAIM_ANSWER':
      return hearAnswer(decider, message)
    case 'CLAIM_RELEASED':
      return releaseClaim(decider, message)
    case 'CLAIM_FREE':
      return hearFree(decider, message)
    case 'FOLLOW':
      return follow(decider, message)
    case 'SHARED_RESULT':
      return hearResult(decider, message)
  }
}

function decideCommand(decider: Decider, command: OperatorCommand): void {
  decider.actor = 'operator'
  switch (command.command) {
    case 'bind-job':
      return bindJob(decider, command)
    case 'decide-job-again':
      return retryJob(decider, command.jobKey, command.attempt)
    case 'decide-again':
      return decideByHand(decider, command.applicationKey, command.attempt)
    case 'skip-record':
      return skipRecord(decider, command)
    case 'erase':
      return eraseByHand(decider, command.candidateKey)
    case 'resolve':
      return resolveByHand(decider, command.applicationKey, command.attempt, command.pulsifiCandidateId)
  }
}

/** What an older version left of somebody; of whoever is there, or is back, nothing goes. */
function eraseByHand(decider: Decider, key: string): void {
  const candidate = candidateOf(decider.state, key)
  if (candidate === undefined || candidate.lifecycle === 'DELETED') decideCandidate(decider, key, candidate)
}

/** Inputs that come from no topic. */
export function decideInternal(decider: Decider, input: Internal): void {
  switch (input.type) {
    case 'decide-application':
      return decideAgain(decider, input.applicationKey, input.hasTurn)
    case 'decide-job':
      return decideJobAgain(decider, input.jobKey, input.hasTurn)
    case 'claim':
      return claimForOlder(decider, input.applicationKey)
    case 'decide-candidate':
      return decideUnknown(decider, input.candidateKey)
    case 'look':
      return look(decider, input.applicationKey, input.trigger, input.hasTurn)
    case 'poll-open':
      return sweep(decider, input.tenant)
    default:
      return afterEffect(decider, input)
  }
}

function afterEffect(
  decider: Decider,
  input: Exclude<
    Internal,
    { type: 'decide-application' | 'decide-job' | 'claim' | 'decide-candidate' | 'look' | 'poll-open' }
  >,
): void {
  switch (input.type) {
    case 'invitation-answer':
      return applyAnswer(decider, input.applicationKey, input.attempt, input.verdict)
    case 'job-answer':
      return applyJobAnswer(decider, input.jobKey, input.attempt, input.verdict)
    case 'observation':
      return observe(decider, input)
    case 'plan-look':
      return planLook(decider, input.applicationKey, 'POLL')
    case 'look-failed':
      return planLook(decider, input.applicationKey, input.trigger)
    case 'give-up-application':
      return giveUp(decider, input.applicationKey, input.attempt)
    case 'give-up-job':
      return giveUpJob(decider, input.jobKey, input.attempt)
  }
}

function keepCandidate(decider: Decider, candidate: Candidate): void {
  const { candidate_key: key } = candidate
  for (const entry of candidateEntries(key, candidate, candidateOf(decider.state, key))) decider.keep(entry)
}

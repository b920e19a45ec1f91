/** Every input of the sink, and what is decided about it. Pure but for the state and the turns it reads. */
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import { andThen, type Outcome, ok, reject } from '../core/outcome.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  DEAD_LETTER_HEADER,
  PULSIFI_INBOX,
  PULSIFI_RAW,
} from '../core/topics.ts'
import { UndecodableError } from '../platform/avro-codec.ts'
import { deadLetter } from '../platform/dead-letter.ts'
import type { InputOutcome, InputRecord } from '../platform/processor.ts'
import { headerText } from '../platform/record-headers.ts'
import { decideAgain, decideCandidate } from './decide-application.ts'
import {
  bindJob,
  decideJobAgain,
  decideJobRecord,
  decideJobWanted,
  giveUpJob,
  refuseJob,
  settleJobAnswer,
} from './decide-job.ts'
import type { Decider } from './decider.ts'
import type { CallbackFact, Internal } from './effects.ts'
import { fromInbox, type InboxMessage } from './inbox.ts'
import { look } from './look.ts'
import { observe } from './observation.ts'
import { giveUp, scheduleLook, settleAnswer } from './settle-call.ts'
import { invitationOf, waitingForJob } from './state.ts'

export const GROUP = 'pulsifi-sink'

/** The topic that a record speaks for: its own, or, when it was redriven, the one where it first failed. */
export const topicOf = ({ topic, headers }: InputRecord): string =>
  headerText(headers, DEAD_LETTER_HEADER.topic) ?? topic

export function decideRecord(decider: Decider, record: InputRecord): InputOutcome {
  const source = topicOf(record) === PULSIFI_RAW ? 'pulsifi' : null
  const tenant = record.key?.toString().split(':')[1] ?? 'unknown'
  const decided = readAndDecide(decider, record)
  if (decided.type === 'ok') return { name: decided.value, source, tenant, reason: '' }
  if (decided.type === 'skip') return { name: 'skipped', source, tenant, reason: decided.reason }
  const { code, detail } = decided
  decider.output(deadLetter(record, { process: GROUP, group: GROUP, stage: 'decide', code, detail }))
  return { name: 'dead_lettered', source, tenant, reason: code }
}

function readAndDecide(decider: Decider, record: InputRecord): Outcome<'published' | 'duplicate'> {
  const topic = topicOf(record)
  if (topic === PULSIFI_RAW) return decideCallback(decider, record.fact)
  // A tombstone: what it removes left the state with it.
  if (record.value === null) return ok('duplicate')
  return andThen(decideValue(decider, topic, record.value), () =>
    ok(decider.hasWritten ? 'published' : 'duplicate'),
  )
}

function decideValue(decider: Decider, topic: string, value: Buffer): Outcome<null> {
  switch (topic) {
    case CANONICAL_JOB:
      return andThen(read(decider, topic, value), job => done(decideJobRecord(decider, job)))
    case CANONICAL_CANDIDATE:
      return andThen(read(decider, topic, value), candidate => done(decideCandidate(decider, candidate)))
    case PULSIFI_INBOX:
      return andThen(andThen(read(decider, topic, value), fromInbox), message =>
        done(decideMessage(decider, message)),
      )
    default:
      return reject('SOURCE_UNKNOWN', 'a topic that the sink does not read')
  }
}

const done = (_: unknown): Outcome<null> => ok(null)

function read<T extends AvroTopic>({ ports }: Decider, topic: T, value: Buffer): Outcome<RecordOf[T]> {
  try {
    return ok(ports.codec.decode(topic, value))
  } catch (error) {
    if (error instanceof UndecodableError) return reject('RECORD_UNREADABLE', 'not Avro of this topic')
    throw error
  }
}

/** A callback says nothing itself; what it led to goes to the owner of the application. */
function decideCallback(decider: Decider, fact: unknown): Outcome<'published'> {
  // Cast: `lookUp` of the sink answers with nothing else.
  const found = fact as CallbackFact
  if (found.type === 'no-hint') return reject('REFERENCE_UNKNOWN', 'no identifier of ours in the body')
  if (found.type === 'unknown-reference') return reject('REFERENCE_UNKNOWN', 'Pulsifi and we do not know it')
  decider.send(found.message, found.partition)
  return ok('published')
}

function decideMessage(decider: Decider, message: InboxMessage): void {
  switch (message.kind) {
    case 'JOB_WANTED':
      return decideJobWanted(decider, message.jobKey)
    case 'JOB_REFUSED':
      return refuseJob(decider, message.jobKey, message.reason)
    case 'OBSERVE':
      look(decider, message.applicationKey, 'WEBHOOK', false)
      return
    case 'OBSERVATION':
      return observe(decider, message.applicationKey, message.reply, 'WEBHOOK')
    case 'INVITATION_ANSWER':
      return settleAnswer(decider, message.applicationKey, message.attempt, message.verdict)
    case 'JOB_ANSWER':
      return settleJobAnswer(decider, message.jobKey, message.attempt, message.verdict)
    case 'COMMAND':
      if (message.command === 'bind-job') bindJob(decider, message.jobKey, message.pulsifiJobId)
      else decideAgain(decider, message.applicationKey, false)
  }
}

/** Inputs that come from no topic. Says whether the turn that came with one was used. */
export function decideInternal(decider: Decider, input: Internal): boolean {
  switch (input.type) {
    case 'decide-application':
      return decideAgain(decider, input.applicationKey, input.hasTurn)
    case 'decide-job':
      return decideJobAgain(decider, input.jobKey, input.hasTurn)
    case 'look':
      return look(decider, input.applicationKey, input.trigger, input.hasTurn)
    case 'job-changed':
      for (const key of waitingForJob(decider.state, input.jobKey)) decideAgain(decider, key, false)
      return false
    default:
      settle(decider, input)
      return false
  }
}

function settle(
  decider: Decider,
  input: Exclude<Internal, { type: 'decide-application' | 'decide-job' | 'look' | 'job-changed' }>,
): void {
  switch (input.type) {
    case 'invitation-answer':
      return settleAnswer(decider, input.applicationKey, input.attempt, input.verdict)
    case 'job-answer':
      return settleJobAnswer(decider, input.jobKey, input.attempt, input.verdict)
    case 'observation':
      return observe(decider, input.applicationKey, input.reply, input.trigger)
    case 'plan-look': {
      const known = invitationOf(decider.state, input.applicationKey)
      if (known !== undefined) scheduleLook(decider, known)
      return
    }
    case 'give-up-application':
      return giveUp(decider, input.applicationKey, input.attempt)
    case 'give-up-job':
      return giveUpJob(decider, input.jobKey, input.attempt)
  }
}

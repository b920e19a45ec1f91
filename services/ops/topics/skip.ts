/** `ops topics skip`: a person has looked at a record that nobody can read, and what comes after it may go on. */
import { InvalidArgumentError } from 'commander'
import { type OperatorCommand, SKIPPABLE_TOPICS } from '../../core/inbox-command.ts'
import { PULSIFI_INVITATION } from '../../core/topics.ts'
import { recordAt } from '../../platform/readers/record-at.ts'
import { askOwners, NO_ANSWER } from '../cli/ask-owner.ts'
import { agreed, type Consent } from '../cli/consent.ts'
import { OperatorError, UsageError } from '../cli/exit.ts'
import { decode, READER, type Session } from '../cli/session.ts'

export type SkippableTopic = Extract<OperatorCommand, { command: 'skip-record' }>['topic']

export interface RecordPlace {
  readonly topic: SkippableTopic
  readonly partition: number
  readonly offset: number
}

export interface SkipOptions extends Consent {
  readonly forget?: true
  readonly wait: number
}

/** `<topic>/<partition>/<offset>`, as logs name a record. */
export function placeArgument(text: string): RecordPlace {
  const [, name = '', partition, offset] = /^(.+)\/(\d+)\/(\d+)$/.exec(text) ?? []
  const topic = SKIPPABLE_TOPICS.find(skippable => skippable === name)
  if (topic === undefined)
    throw new InvalidArgumentError(
      `Write <topic>/<partition>/<offset>, of ${SKIPPABLE_TOPICS.join(', ')}: what nobody can read elsewhere is a dead letter, or is replaced by the next record of its key.`,
    )
  return { topic, partition: Number(partition), offset: Number(offset) }
}

export async function skip(
  session: Session,
  place: RecordPlace,
  { forget, wait, ...consent }: SkipOptions,
  nowMs: () => number,
): Promise<void> {
  const { topic, partition, offset } = place
  if (topic === PULSIFI_INVITATION && forget !== true) throw new UsageError(LEDGER)
  const record = await recordAt(session.kafka, place, { reader: READER, signal: session.signal })
  if (record?.key == null)
    throw new OperatorError('there is no such record: the next one of its key may have replaced it')
  if (record.value === null || (await decode(session, topic, record.value)) !== undefined)
    throw new OperatorError('the record can be read: there is nothing to skip')
  const { key } = record
  if (!(await agreed(session, consent, `have the owner of ${key} write over this record`))) return
  const command = { command: 'skip-record', topic, key, offset } as const
  const answers = await askOwners(session, [{ command, key, partition }], { topic, waitMs: wait, nowMs })
  const answer = answers.get(key)
  if (answer === undefined) throw new OperatorError(NO_ANSWER)
  session.out.note(
    answer.value === null
      ? `nothing is known of ${key}: the owner has removed it`
      : `the owner has written again what it knows of ${key}`,
  )
}

const LEDGER =
  'what the record said of the application is lost, unless its owner still knows it. If it said that somebody was invited, they may be invited again: look for the application at Pulsifi first, then say --forget'

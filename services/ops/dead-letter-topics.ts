/** Reads dead letters and decides about them, on Kafka. */
import { DEAD_LETTER_STATE, deadLetterTopic } from '../core/topics.ts'
import { openFencedWriter, SupersededError, type WholeRecord } from '../platform/fenced-writer.ts'
import type { TopicRecord } from '../platform/topic-reader.ts'
import {
  type DeadLetter,
  Decision,
  type LetterFilter,
  matches,
  type Plan,
  PROCESSES,
  toDeadLetter,
} from './dead-letter.ts'
import { OperatorError } from './exit.ts'
import { read, type Session } from './session.ts'

export interface LetterSelection extends LetterFilter {
  readonly sinceMs?: number
  readonly untilMs?: number
  /** Names of letters; unset: all that match. */
  readonly ids?: ReadonlySet<string>
}

export interface Letter {
  readonly letter: DeadLetter
  readonly record: TopicRecord
}

export async function* readLetters(session: Session, selection: LetterSelection): AsyncGenerator<Letter> {
  const { sinceMs, untilMs, ids } = selection
  const topics = PROCESSES.filter(name => selection.process === undefined || name === selection.process)
    .map(deadLetterTopic)
    .filter(topic => ids === undefined || [...ids].some(id => id.startsWith(`${topic}/`)))
  const from = sinceMs === undefined ? ('beginning' as const) : { timeMs: sinceMs }
  const range = { topics, from, ...(untilMs !== undefined && { untilMs }) }
  for await (const record of read(session, 'dead letters', range)) {
    const letter = toDeadLetter(record)
    if (letter === null || !matches(letter, selection) || ids?.has(letter.id) === false) continue
    yield { letter, record }
  }
}

/** What was decided about letters, by their names. */
export async function readDecisions(session: Session): Promise<ReadonlyMap<string, Decision>> {
  const decisions = new Map<string, Decision>()
  const selection = { topics: [DEAD_LETTER_STATE], from: 'beginning' as const }
  for await (const { key, value } of read(session, 'decisions', selection)) {
    if (key === null) continue
    const decision = Decision.safeParse(value === null ? undefined : parsed(value))
    if (decision.success) decisions.set(key, decision.data)
    else decisions.delete(key)
  }
  return decisions
}

function parsed(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'))
  } catch {
    return undefined
  }
}

export interface Desk {
  /** What was decided before this desk opened; nobody else can decide since. */
  readonly decisions: ReadonlyMap<string, Decision>
  /** Does what the plan says and records it, both or neither. */
  readonly settle: (letter: Letter, plan: Exclude<Plan, { type: 'leave' }>) => Promise<void>
  readonly close: () => Promise<void>
}

const TRANSACTIONAL_ID = 'ops-dead-letters'

/** One desk is open at a time: an earlier one can decide nothing any more. So no letter is decided about twice. */
export async function openDesk(session: Session, operator: string, nowMs: () => number): Promise<Desk> {
  const writer = await openFencedWriter(session.kafka, TRANSACTIONAL_ID)
  try {
    return {
      decisions: await readDecisions(session),
      close: writer.close,
      async settle({ letter, record }, plan) {
        const decision = decisionOf(plan, operator, nowMs())
        const records = [...redriven(record, plan), stateRecord(letter, decision)]
        await writer.write(records).catch((error: unknown) => {
          throw error instanceof SupersededError ? new OperatorError(SUPERSEDED) : error
        })
      },
    }
  } catch (error) {
    await writer.close()
    throw error
  }
}

const SUPERSEDED =
  'another operator has begun to decide about dead letters: what was done until now is recorded; list again, then go on'

const decisionOf = (plan: Plan, by: string, nowMs: number): Decision => ({
  decision: plan.type === 'redrive' ? 'redriven' : 'discarded',
  at: new Date(nowMs).toISOString(),
  by,
  to: plan.type === 'redrive' ? plan.to : null,
})

/** As it was, to the owner of the same partition: only the process that refused it reads that topic. */
const redriven = (
  { keyBytes, value, headers, partition }: TopicRecord,
  plan: Plan,
): readonly WholeRecord[] =>
  plan.type === 'redrive' ? [{ topic: plan.to, key: keyBytes, value, headers, partition }] : []

const stateRecord = ({ id }: DeadLetter, decision: Decision): WholeRecord => ({
  topic: DEAD_LETTER_STATE,
  key: id,
  value: Buffer.from(JSON.stringify(decision)),
  headers: {},
})

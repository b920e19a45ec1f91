/** What an operator decides is a record on the audit topic, before it is done: who, from where, what, about what; no values. */
import { randomUUID } from 'node:crypto'
import { AUDIT } from '../../core/topics.ts'
import { createGroupCommitProducer, PRODUCER_DEFAULTS } from '../../platform/kafka/producer.ts'
import { OperatorError } from './exit.ts'
import type { Operator, Session } from './session.ts'

const ACKNOWLEDGE_WITHIN_MS = 10_000
/** More than so many are told by several records: one has to fit into a batch. */
const SUBJECTS_MAX = 500

/**
 * @param subjects keys or places; none where the decision is about whatever it finds
 * @param by who decides, where the command line names somebody
 * @throws OperatorError when it cannot be recorded: then nothing may be done
 */
export async function recordDecision(
  session: Session,
  subjects: readonly string[],
  by: Operator = session.operator,
): Promise<void> {
  const { kafka, codec, command, nowMs } = session
  await session.registerSchemas()
  const producer = createGroupCommitProducer(kafka, {
    ...PRODUCER_DEFAULTS,
    acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
    onFailure: () => undefined,
  })
  const about = { kind: 'DECISION', action: command, occurred_at: nowMs() } as const
  const whose = { actor: by.name, proved_by: by.provedBy, address: by.address }
  try {
    for (const some of inParts(subjects)) {
      const entry = { audit_id: randomUUID(), ...about, ...whose, subjects: [...some] }
      const value = codec.encode(AUDIT, entry)
      await producer.send({ topic: AUDIT, key: entry.audit_id, value, headers: {} })
    }
  } catch {
    throw new OperatorError(UNRECORDED)
  } finally {
    await producer.close()
  }
}

const UNRECORDED = `nothing was done, since it could not be recorded on ${AUDIT}: see that the topic is there ("topics check") and that this user may write it ("acls check"), then give the command again`

/** At least one part, so that a decision about whatever is found has its record. */
function inParts(subjects: readonly string[]): readonly (readonly string[])[] {
  const count = Math.max(1, Math.ceil(subjects.length / SUBJECTS_MAX))
  return Array.from({ length: count }, (_, part) =>
    subjects.slice(part * SUBJECTS_MAX, (part + 1) * SUBJECTS_MAX),
  )
}

/** Where dead letters are decided on: one desk is open at a time, so that no letter is decided on twice. */
import { DEAD_LETTER_STATE } from '../../core/topics.ts'
import type { BlobStore } from '../blobs/store.ts'
import { openFencedWriter, SupersededError, type WholeRecord } from '../kafka/fenced-writer.ts'
import { createGroupCommitProducer, type GroupCommitProducer, PRODUCER_DEFAULTS } from '../kafka/producer.ts'
import type { RawRecord } from '../raw-events/record.ts'
import type { TopicRecord } from '../readers/topic-reader.ts'
import { type Decision, decisionOf, type Plan } from './plan.ts'
import { type Letter, type LetterReading, letterLogs, readDecisions } from './topics.ts'
import type { DeadLetter } from './view.ts'

/** It could not be decided. `message` says why, for a person. */
export class DeskError extends Error {
  override readonly name = 'DeskError'
}

export interface Desk {
  /** What was decided before this desk opened; nobody else can decide since. */
  readonly decisions: ReadonlyMap<string, Decision>
  /** Does what the plan says, then records it. @throws DeskError */
  readonly resolve: (letter: Letter, plan: Exclude<Plan, { type: 'leave' }>) => Promise<void>
  readonly close: () => Promise<void>
}

export interface DeskPorts extends LetterReading {
  readonly blobs: Pick<BlobStore, 'put'>
  readonly nowMs: () => number
}

const TRANSACTIONAL_ID = 'ops-dead-letters'

/** @param operator who decides, for the record */
export async function openDesk(ports: DeskPorts, operator: string): Promise<Desk> {
  const writer = await openFencedWriter(ports.kafka, TRANSACTIONAL_ID)
  const raw = createRawWriter(ports)
  try {
    const logs = await letterLogs(ports.kafka)
    return {
      decisions: await readDecisions(ports),
      async resolve({ letter, record }, plan) {
        // Raw topics take no part in transactions: their offsets are counted one by one, and a transaction leaves marks.
        if (plan.type === 'route') await raw.write(plan.records)
        const decision = stateRecord(
          letter,
          decisionOf(plan, operator, logs.get(record.topic) ?? '', ports.nowMs()),
        )
        await writer.write([...redriven(record, plan), decision]).catch((error: unknown) => {
          throw error instanceof SupersededError ? new DeskError(SUPERSEDED) : error
        })
      },
      close: async () => void (await Promise.all([writer.close(), raw.close()])),
    }
  } catch (error) {
    await writer.close()
    throw error
  }
}

const SUPERSEDED =
  'another operator has begun to decide about dead letters: what was done until now is recorded; list again, then go on'

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

/** Raw records as ingress writes them: bytes first, then what refers to them. Written twice, they count as duplicates. */
function createRawWriter({ kafka, blobs }: DeskPorts) {
  let producer: GroupCommitProducer | undefined
  return {
    async write(records: readonly RawRecord[]): Promise<void> {
      for (const { uri, bytes } of records.flatMap(record => record.blobs)) await blobs.put(uri, bytes)
      producer ??= createGroupCommitProducer(kafka, {
        ...PRODUCER_DEFAULTS,
        acknowledgeWithinMs: 30_000,
        onFailure: () => undefined,
      })
      const { send } = producer
      await Promise.all(records.map(({ record }) => send(record))).catch(() => {
        throw new DeskError('Kafka did not confirm an event: do it again, repeats change nothing')
      })
    },
    close: async () => producer?.close(),
  }
}

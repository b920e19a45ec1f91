/** The console's figures, counted a second time: in plain code, from the records that stand on the topics. */
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import type { Application, PulsifiInvitation, PulsifiScore } from '../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../services/core/topics.ts'
import type { Codec } from '../../services/platform/avro/codec.ts'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import { readTopics, type TopicRecord } from '../../services/platform/readers/topic-reader.ts'

const TOPICS: readonly AvroTopic[] = [
  CANONICAL_JOB,
  CANONICAL_CANDIDATE,
  PULSIFI_INVITATION,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
]
const STATUSES = ['invited', 'opened', 'started', 'completed']

export interface Counted {
  readonly stages: Readonly<Record<string, number>>
  readonly outcomes: Readonly<Record<string, number>>
  readonly reasons: Readonly<Record<string, number>>
  readonly scores: Readonly<Record<string, { readonly count: number; readonly sum: number }>>
  readonly jobs: number
}

/** Of one tenant, since the topics are shared. */
export async function countTopics(kafka: KafkaClient, codec: Codec, tenant: string): Promise<Counted> {
  const records: TopicRecord[] = []
  // A score's key is its own.
  for await (const record of readTopics(
    kafka,
    { topics: [...TOPICS], from: 'beginning' },
    { reader: 'console-test' },
  ))
    if (record.topic === PULSIFI_SCORE || record.key?.split(':')[1] === tenant) records.push(record)
  await codec.prepare(records.map(({ value }) => value))
  const all = <T extends AvroTopic>(topic: T) =>
    records
      .filter(record => record.topic === topic)
      .map(({ key, value, timestampMs }) => ({
        key: key ?? '',
        timestampMs,
        value: value === null ? null : (codec.decode(topic, value) as RecordOf[T]),
      }))
  const newest = <T extends AvroTopic>(topic: T) => new Map(all(topic).map(({ key, value }) => [key, value]))

  const ledger = newest(PULSIFI_INVITATION)
  const named = [...newest(CANONICAL_CANDIDATE).values()].flatMap(value => value?.applications ?? [])
  return {
    ...counted(ledger, named, all(PULSIFI_INVITATION)),
    scores: scoresOf(all(PULSIFI_SCORE), all(PULSIFI_RESULT), tenant),
    jobs: new Set([
      ...newest(CANONICAL_JOB).keys(),
      ...named.map(({ job }) => job.job_key),
      ...[...ledger.values()].flatMap(value => value?.job_key ?? []),
    ]).size,
  }
}

function counted(
  ledger: ReadonlyMap<string, PulsifiInvitation | null>,
  named: readonly Application[],
  history: readonly { key: string; value: PulsifiInvitation | null }[],
) {
  const keys = new Set([...ledger.keys(), ...named.map(({ application_key }) => application_key)])
  const reached = new Map<string, number>()
  for (const { key, value } of history) {
    if (value?.outcome !== 'INVITED') continue
    const rank = Math.max(1, STATUSES.indexOf(value.status ?? '') + 1)
    reached.set(key, Math.max(rank, reached.get(key) ?? 0))
  }
  const ranks = [...reached.values()]
  const stages = Object.fromEntries(
    STATUSES.map((status, at) => [status, ranks.filter(rank => rank > at).length]),
  )
  const outcomes: Record<string, number> = {}
  const reasons: Record<string, number> = {}
  for (const key of keys) {
    const record = ledger.get(key)
    const outcome = record?.outcome ?? 'UNDECIDED'
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (!['WAITING', 'BLOCKED', 'AMBIGUOUS', 'FAILED', 'SKIPPED'].includes(outcome)) continue
    const reason = `${outcome} ${(record?.reasons[0] ?? 'NONE').replace(/:\d+$/, '')}`
    reasons[reason] = (reasons[reason] ?? 0) + 1
  }
  return { stages: { canonical: keys.size, ...stages }, outcomes, reasons }
}

function scoresOf(
  scores: readonly { value: PulsifiScore | null }[],
  results: readonly { key: string; value: unknown; timestampMs: number }[],
  tenant: string,
): Counted['scores'] {
  const erased = new Map(
    results.filter(({ value }) => value === null).map(({ key, timestampMs }) => [key, timestampMs]),
  )
  const current = new Map<string, PulsifiScore>()
  for (const { value } of scores) {
    if (value?.tenant_id !== tenant) continue
    if (value.observed_at <= (erased.get(value.application_key) ?? -1)) continue
    const id = `${value.application_key} ${value.kind} ${value.score_type}`
    if ((current.get(id)?.observed_at ?? -1) <= value.observed_at) current.set(id, value)
  }
  const sums: Record<string, { count: number; sum: number }> = {}
  for (const { score_type, normalized } of current.values()) {
    const { count, sum } = sums[score_type] ?? { count: 0, sum: 0 }
    sums[score_type] = { count: count + 1, sum: sum + (normalized ?? 0) * 100 }
  }
  return sums
}

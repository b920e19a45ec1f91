/** The ledger of jobs at Pulsifi, and which of them nobody knows whether they were made. */
import type { PulsifiJobBinding } from '../../schemas/types.ts'
import { PULSIFI_JOB_BINDING } from '../../services/core/topics.ts'
import type { TopicsReader } from './topics.ts'

export interface AmbiguousJob {
  readonly key: string
  /** When its last attempt was intended; null when no attempt is on the topic. */
  readonly intendedAtMs: number | null
}

/** Jobs whose last attempt had no answer. Those who applied for them wait until somebody says which job it is. */
export async function readAmbiguousJobs(reader: TopicsReader): Promise<readonly AmbiguousJob[]> {
  const newest = new Map<string, PulsifiJobBinding>()
  const intents = new Map<string, number>()
  for (const { key, record } of await reader.decode(
    PULSIFI_JOB_BINDING,
    await reader.read(PULSIFI_JOB_BINDING),
  )) {
    if (record === null) continue
    newest.set(key, record)
    if (record.state === 'PENDING') intents.set(key, record.updated_at)
  }
  return [...newest]
    .filter(([, { state }]) => state === 'AMBIGUOUS')
    .map(([key]) => ({ key, intendedAtMs: intents.get(key) ?? null }))
}

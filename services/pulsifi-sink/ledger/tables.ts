/** Which topics the sink keeps, and what of each. */
import type { AvroTopic, RecordOf } from '../../../schemas/subjects.ts'
import type { PulsifiJobBinding } from '../../../schemas/types.ts'
import { isUsableKey, KEY_SEPARATOR, partsOfKey } from '../../core/identity.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  LEDGERS,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RESULT,
} from '../../core/topics.ts'
import { type Codec, UndecodableError } from '../../platform/avro/codec.ts'
import type { StoreEntry, Table } from '../../platform/partitions/processor.ts'
import {
  accessKey,
  bindingEntries,
  candidateEntries,
  candidateOf,
  claimKey,
  invitationEntries,
  invitationOf,
  jobKey,
  resultKey,
} from './state.ts'

/**
 * The tables of one partition. Bytes that nobody can read are dead letters where they are an input; in the sink's own
 * topics they are set aside, and nobody is invited while that is so in the ledger.
 */
export function createTables(codec: Codec): readonly Table[] {
  return [
    lenient(table(codec, CANONICAL_JOB, (key, job) => [[jobKey(key), job ?? undefined]])),
    lenient(
      table(codec, CANONICAL_CANDIDATE, (key, candidate, state) =>
        candidateEntries(key, candidate, candidateOf(state, key)),
      ),
    ),
    table(codec, PULSIFI_JOB_BINDING, (key, binding) => bindingEntries(key, binding)),
    table(codec, PULSIFI_INVITATION, (key, record, state) =>
      invitationEntries(key, record, invitationOf(state, key)),
    ),
    table(codec, PULSIFI_CLAIM, (key, claim) => [[claimKey(key), claim ?? undefined]]),
    table(codec, PULSIFI_ACCESS, (key, access) => [[accessKey(key), access ?? undefined]]),
    table(codec, PULSIFI_RESULT, (key, result) => [[resultKey(key), result ?? undefined]]),
  ]
}

function table<T extends AvroTopic>(
  codec: Codec,
  topic: T,
  entries: (
    key: string,
    record: RecordOf[T] | null,
    state: Parameters<Table['entries']>[2],
  ) => readonly StoreEntry[],
): Table {
  return {
    topic,
    isLedger: LEDGERS.includes(topic),
    entries: (key, value, state) => entries(key, value === null ? null : codec.decode(topic, value), state),
  }
}

/** Keeps nothing of bytes that nobody can read: the decision about the same record makes a dead letter of them. */
const lenient = (strict: Table): Table => ({
  ...strict,
  entries(key, value, state) {
    try {
      return strict.entries(key, value, state)
    } catch (error) {
      if (error instanceof UndecodableError) return []
      throw error
    }
  },
})

const byReference = (space: string, reference: string) => `reference${KEY_SEPARATOR}${space}:${reference}`
const wholeBinding = (key: string) => `binding${KEY_SEPARATOR}${key}`

/** What the whole table of bindings keeps: the record, and its reference in the key space of its source and tenant. */
export function bindingTableEntries(codec: Codec, key: string, value: Buffer | null): readonly StoreEntry[] {
  if (value === null) return [[wholeBinding(key), undefined]]
  const binding = codec.decode(PULSIFI_JOB_BINDING, value)
  const { source, tenant } = partsOfKey(key)
  const entry: StoreEntry = [wholeBinding(key), binding]
  const reference = binding.reference ?? ''
  return reference === '' || !isUsableKey(reference)
    ? [entry]
    : [entry, [byReference(`${source}:${tenant}`, reference), key]]
}

/** A job as an application names it. */
export interface NamedJob {
  readonly job_key: string
  readonly external_id: string
  /** Only of a job of another source: what that source may know it by. */
  readonly reference?: string | null
}

/**
 * The binding of a job as an application names it: by its key, else by its reference in the same key space, since what
 * one system calls the id is another one's reference; else by the reference that came with the name.
 */
export function findBinding(
  table: { readonly get: (key: string) => unknown },
  job: NamedJob,
): PulsifiJobBinding | undefined {
  // Casts: `bindingTableEntries` alone writes these entries.
  const direct = table.get(wholeBinding(job.job_key)) as PulsifiJobBinding | undefined
  if (direct !== undefined && (direct.job_lifecycle !== null || direct.state === 'BOUND')) return direct
  const { source, tenant } = partsOfKey(job.job_key)
  for (const reference of [job.external_id, job.reference ?? '']) {
    const key = table.get(byReference(`${source}:${tenant}`, reference)) as string | undefined
    const referred =
      key === undefined ? undefined : (table.get(wholeBinding(key)) as PulsifiJobBinding | undefined)
    if (referred?.reference === reference) return referred
  }
  return direct
}

/** Keys under which an application may wait for this job. */
function keysOfJob(binding: PulsifiJobBinding): readonly string[] {
  const { source, tenant } = partsOfKey(binding.job_key)
  return binding.reference === null
    ? [binding.job_key]
    : [binding.job_key, `${source}:${tenant}:${binding.reference}`]
}

/** Keys under which applications may wait for any of these jobs, whose bindings have changed: each once. */
export const keysOfChanged = (
  table: { readonly get: (key: string) => unknown },
  jobKeys: readonly string[],
): readonly string[] => {
  const keys = jobKeys.flatMap(job_key => {
    const binding = findBinding(table, { job_key, external_id: '' })
    return binding === undefined ? [job_key] : keysOfJob(binding)
  })
  return [...new Set(keys)]
}

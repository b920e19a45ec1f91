/**
 * What is wrong with a history of applications, as its consumers would find out: a change that is doubled or missing,
 * one that does not begin where the last one ended, and an end that is not what the ledger says.
 */
import type { PulsifiInvitation, PulsifiStatus } from '../../schemas/types.ts'

export interface Placed<T> {
  readonly partition: number
  readonly key: string
  /** Null: a tombstone. */
  readonly record: T | null
}

interface Chain {
  last: PulsifiStatus
}

/** @param ledger the newest record of each key and partition; those whose record is null count for nothing */
export function faultsOfHistory(
  changes: readonly Placed<PulsifiStatus>[],
  ledger: readonly Placed<PulsifiInvitation>[],
): readonly string[] {
  const faults: string[] = []
  const chains = new Map<string, Chain>()
  const seen = new Set<string>()
  for (const { partition, key, record } of changes) {
    if (record === null) continue
    if (record.status_key !== key) faults.push(`${record.application_key}: under the key ${key}`)
    if (seen.has(`${partition} ${key}`)) faults.push(`${record.application_key}: ${record.number} is doubled`)
    seen.add(`${partition} ${key}`)
    const name = nameOf(partition, record.application_key)
    const chain = chains.get(name)
    const fault = isBeginning(record) ? null : faultOfStep(chain?.last, record)
    if (fault !== null) faults.push(`${name}: ${fault}`)
    chains.set(name, { last: record })
  }
  return [...faults, ...faultsOfEnds(chains, ledger)]
}

const nameOf = (partition: number, key: string): string => `${key} in ${partition}`

/** A version without a history has known it before, or has written it in between. */
const isBeginning = ({ from, number }: PulsifiStatus): boolean => from === null && number === 17

function faultOfStep(before: PulsifiStatus | undefined, after: PulsifiStatus): string | null {
  const { from, to, number } = after
  if (number !== (before?.number ?? 0) + 1) return `change ${number} follows ${before?.number ?? 'nothing'}`
  if (from !== (before?.to ?? null)) return `from ${from} after ${before?.to ?? 'nothing'}`
  if (before === undefined && to !== 'received') return `begins with ${to}`
  if (from === to && after.reason === before?.reason) return `${to} once more, ${after.reason}`
  return null
}

function faultsOfEnds(
  chains: ReadonlyMap<string, Chain>,
  ledger: readonly Placed<PulsifiInvitation>[],
): readonly string[] {
  const faults: string[] = []
  const known = new Set<string>()
  for (const { partition, key, record } of ledger) {
    if (record === null) continue
    const name = nameOf(partition, key)
    known.add(name)
    // Written by a version without a history.
    if (record.state === 'UNKNOWN') continue
    const last = chains.get(name)?.last
    const { outcome, status } = record
    if (last === undefined || !endsOf(record).includes(last.to))
      faults.push(`${name}: ${last?.to ?? 'no history'}, and the ledger says ${outcome} ${status ?? ''}`)
    else if (last.number !== record.state_changes)
      faults.push(`${name}: ${last.number} changes, and the ledger counts ${record.state_changes}`)
  }
  for (const name of chains.keys()) if (!known.has(name)) faults.push(`${name}: the ledger does not know it`)
  return faults
}

const ENDS: Readonly<Record<PulsifiInvitation['outcome'], readonly string[]>> = {
  UNKNOWN: [],
  WAITING: ['waiting'],
  INTENDED: ['waiting'],
  INVITED: [],
  BLOCKED: ['blocked'],
  FAILED: ['blocked'],
  AMBIGUOUS: ['ambiguous'],
  SKIPPED: ['skipped'],
}

function endsOf({ outcome, reasons, status }: PulsifiInvitation): readonly string[] {
  if (reasons.includes('PULSIFI_ERASURE_REQUIRED')) return ['erased']
  if (reasons.includes('SOURCE_DELETED')) return ['withdrawn', 'erased']
  return outcome === 'INVITED' ? [status ?? 'invited'] : ENDS[outcome]
}

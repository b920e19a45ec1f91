/** What became of the raw records, from the counts that ride in the normalizer's offset commits. Pure. */
import { rawTopic } from '../../core/topics.ts'

export interface Counts {
  readonly received: number
  readonly published: number
  readonly duplicate: number
  readonly skipped: number
  readonly dead_lettered: number
  readonly pending: number
}

/** One partition of a raw topic. */
export interface RawStanding {
  readonly topic: string
  readonly low: number
  readonly end: number
  /** Null when the normalizer has committed nothing of it. */
  readonly committed: number | null
  readonly metadata: string | null
}

const OUTCOMES = ['published', 'duplicate', 'skipped', 'dead_lettered'] as const

/** Null when nothing stands on the raw topics. */
export function intakeOf(standings: readonly RawStanding[], source?: string): Counts | null {
  const counts = { received: 0, published: 0, duplicate: 0, skipped: 0, dead_lettered: 0, pending: 0 }
  let hasAny = false
  for (const { topic, low, end, committed, metadata } of standings) {
    if (source !== undefined && topic !== rawTopic(source)) continue
    hasAny = true
    const decided = countsIn(metadata)
    for (const outcome of OUTCOMES) counts[outcome] += decided[outcome] ?? 0
    counts.pending += Math.max(0, end - (committed ?? low))
  }
  counts.received = counts.pending + OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0)
  return hasAny ? counts : null
}

function countsIn(metadata: string | null): Readonly<Partial<Record<(typeof OUTCOMES)[number], number>>> {
  try {
    const value: unknown = JSON.parse(metadata ?? '')
    if (typeof value !== 'object' || value === null) return {}
    const counts = OUTCOMES.map(name => [name, Reflect.get(value, name)] as const)
    return Object.fromEntries(counts.filter(([, count]) => Number.isInteger(count)))
  } catch {
    // Written by something else than the normalizer: nothing is known.
    return {}
  }
}

/** What is decided on a dead letter, and what follows. Pure. */
import { z } from 'zod'
import { redriveTopic } from '../../core/topics.ts'
import type { RawRecord } from '../raw-events/record.ts'
import type { DeadLetter } from './view.ts'

/** What an operator decided on a letter, as its topic keeps it. */
export const Decision = z.object({
  decision: z.enum(['redriven', 'discarded']),
  /** ISO time. */
  at: z.string(),
  by: z.string(),
  /** Topic that it was sent to; null when it was discarded. */
  to: z.string().nullable(),
  /** Log that the letter stands in, `<cluster id>/<topic id>`; empty in decisions of versions that did not say. */
  log: z.string().default(''),
})
export type Decision = z.output<typeof Decision>

/** Null for a tombstone and for what is no decision. */
export function parseDecision(value: Buffer | null): Decision | null {
  try {
    return Decision.nullable().parse(value === null ? null : JSON.parse(value.toString('utf8')))
  } catch {
    return null
  }
}

export type Wanted = 'redrive' | 'discard'

export type Plan =
  /** As it was, to whom it came from. */
  | { readonly type: 'redrive'; readonly to: string }
  /** As the events that its source now finds in it. */
  | { readonly type: 'route'; readonly to: string; readonly records: readonly RawRecord[] }
  | { readonly type: 'discard' }
  /** Nothing is done, and why. */
  | { readonly type: 'leave'; readonly why: string }

/** A letter is decided on once; only a discarded one can still be sent back. `receive`: its source must be asked. */
export function planOf(
  letter: DeadLetter,
  wanted: Wanted,
  decided: Decision | undefined,
): Plan | { readonly type: 'receive' } {
  const isReversal = wanted === 'redrive' && decided?.decision === 'discarded'
  if (decided !== undefined && !isReversal) return { type: 'leave', why: `${decided.decision} ${decided.at}` }
  if (wanted === 'discard') return { type: 'discard' }
  // Ingress keeps a whole body that could not be cut into events: no topic can take it as it is.
  if (letter.process === 'ingress') return { type: 'receive' }
  return { type: 'redrive', to: redriveTopic(letter.process) }
}

export const decisionOf = (
  plan: Exclude<Plan, { type: 'leave' }>,
  by: string,
  log: string,
  nowMs: number,
): Decision => ({
  decision: plan.type === 'discard' ? 'discarded' : 'redriven',
  // biome-ignore lint/style/noRestrictedGlobals: it only writes out the time that is given.
  at: new Date(nowMs).toISOString(),
  by,
  to: plan.type === 'discard' ? null : plan.to,
  log,
})

/**
 * Whether an account is called at all. A creating call that fails may leave a person AMBIGUOUS, so after a few failures
 * in a row nobody is called, and Pulsifi is asked something harmless now and then. Pure.
 *
 *   closed → open (failures in a row) → probing (its time has come) → on trial (the probe was answered) | open, longer
 *   on trial → open, longer (the first failure) | closed (the first creation that is answered, or time)
 */

import { after, LONG_AGO, type Monotonic } from './monotonic.ts'

/** What failed and what works may differ: looks that are answered say little about creations. */
export type CallKind = 'create' | 'look'

export type Circuit =
  | {
      readonly state: 'closed'
      /** In a row. */
      readonly failures: Readonly<Record<CallKind, number>>
      /** Also of an account that has never answered: it is called one request at a time. */
      readonly trialEndsAt: Monotonic
      /** How often it has opened since it last was healthy. */
      readonly openings: number
    }
  | { readonly state: 'open'; readonly retryAt: Monotonic; readonly openings: number }
  | { readonly state: 'probing'; readonly openings: number }

export const FAILURES_MAX = 5
const OPEN_FIRST_MS = 5_000
const OPEN_LONGEST_MS = 300_000
const TRIAL_MS = 600_000

const closed = (openings: number, trialEndsAt: Monotonic): Circuit => ({
  state: 'closed',
  failures: { create: 0, look: 0 },
  trialEndsAt,
  openings,
})

/** Nothing is known of the account yet. */
export const untried = (now: Monotonic): Circuit => closed(0, after(now, TRIAL_MS))

export const isOnTrial = (circuit: Circuit, now: Monotonic): boolean =>
  circuit.state === 'closed' && now < circuit.trialEndsAt

/** What the end of a call says; one that started before the circuit opened says nothing any more. */
export function heard(circuit: Circuit, kind: CallKind, isWell: boolean, now: Monotonic): Circuit {
  if (circuit.state !== 'closed') return circuit
  const onTrial = isOnTrial(circuit, now)
  if (isWell) {
    if (onTrial) return kind === 'create' || circuit.openings === 0 ? closed(0, LONG_AGO) : circuit
    return { ...circuit, failures: { ...circuit.failures, [kind]: 0 } }
  }
  const count = circuit.failures[kind] + 1
  if (onTrial) return opened(circuit.openings, now)
  if (count >= FAILURES_MAX) return opened(0, now)
  return { ...circuit, failures: { ...circuit.failures, [kind]: count } }
}

const opened = (openings: number, now: Monotonic): Circuit => ({
  state: 'open',
  retryAt: after(now, Math.min(OPEN_LONGEST_MS, OPEN_FIRST_MS * 2 ** Math.min(openings, 10))),
  openings: openings + 1,
})

export const isProbeDue = (circuit: Circuit, now: Monotonic): boolean =>
  circuit.state === 'open' && now >= circuit.retryAt

export const probing = ({ openings }: Circuit): Circuit => ({ state: 'probing', openings })

export const probed = ({ openings }: Circuit, isWell: boolean, now: Monotonic): Circuit =>
  isWell ? closed(openings, after(now, TRIAL_MS)) : opened(openings, now)

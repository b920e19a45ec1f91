/**
 * Whether an account is called at all. A creating call that fails may leave a person AMBIGUOUS, so after a few failures
 * in a row nobody is called, and Pulsifi is asked something harmless now and then. Pure; times are of a monotonic clock.
 *
 *   closed → open (failures in a row) → probing (its time has come) → on trial (the probe was answered) | open, longer
 *   on trial → open, longer (the first failure) | closed (the first creation that is answered, or time)
 */

/** What failed and what works may differ: looks that are answered say little about creations. */
export type CallKind = 'create' | 'look'

export type Circuit =
  | {
      readonly state: 'closed'
      /** In a row. */
      readonly failures: Readonly<Record<CallKind, number>>
      /** Also of an account that has never answered: it is called one request at a time. */
      readonly trialEndsAtMs: number
      /** How often it has opened since it last was healthy. */
      readonly openings: number
    }
  | { readonly state: 'open'; readonly retryAtMs: number; readonly openings: number }
  | { readonly state: 'probing'; readonly openings: number }

export const FAILURES_MAX = 5
const OPEN_FIRST_MS = 5_000
const OPEN_LONGEST_MS = 300_000
const TRIAL_MS = 600_000

const closed = (openings: number, trialEndsAtMs: number): Circuit => ({
  state: 'closed',
  failures: { create: 0, look: 0 },
  trialEndsAtMs,
  openings,
})

/** Nothing is known of the account yet. */
export const untried = (nowMs: number): Circuit => closed(0, nowMs + TRIAL_MS)

export const isOnTrial = (circuit: Circuit, nowMs: number): boolean =>
  circuit.state === 'closed' && nowMs < circuit.trialEndsAtMs

/** What the end of a call says; one that started before the circuit opened says nothing any more. */
export function heard(circuit: Circuit, kind: CallKind, isWell: boolean, nowMs: number): Circuit {
  if (circuit.state !== 'closed') return circuit
  const onTrial = isOnTrial(circuit, nowMs)
  if (isWell) {
    if (onTrial) return kind === 'create' || circuit.openings === 0 ? closed(0, 0) : circuit
    return { ...circuit, failures: { ...circuit.failures, [kind]: 0 } }
  }
  const count = circuit.failures[kind] + 1
  if (onTrial) return opened(circuit.openings, nowMs)
  if (count >= FAILURES_MAX) return opened(0, nowMs)
  return { ...circuit, failures: { ...circuit.failures, [kind]: count } }
}

const opened = (openings: number, nowMs: number): Circuit => ({
  state: 'open',
  retryAtMs: nowMs + Math.min(OPEN_LONGEST_MS, OPEN_FIRST_MS * 2 ** Math.min(openings, 10)),
  openings: openings + 1,
})

export const isProbeDue = (circuit: Circuit, nowMs: number): boolean =>
  circuit.state === 'open' && nowMs >= circuit.retryAtMs

export const probing = ({ openings }: Circuit): Circuit => ({ state: 'probing', openings })

export const probed = ({ openings }: Circuit, isWell: boolean, nowMs: number): Circuit =>
  isWell ? closed(openings, nowMs + TRIAL_MS) : opened(openings, nowMs)

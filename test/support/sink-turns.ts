/** Turns at an account: one that is known to work, unless a test says otherwise. */
import type { Signal } from '../../services/pulsifi-sink/turns/account-condition.ts'
import { Turns, type TurnsOptions } from '../../services/pulsifi-sink/turns/turns.ts'

export const WELL: Signal = { type: 'well' }
export const FAILING: Signal = { type: 'failing', retryAfterMs: null }

/** Of an account that nobody has called yet. */
export const untriedTurns = (change: Partial<TurnsOptions> = {}): Turns =>
  new Turns({
    ...{ ratePerSecond: 1_000, concurrencyMax: 1_000, share: () => 1 },
    ...{ pollsPerHour: 3_600_000, looksPerHour: 3_600_000 },
    probe: async () => WELL,
    ...change,
  })

/** Of an account that has answered. */
export function turnsOf(change: Partial<TurnsOptions> = {}): Turns {
  const turns = untriedTurns(change)
  turns.overrun()
  turns.begin(() => turns.done('create', WELL))
  return turns
}

/** A request of the turn that was taken, and how it ends. */
export const call = (turns: Turns, signal: Signal = WELL): void =>
  turns.begin(refusedForMs => turns.done('create', refusedForMs === null ? signal : null))

/** Who waits for a turn: rows of the more and the less urgent. */
import { type Prospect, promiseOf } from './poll-order.ts'

/** The more urgent first: what creates, what somebody asked to look at, what is looked at by plan. */
export type Urgency = 'create' | 'look' | 'poll'

const USUALLY: readonly Urgency[] = ['create', 'look', 'poll']
const LOOKS_FIRST: readonly Urgency[] = ['look', 'poll', 'create']
/** Then one turn goes to a look: with more to create than the rate allows, results would not come for days. */
const CREATES_IN_A_ROW_MAX = 3

interface Waiting {
  readonly start: () => void
  readonly prospect: Prospect | null
}

export interface NextTurn {
  readonly urgency: Urgency
  readonly key: string
  readonly start: () => void
}

export class WaitingTurns {
  readonly #rows = {
    create: new Map<string, Waiting>(),
    look: new Map<string, Waiting>(),
    poll: new Map<string, Waiting>(),
  }
  #createsInARow = 0

  get sizes(): Readonly<Record<Urgency, number>> {
    const { create, look, poll } = this.#rows
    return { create: create.size, look: look.size, poll: poll.size }
  }

  /** Of several with the same key the last one stays, in the place of the first. */
  add(urgency: Urgency, key: string, start: () => void, prospect: Prospect | null): void {
    this.#rows[urgency].set(key, { start, prospect })
  }

  forget(key: string): void {
    for (const row of Object.values(this.#rows)) row.delete(key)
  }

  /** Who comes first now. */
  get order(): readonly Urgency[] {
    return this.#createsInARow < CREATES_IN_A_ROW_MAX ? USUALLY : LOOKS_FIRST
  }

  /** A turn was given out. */
  given(urgency: Urgency): void {
    this.#createsInARow = urgency === 'create' ? this.#createsInARow + 1 : 0
  }

  first(urgency: Urgency): NextTurn | null {
    for (const [key, { start }] of this.#rows[urgency]) return { urgency, key, start }
    return null
  }

  /** The poll that is worth most, ms since the epoch. */
  mostPromising(nowMs: number): NextTurn | null {
    let best: NextTurn | null = null
    let most = Number.NEGATIVE_INFINITY
    for (const [key, { start, prospect }] of this.#rows.poll) {
      const promise = prospect === null ? 0 : promiseOf(prospect, nowMs)
      if (promise > most) [most, best] = [promise, { urgency: 'poll', key, start }]
    }
    return best
  }
}

/** Who waits for a turn: rows of the more and the less urgent. */
import { type Prospect, promiseOf } from './poll-order.ts'

/** The more urgent first: what creates, what somebody asked to look at, what is looked at by plan. */
export type Urgency = 'create' | 'look' | 'poll'

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

  /** The first of those that come in order. */
  first(): NextTurn | null {
    for (const urgency of ['create', 'look'] as const)
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

/**
 * The turns of one partition between the moment a decision takes one and the start of its call. A partition can be
 * lost in between: then they go back, or nobody would ever use them again.
 */
import type { Accounts } from './account.ts'
import type { Prospect } from './poll-order.ts'
import type { Turns } from './turns.ts'
import type { Urgency } from './waiting-turns.ts'

/** A turn that somebody waits for. */
export interface Wish {
  readonly tenant: string
  readonly urgency: Urgency
  /** Names it among all that wait. */
  readonly key: string
  /** Of a poll. */
  readonly prospect?: Prospect
}

export class HeldTurns {
  readonly #accounts: Accounts
  readonly #held = new Map<string, number>()
  readonly #waiting = new Map<string, Set<string>>()
  #isOver = false

  constructor(accounts: Accounts) {
    this.#accounts = accounts
  }

  tryTake(tenant: string): boolean {
    const isTaken = this.#turns(tenant)?.tryTake() ?? false
    if (isTaken) this.#count(tenant, 1)
    return isTaken
  }

  /** @param start says whether somebody took the turn */
  wait({ tenant, urgency, key, prospect }: Wish, start: () => boolean): void {
    if (this.#isOver) return
    const keys = this.#waiting.get(tenant) ?? new Set()
    this.#waiting.set(tenant, keys.add(key))
    const take = () => {
      keys.delete(key)
      this.#count(tenant, 1)
      if (!start()) this.giveBack(tenant)
    }
    this.#turns(tenant)?.wait(urgency, key, take, prospect ?? null)
  }

  /** No request was made with it. */
  giveBack(tenant: string): void {
    if (this.#isOver) return
    this.#count(tenant, -1)
    this.#turns(tenant)?.unused()
  }

  /** The call starts; who makes it says when it is done. */
  use(tenant: string): void {
    // Committed just as the partition was lost: the turn has gone back, and the call is owed all the same.
    if (this.#isOver) this.#turns(tenant)?.overrun()
    else this.#count(tenant, -1)
  }

  giveAllBack(): void {
    this.#isOver = true
    for (const [tenant, keys] of this.#waiting) for (const key of keys) this.#turns(tenant)?.forget(key)
    for (const [tenant, count] of this.#held) {
      for (let held = count; held > 0; held--) this.#turns(tenant)?.unused()
    }
    this.#held.clear()
  }

  #count(tenant: string, change: number): void {
    this.#held.set(tenant, (this.#held.get(tenant) ?? 0) + change)
  }
  #turns(tenant: string): Turns | undefined {
    return this.#accounts.get(tenant)?.turns
  }
}

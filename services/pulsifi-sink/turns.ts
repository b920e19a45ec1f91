/**
 * Whose turn it is to call Pulsifi: a token bucket for the account's rate, and a bound on requests on the wire. One for
 * each account of an instance; the account's rate is shared in proportion to the partitions that an instance owns.
 */
import { TokenBucket } from 'limiter'

/** What may wait: calls that create something come before looks at what exists. */
export type Urgency = 'create' | 'look'

export interface TurnsOptions {
  readonly ratePerSecond: number
  readonly concurrencyMax: number
  /** Part of the account's rate that this instance may use, 0 to 1. */
  readonly share: () => number
}

export class Turns {
  readonly #options: TurnsOptions
  readonly #bucket: TokenBucket
  readonly #waiting: Readonly<Record<Urgency, Map<string, () => void>>> = {
    create: new Map(),
    look: new Map(),
  }
  #onTheWire = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: TurnsOptions) {
    this.#options = options
    // One token at most: a quiet minute is no licence for a burst above the rate.
    this.#bucket = new TokenBucket({
      bucketSize: 1,
      tokensPerInterval: options.ratePerSecond,
      interval: 1_000,
    })
    this.#bucket.content = 1
  }

  /** Takes a turn at once if nobody waits, a token is there and the wire is free. */
  tryTake(): boolean {
    const isFree = this.#waiting.create.size === 0 && this.#onTheWire < this.#options.concurrencyMax
    return isFree && this.#take()
  }

  /**
   * Calls `start` when it is this one's turn. Of several with the same key the last one stays, in the place of the first.
   * Whoever gets a turn gives it back with `done`, or with `unused` when no request was made.
   */
  wait(urgency: Urgency, key: string, start: () => void): void {
    this.#waiting[urgency].set(key, start)
    this.#pump()
  }

  forget(key: string): void {
    this.#waiting.create.delete(key)
    this.#waiting.look.delete(key)
  }

  done(): void {
    this.#onTheWire--
    this.#pump()
  }

  unused(): void {
    this.#bucket.content = Math.min(1, this.#bucket.content + 1)
    this.done()
  }

  /** A request starts although its turn was given back: it counts on the wire. */
  overrun(): void {
    this.#onTheWire++
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #take(): boolean {
    this.#bucket.tokensPerInterval = Math.max(0.001, this.#options.ratePerSecond * this.#options.share())
    if (!this.#bucket.tryRemoveTokens(1)) return false
    this.#onTheWire++
    return true
  }

  #pump(): void {
    for (;;) {
      const next = this.#next()
      if (next === null || this.#onTheWire >= this.#options.concurrencyMax) return
      if (!this.#take()) return this.#pumpLater()
      this.forget(next.key)
      next.start()
    }
  }

  #pumpLater(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#pump()
      },
      Math.max(1, Math.ceil(this.#bucket.getWaitTime(1))),
    )
  }

  #next(): { readonly key: string; readonly start: () => void } | null {
    for (const waiting of [this.#waiting.create, this.#waiting.look]) {
      for (const [key, start] of waiting) return { key, start }
    }
    return null
  }
}

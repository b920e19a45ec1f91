/**
 * The last wait before a request is written: for one of the places that the concurrency allows, and for the rate. Turns
 * are given out evenly, but each call waits for a commit first, and calls that waited for one commit are ready together.
 */

import { after, type Monotonic, monotonicNow, msBetween } from './monotonic.ts'

/** A call is told that it may be made (null), or for how long, in ms, Pulsifi is to be left alone. */
export type Start = (refusedForMs: number | null) => void

/** The distance between two requests may be this much shorter where they arrive. */
const JITTER_MS = 45

export class Wire {
  /** Committed, and without a place on the wire yet. */
  readonly #ready: Start[] = []
  /** When requests were written, as far as is known. */
  #starts: { at: Monotonic }[] = []
  #onTheWire = 0
  #whenIdle: PromiseWithResolvers<void> | null = null

  add(start: Start): void {
    this.#ready.push(start)
  }

  /** Starts what may be started; how long, in ms, the next one has to wait for the rate, null when it is not that. */
  start(concurrencyMax: number, ratePerSecond: number): number | null {
    while (this.#ready.length > 0 && this.#onTheWire < concurrencyMax) {
      const waitMs = this.#waitMs(ratePerSecond)
      if (waitMs > 0) return waitMs
      this.requested()
      this.#startNext(null)
    }
    return null
  }

  /** Nobody is to be called for so long: who is about to is told so. */
  refuse(forMs: number): void {
    while (this.#ready.length > 0) this.#startNext(forMs)
  }

  /** A request is made. */
  requested(): void {
    const start = { at: monotonicNow() }
    this.#starts.push(start)
    // A busy loop writes later than it was told to, and then all at once: what it connects for comes a round later.
    setImmediate(() =>
      setImmediate(() => {
        start.at = monotonicNow()
      }),
    )
  }

  ended(): void {
    this.#onTheWire--
    if (this.#onTheWire === 0) this.#whenIdle?.resolve()
  }

  whenIdle(): Promise<void> {
    this.#whenIdle ??= Promise.withResolvers()
    if (this.#onTheWire === 0) this.#whenIdle.resolve()
    return this.#whenIdle.promise
  }

  #startNext(refusedForMs: number | null): void {
    this.#onTheWire++
    this.#ready.shift()?.(refusedForMs)
  }

  #waitMs(ratePerSecond: number): number {
    const count = Math.ceil(ratePerSecond)
    const windowMs = (1_000 * count) / ratePerSecond + JITTER_MS
    this.#starts = this.#starts.slice(-count)
    const first = this.#starts.length < count ? undefined : this.#starts[0]
    return first === undefined ? 0 : Math.max(0, msBetween(monotonicNow(), after(first.at, windowMs)))
  }
}

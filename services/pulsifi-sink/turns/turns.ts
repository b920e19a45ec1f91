/**
 * Whose turn it is to call Pulsifi, and whether anybody's: the account's rate, a budget of its polls and one of the looks
 * that callbacks ask for, a bound on requests on the wire, and the circuit that is open while Pulsifi is away. One for each account of an instance.
 *
 * A turn is taken before the intent of a call is committed, and the call begins after that. So that a commit costs no
 * place on the wire, twice as many turns may be out as there are places.
 *
 * Whoever's end makes room, what starts then is the work of who has waited: it runs in the context of that one.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

import {
  afterCall,
  afterProbe,
  type Condition,
  concurrencyOf,
  ratePerSecond,
  refusedForMs,
  type Signal,
  unknownCondition,
} from './account-condition.ts'
import { type CallKind, type Circuit, isProbeDue, probing } from './circuit.ts'
import { after, type Monotonic, monotonicNow } from './monotonic.ts'
import type { Prospect } from './poll-order.ts'
import { RateBucket } from './rate-bucket.ts'
import { type NextTurn, type Urgency, WaitingTurns } from './waiting-turns.ts'
import { type Start, Wire } from './wire.ts'

export interface TurnsOptions {
  readonly ratePerSecond: number
  readonly concurrencyMax: number
  readonly pollsPerHour: number
  readonly looksPerHour: number
  /** Part of the account's rate and budget that this instance may use, 0 to 1. */
  readonly share: () => number
  /** Asks Pulsifi something that changes nothing. Must not reject. */
  readonly probe: () => Promise<Signal>
  /** Told when the circuit opens and when it closes. */
  readonly onCircuit?: (status: TurnsStatus) => void
}

/** As operators see it. */
export interface TurnsStatus {
  readonly circuit: Circuit['state']
  /** Until Pulsifi is called again, because of the circuit or because it asked for a pause; 0: it may be now. */
  readonly retryInMs: number
  readonly ratePerSecond: number
  readonly waiting: Readonly<Record<Urgency, number>>
}

export class Turns {
  readonly #options: TurnsOptions
  readonly #rate = new RateBucket(1_000, 0.015)
  readonly #budgets = {
    poll: new RateBucket(3_600_000, 1 / 60),
    look: new RateBucket(3_600_000, 1 / 60),
  }
  readonly #wire = new Wire()
  readonly #waiting = new WaitingTurns()
  #out = 0
  #condition: Condition
  #timer: { readonly at: Monotonic; readonly handle: NodeJS.Timeout } | null = null
  #isStopped = false

  constructor(options: TurnsOptions) {
    this.#options = options
    this.#condition = unknownCondition(options.ratePerSecond, monotonicNow())
    // What is saved up counts from the beginning, not from the first callback.
    this.#budgetOf('look')
  }

  get status(): TurnsStatus {
    const now = monotonicNow()
    return {
      circuit: this.#condition.circuit.state,
      retryInMs: refusedForMs(this.#condition, now) ?? 0,
      ratePerSecond: ratePerSecond(this.#condition, now) * this.#share,
      waiting: this.#waiting.sizes,
    }
  }

  /** Takes a turn to create with at once if nobody who comes first waits for one, and one is free. */
  tryTake(): boolean {
    const isTaken = this.#waiting.sizes.create === 0 && !this.#isLookDue && this.#isAnyFree() && this.#take()
    if (isTaken) this.#waiting.given('create')
    return isTaken
  }

  /**
   * Calls `start` when it is this one's turn. Of several with the same key the last one stays, in the place of the first.
   * Whoever gets a turn begins a call with it and says when it is done, or gives it back unused.
   * @param prospect of a poll: the most promising one comes first
   */
  wait(urgency: Urgency, key: string, start: () => void, prospect: Prospect | null = null): void {
    this.#waiting.add(urgency, key, AsyncLocalStorage.bind(start), prospect)
    this.#pump()
  }

  forget(key: string): void {
    this.#waiting.forget(key)
  }

  /** Whether one more look fits into the budget beside those that wait for theirs. */
  get hasRoomToLook(): boolean {
    return this.#budgetOf('look').has(1 + this.#waiting.sizes.look)
  }

  /** No request was made, and none will be. */
  unused(): void {
    this.#rate.giveBack()
    this.#out--
    this.#pump()
  }

  /** A call begins although its turn was given back: it counts. */
  overrun(): void {
    this.#out++
  }

  /** The call of a turn starts as soon as there is a place on the wire, or at once when it may not be made. */
  begin(start: Start): void {
    this.#wire.add(AsyncLocalStorage.bind(start))
    this.#pump()
  }

  /** @param signal null when no request was made */
  done(kind: CallKind, signal: Signal | null): void {
    this.#out--
    this.#wire.ended()
    if (signal !== null) this.#become(afterCall(this.#condition, kind, signal, monotonicNow()))
    this.#pump()
  }

  /** A request was made that nobody had a turn for. */
  spend(): void {
    this.#rate.spend()
    this.#wire.requested()
  }

  /** No call begins any more, and who is about to is told so. Resolves when those on the wire have ended. */
  stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer?.handle)
    this.#wire.refuse(0)
    return this.#wire.whenIdle()
  }

  /** Of an instance without partitions too, so that nothing stands still for ever. */
  get #share(): number {
    return Math.max(0.001, this.#options.share())
  }

  get #concurrency(): number {
    return concurrencyOf(this.#condition, this.#options.concurrencyMax, monotonicNow())
  }

  #become(condition: Condition): void {
    const before = this.#condition.circuit.state
    this.#condition = condition
    const isNews = (before === 'closed') !== (condition.circuit.state === 'closed')
    if (isNews) this.#options.onCircuit?.(this.status)
  }

  #pump(): void {
    const refusedMs = this.#refusedForMs()
    if (refusedMs !== null) this.#wire.refuse(refusedMs)
    if (this.#isStopped) return
    if (refusedMs === null) return this.#deal()
    if (isProbeDue(this.#condition.circuit, monotonicNow())) this.#probe()
    else if (this.#condition.circuit.state !== 'probing') this.#pumpIn(refusedMs)
  }

  #refusedForMs(): number | null {
    return this.#isStopped ? 0 : refusedForMs(this.#condition, monotonicNow())
  }

  /** Calls for those who have a turn, turns for those who wait, until there is none. */
  #deal(): void {
    const waitMs = this.#wire.start(this.#concurrency, this.#options.ratePerSecond * this.#share)
    if (waitMs !== null) this.#pumpIn(waitMs)
    while (this.#isAnyFree()) {
      const next = this.#next()
      if (next === null) return
      if (!this.#take()) return this.#pumpIn(this.#rate.waitMs())
      if (next.urgency !== 'create') this.#budgets[next.urgency].take()
      this.#waiting.forget(next.key)
      this.#waiting.given(next.urgency)
      next.start()
    }
  }

  #isAnyFree(): boolean {
    return this.#refusedForMs() === null && this.#out < 2 * this.#concurrency
  }

  #take(): boolean {
    this.#rate.setRate(ratePerSecond(this.#condition, monotonicNow()) * this.#share)
    if (!this.#rate.take()) return false
    this.#out++
    return true
  }

  #probe(): void {
    this.#condition = { ...this.#condition, circuit: probing(this.#condition.circuit) }
    this.spend()
    void this.#options.probe().then(signal => {
      this.#become(afterProbe(this.#condition, signal, monotonicNow()))
      this.#pump()
    })
  }

  get #isLookDue(): boolean {
    return this.#waiting.order[0] !== 'create' && this.#next() !== null
  }

  #next(): NextTurn | null {
    for (const urgency of this.#waiting.order) {
      const next = urgency === 'create' ? this.#waiting.first(urgency) : this.#nextWithin(urgency)
      if (next !== null) return next
    }
    return null
  }

  #nextWithin(urgency: 'look' | 'poll'): NextTurn | null {
    if (this.#waiting.sizes[urgency] === 0) return null
    const budget = this.#budgetOf(urgency)
    if (budget.has())
      return urgency === 'poll' ? this.#waiting.mostPromising(Date.now()) : this.#waiting.first(urgency)
    this.#pumpIn(budget.waitMs())
    return null
  }

  #budgetOf(urgency: 'look' | 'poll'): RateBucket {
    const { pollsPerHour, looksPerHour } = this.#options
    const budget = this.#budgets[urgency]
    budget.setRate((urgency === 'poll' ? pollsPerHour : looksPerHour) * this.#share)
    return budget
  }

  #pumpIn(ms: number): void {
    const at = after(monotonicNow(), ms)
    if (this.#timer !== null && this.#timer.at <= at) return
    clearTimeout(this.#timer?.handle)
    const handle = setTimeout(
      () => {
        this.#timer = null
        this.#pump()
      },
      Math.max(1, Math.ceil(ms)),
    )
    this.#timer = { at, handle }
  }
}

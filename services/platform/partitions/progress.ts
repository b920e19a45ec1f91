/**
 * Whether a consumer moves: alive, heartbeating and not fetching is a state that kafkajs can be in. Pure.
 *
 * Time counts only between looks at which the brokers answered: while they are away nothing can move, and a process that
 * holds the answer to a call must outlive that.
 */

export interface Reading {
  readonly position: number
  /** Read-committed end of the partition. */
  readonly end: number
  /** The record at the position waits for an answer from outside, not for us. */
  readonly waitsForOthers: boolean
}

interface Standing {
  readonly position: number
  readonly lag: number
  readonly ageMs: number
  /** Null once a look was missed. */
  readonly seenAtMs: number | null
}

export interface ProgressWatch {
  /** @param name of the input, such as `topic/3` */
  readonly note: (name: string, reading: Reading, nowMs: number) => void
  /** Nothing can be told now: of everything, or of the one. */
  readonly unknown: (name?: string) => void
  /** Inputs that were handed to another member are forgotten. */
  readonly keepOnly: (names: ReadonlySet<string>) => void
  /** By name: offsets behind, and for how long the position was seen standing still while there was lag (ms). */
  readonly standings: () => ReadonlyMap<string, { readonly lag: number; readonly ageMs: number }>
}

export function createProgressWatch(): ProgressWatch {
  const standings = new Map<string, Standing>()
  return {
    note(name, { position, end, waitsForOthers }, nowMs) {
      const lag = Math.max(0, end - position)
      const last = standings.get(name)
      const stands =
        last !== undefined && last.position === position && last.lag > 0 && lag > 0 && !waitsForOthers
      const ageMs = stands ? last.ageMs + (nowMs - (last.seenAtMs ?? nowMs)) : 0
      standings.set(name, { position, lag, ageMs, seenAtMs: nowMs })
    },
    unknown(name) {
      for (const [each, standing] of standings)
        if (name === undefined || name === each) standings.set(each, { ...standing, seenAtMs: null })
    },
    keepOnly(names) {
      for (const name of standings.keys()) if (!names.has(name)) standings.delete(name)
    },
    standings: () => standings,
  }
}

/**
 * How often in a row a consumer may be seen standing still, by brokers that answer, before only a new start helps.
 * While they are away nothing counts.
 */
export function createPatience(timesMax: number) {
  let times = 0
  return {
    /** Says whether it has run out. */
    seen(standsStill: boolean): boolean {
      times = standsStill ? times + 1 : 0
      return times >= timesMax
    },
    unseen(): void {
      times = 0
    },
  }
}

/** A partition whose tenure has failed counts as in trouble until one has lasted this long. */
const CALM_MS = 30_000

/**
 * The commits of one partition number, over all tenures that this process has of it. A tenure that fails again and again
 * decides the same again and again: only a commit that gets past it counts then.
 */
export class Course {
  #moves = 0
  #failedAtMs: number | null = null
  #lastFailureMs = Number.NEGATIVE_INFINITY

  /** @param passesInput whether the commit is about records of an input, and not of our own making alone */
  committed(passesInput: boolean): void {
    if (passesInput) this.#failedAtMs = null
    if (this.#failedAtMs === null) this.#moves++
  }

  failed(nowMs: number): void {
    this.#failedAtMs = nowMs
    this.#lastFailureMs = nowMs
  }

  /** Whatever it has committed since: one of its inputs may be what it fails at. */
  isTroubled(nowMs: number): boolean {
    return nowMs - this.#lastFailureMs <= CALM_MS
  }

  /** @param hasOpenSteps decisions wait for their commit */
  reading(hasOpenSteps: boolean, nowMs: number): Reading {
    if (this.#failedAtMs !== null && nowMs - this.#failedAtMs > CALM_MS) this.#failedAtMs = null
    const isOpen = hasOpenSteps || this.#failedAtMs !== null
    return { position: this.#moves, end: this.#moves + (isOpen ? 1 : 0), waitsForOthers: false }
  }
}

/** What the broker says of one input of one partition. Offsets. */
export interface BrokerPlace {
  /** Negative: none. */
  readonly committed: number
  readonly low: number
  /** Read-committed. */
  readonly end: number
}

/** What a tenure that decides says of it. */
export interface DecidedPlace {
  readonly decided: number
  /** Records that wait for a fact from outside, or behind one that does. */
  readonly waiting: number
  readonly hasOpenSteps: boolean
}

/**
 * Up to where an input is done with: what is committed. Decided counts only where no decision waits for its commit: then
 * what lies between the two holds nothing, such as the marks of transactions.
 *
 * @param isTroubled the partition is taken again and again, and asks for the same facts each time: that is no excuse
 */
export function placeOf(broker: BrokerPlace, tenure: DecidedPlace | null, isTroubled: boolean): Reading {
  const committed = Math.max(broker.committed, broker.low)
  const isCommitted = tenure !== null && !tenure.hasOpenSteps
  return {
    position: isCommitted ? Math.max(committed, tenure.decided) : committed,
    end: broker.end,
    waitsForOthers: tenure !== null && tenure.waiting > 0 && !isTroubled,
  }
}

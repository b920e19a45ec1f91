/** Whether a consumer moves: alive, heartbeating and not fetching is a state that kafkajs can be in. */

export interface Observation {
  readonly position: number
  /** Read-committed end of the partition. */
  readonly end: number
  /** The record at the position waits for an answer from outside, not for us. */
  readonly waitsForOthers: boolean
}

interface Standing {
  readonly position: number
  readonly sinceMs: number
  readonly lag: number
}

export interface ProgressWatch {
  /** @param name of the input, such as `topic/3` */
  readonly observe: (name: string, observation: Observation, nowMs: number) => void
  /** Inputs that were handed to another member are forgotten. */
  readonly keepOnly: (names: ReadonlySet<string>) => void
  /** By name: offsets behind, and for how long the position has stood still while there was lag (ms). */
  readonly standings: (nowMs: number) => ReadonlyMap<string, { readonly lag: number; readonly ageMs: number }>
}

export function createProgressWatch(): ProgressWatch {
  const standings = new Map<string, Standing>()
  return {
    observe(name, { position, end, waitsForOthers }, nowMs) {
      const lag = Math.max(0, end - position)
      const last = standings.get(name)
      const stands =
        last !== undefined && last.position === position && last.lag > 0 && lag > 0 && !waitsForOthers
      standings.set(name, { position, lag, sinceMs: stands ? last.sinceMs : nowMs })
    },
    keepOnly(names) {
      for (const name of standings.keys()) if (!names.has(name)) standings.delete(name)
    },
    standings: nowMs =>
      new Map(
        [...standings].map(([name, { lag, sinceMs }]) => [
          name,
          { lag, ageMs: lag > 0 ? nowMs - sinceMs : 0 },
        ]),
      ),
  }
}

/**
 * How often in a row a consumer may be seen standing still, by a broker that answers, before only a new start helps.
 * While the broker is away nothing counts: whatever holds the answer to a call must outlive that.
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

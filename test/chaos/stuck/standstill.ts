/**
 * Whether anything stands still unseen: an input partition that holds more than its group has committed, without a
 * commit for longer than anybody may take to notice, while `/livez` of the processes that read it is green. What a
 * process says of its own progress is not asked.
 */
export const NOTICED_WITHIN_MS = 60_000

export interface Sighting {
  readonly topic: string
  readonly partition: number
  readonly committed: number
  readonly end: number
}

interface Standing {
  readonly committed: number
  readonly sinceMs: number
  readonly isTold: boolean
}

export interface StandstillWatch {
  /** A process that reads these inputs is red, or does not answer. */
  readonly alarmed: (service: string, nowMs: number) => void
  /** Nobody could be asked: nothing is known of the time since the last look. */
  readonly unknown: (service: string) => void
  /** Those that have just been standing for too long, each once until it moves. */
  readonly seen: (service: string, sightings: readonly Sighting[], nowMs: number) => readonly Sighting[]
}

export function createStandstillWatch(): StandstillWatch {
  const standings = new Map<string, Map<string, Standing>>()
  const alarms = new Map<string, number>()
  return {
    alarmed: (service, nowMs) => void alarms.set(service, nowMs),
    unknown: service => void standings.delete(service),
    seen(service, sightings, nowMs) {
      const before = standings.get(service) ?? new Map<string, Standing>()
      const isAlarmed = nowMs - (alarms.get(service) ?? Number.NEGATIVE_INFINITY) <= NOTICED_WITHIN_MS
      const stuck: Sighting[] = []
      const now = sightings.map(sighting => {
        const { topic, partition, committed, end } = sighting
        const name = `${topic}/${partition}`
        const last = before.get(name)
        const moves = last === undefined || last.committed !== committed || end <= committed
        const sinceMs = moves ? nowMs : last.sinceMs
        const isNew = !moves && !last.isTold && nowMs - sinceMs > NOTICED_WITHIN_MS && !isAlarmed
        if (isNew) stuck.push(sighting)
        return [name, { committed, sinceMs, isTold: !moves && (last.isTold || isNew) }] as const
      })
      standings.set(service, new Map(now))
      return stuck
    },
  }
}

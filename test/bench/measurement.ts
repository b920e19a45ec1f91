import type { OpenWorld } from './world.ts'

/** One measured turn. `floor` is the least that Node and kafkajs need for the same guarantee, measured in the same run. */
export interface Measurement {
  readonly benchmark: string
  readonly case: string
  readonly subject: 'atsflow' | 'floor'
  readonly round: number
  /** By name with the unit at its end, such as `cpuSecondsPer1000`. */
  readonly figures: Readonly<Record<string, number>>
}

export interface BenchmarkOptions {
  /** Round 0 warms the broker up and is thrown away. */
  readonly rounds: number
  /** A few seconds each instead of minutes: enough to see that everything runs, too little to compare. */
  readonly isQuick: boolean
  /** Raw events that the normalizer reads; fewer take less time and compare less well with other machines. */
  readonly events: number
  readonly openWorld: OpenWorld
  readonly say: (line: string) => void
}

export type Benchmark = (options: BenchmarkOptions) => AsyncIterable<Measurement>

export interface Turn {
  readonly round: number
  readonly subject: Measurement['subject']
}

/** A B, B A, A B: neither is always the first on a broker that still warms up. */
export function turns({ rounds, isQuick }: BenchmarkOptions): readonly Turn[] {
  const numbers = isQuick ? [0] : Array.from({ length: rounds + 1 }, (_, round) => round)
  return numbers.flatMap(round => {
    const subjects = ['floor', 'atsflow'] as const
    return (round % 2 === 0 ? subjects : subjects.toReversed()).map(subject => ({ round, subject }))
  })
}

/** Turns as a table, and what the comparison comes to. Pure. */
import { markdownTable } from '../../support/markdown-table.ts'
import { median } from '../figures.ts'
import { rounded } from '../report.ts'

export const SYSTEMS = ['atsflow, 1 process', 'atsflow, 2 processes', 'Kafka Streams, 2 threads'] as const
export type System = (typeof SYSTEMS)[number]
const [, OURS, PEER] = SYSTEMS

/** One turn; what is warm is its second half. CPU in seconds for 100,000 events. */
export interface Figures {
  readonly perSecond: number
  readonly warmPerSecond: number
  readonly cpuSecondsPer100k: number
  readonly warmCpuSecondsPer100k: number
  /** NaN where the broker is no process of ours. */
  readonly brokerCpuSecondsPer100k: number
  readonly peakMib: number
  /** What everything else on the machine took meanwhile, in cores. */
  readonly othersCores: number
}

export interface PeerTurn {
  readonly system: System
  /** Round 0 warms the broker up. */
  readonly round: number
  readonly figures: Figures
}

/** Those after the round that warms up, where there are any. */
const counted = (turns: readonly PeerTurn[]): readonly PeerTurn[] => {
  const later = turns.filter(({ round }) => round > 0)
  return later.length > 0 ? later : turns
}

const COLUMNS: readonly (readonly [title: string, figure: keyof Figures])[] = [
  ['events/s', 'perSecond'],
  ['warm half', 'warmPerSecond'],
  ['CPU s per 100,000', 'cpuSecondsPer100k'],
  ['warm half', 'warmCpuSecondsPer100k'],
  ['broker CPU s', 'brokerCpuSecondsPer100k'],
  ['peak MiB', 'peakMib'],
  ['others, cores', 'othersCores'],
]

/** Medians over the rounds, a line for each system. */
export function peerTable(turns: readonly PeerTurn[]): string {
  const rows = SYSTEMS.flatMap(system => {
    const own = counted(turns).filter(turn => turn.system === system)
    if (own.length === 0) return []
    const cells = COLUMNS.map(([, figure]) => median(own.map(({ figures }) => figures[figure])))
    return [[system, String(own.length), ...cells.map(cell => (Number.isNaN(cell) ? '' : rounded(cell)))]]
  })
  return markdownTable(
    ['normalizer, idibu’s candidates', 'rounds', ...COLUMNS.map(([title]) => title)],
    rows,
  ).join('\n')
}

/** Ours with two processes beside the peer, by one figure: the median of what each round comes to. NaN without a round of both. */
export function ratioOf(turns: readonly PeerTurn[], figure: keyof Figures): number {
  const rounds = Map.groupBy(counted(turns), ({ round }) => round)
  const of = (all: readonly PeerTurn[], wanted: System) =>
    all.find(({ system }) => system === wanted)?.figures[figure] ?? Number.NaN
  const ratios = [...rounds.values()].map(all => of(all, OURS) / of(all, PEER))
  return median(ratios.filter(ratio => !Number.isNaN(ratio)))
}

/** Above it, what else ran has taken part in the result. */
const OTHERS_CORES_MAX = 0.1

export function conclusion(turns: readonly PeerTurn[]): string {
  const [pace, cpu] = (['warmPerSecond', 'warmCpuSecondsPer100k'] as const).map(figure =>
    ratioOf(turns, figure).toFixed(2),
  )
  const noisy = counted(turns).filter(({ figures }) => figures.othersCores > OTHERS_CORES_MAX)
  return [
    `Warm, two processes have ${pace} of the pace of Kafka Streams with two threads, at ${cpu} times its CPU for each event`,
    `(medians of the ratios of the rounds).`,
    ...(noisy.length === 0
      ? []
      : [`NOISY: in ${noisy.length} turns other processes took more than ${OTHERS_CORES_MAX} cores.`]),
  ].join('\n')
}

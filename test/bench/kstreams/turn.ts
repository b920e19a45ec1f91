/** One turn: a group reads the raw topic to its end, and /proc tells what that costs. */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { waitForCoordinator } from '../../../services/platform/kafka/group-coordinator.ts'
import type { BenchAdmin } from '../bench-kafka.ts'
import { cpuSeconds, peakMib, TICKS_PER_SECOND } from '../figures.ts'
import { committed } from '../normalizer.ts'
import type { Figures } from './table.ts'

const SAMPLE_MS = 100
const GIVE_UP_MS = 900_000
const PROGRESS_MS = 10_000

export interface Watched {
  readonly group: string
  readonly topic: string
  readonly events: number
  readonly pids: readonly number[]
  readonly brokerPid: number | null
  /** Why it will never end; null as long as it may. */
  readonly hasFailed: () => string | null
  readonly onProgress: (done: number) => void
}

/** All of it in seconds, but for `done`. */
export interface Sample {
  readonly at: number
  readonly done: number
  readonly cpu: number
  readonly brokerCpu: number
  /** Of everything on the machine. */
  readonly busy: number
  readonly ownCpu: number
}

/** From the first commit that is seen: starting and joining the group are not what is measured. */
export async function watch(admin: BenchAdmin, watched: Watched): Promise<Figures> {
  const { group, topic, events, pids, onProgress } = watched
  await waitForCoordinator(admin, group, [topic])
  const samples: Sample[] = []
  const deadlineMs = performance.now() + GIVE_UP_MS
  let toldMs = performance.now()
  for (let done = 0; done < events; ) {
    done = await committed(admin, group, [topic])
    const failure = watched.hasFailed()
    if (failure !== null) throw new Error(failure)
    if (performance.now() > deadlineMs) throw new Error(`${done} of ${events} events are committed`)
    if (done > 0) samples.push(sample(done, watched))
    if (performance.now() - toldMs > PROGRESS_MS) {
      onProgress(done)
      toldMs = performance.now()
    }
    await delay(SAMPLE_MS)
  }
  return figuresOf(samples, events, sum(pids.map(peakMib)))
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)

function sample(done: number, { pids, brokerPid }: Watched): Sample {
  const { user, system } = process.cpuUsage()
  return {
    at: performance.now() / 1000,
    done,
    cpu: sum(pids.map(cpuSeconds)),
    brokerCpu: brokerPid === null ? Number.NaN : cpuSeconds(brokerPid),
    busy: busySeconds(readFileSync('/proc/stat', 'latin1')),
    ownCpu: (user + system) / 1e6,
  }
}

/** Of all cores, from the first line of /proc/stat: all but the fourth and fifth number, which are idle and waiting. */
export function busySeconds(stat: string): number {
  const [, ...ticks] = (stat.split('\n')[0] ?? '').trim().split(/\s+/)
  // Guests, from the ninth on, are counted as users already.
  return (
    sum(ticks.slice(0, 8).map((each, at) => (at === 3 || at === 4 ? 0 : Number(each)))) / TICKS_PER_SECOND
  )
}

/** @param samples by time; the last has all events */
export function figuresOf(samples: readonly Sample[], events: number, peak: number): Figures {
  const first = samples[0]
  const last = samples.at(-1)
  const half = samples.find(({ done }) => done >= events / 2)
  if (first === undefined || last === undefined || half === undefined || half.done >= last.done)
    throw new Error('all of it was one commit: take more events')
  return {
    perSecond: (last.done - first.done) / (last.at - first.at),
    warmPerSecond: (last.done - half.done) / (last.at - half.at),
    cpuSecondsPer100k: per100k(first, last, 'cpu'),
    warmCpuSecondsPer100k: per100k(half, last, 'cpu'),
    brokerCpuSecondsPer100k: per100k(first, last, 'brokerCpu'),
    peakMib: peak,
    othersCores: Math.max(0, othersOf(last) - othersOf(first)) / (last.at - first.at),
  }
}

const per100k = (from: Sample, to: Sample, name: 'cpu' | 'brokerCpu'): number =>
  ((to[name] - from[name]) / (to.done - from.done)) * 100_000

const othersOf = ({ busy, cpu, brokerCpu, ownCpu }: Sample): number => busy - cpu - brokerCpu - ownCpu

/** What a process costs, as Linux counts it, and what is said of many measurements. */
import { readFileSync, writeFileSync } from 'node:fs'

/** USER_HZ: the unit of CPU times in /proc, 100 on every Linux that Node runs on. */
export const TICKS_PER_SECOND = 100

/** Seconds of CPU time of all threads of a process, user and system. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

const statusMib = (pid: number, field: string): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024

/** Largest resident memory since `resetPeak`, MiB. */
export const peakMib = (pid: number): number => statusMib(pid, 'VmHWM')
export const residentMib = (pid: number): number => statusMib(pid, 'VmRSS')
export const resetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5')

/** The p-th percentile (0 to 1) of numbers in any order; NaN of none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2
}

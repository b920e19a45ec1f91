/** The numbers of the other processes, as Prometheus would read them. */
import { endpointOf, loginFor } from '../../platform/avro/registry-reader.ts'
import type { NamedUrl } from '../../platform/process/config.ts'

export interface ProcessNumbers {
  readonly name: string
  readonly isUp: boolean
  /** Sum over the labels, by metric; only those that the console shows. */
  readonly sums: Readonly<Record<string, number>>
}

const TIMEOUT_MS = 1_500
export const PULSIFI_REQUESTS = 'atsflow_pulsifi_requests_total'
/** Sums that mean something. */
const SHOWN: ReadonlySet<string> = new Set([
  PULSIFI_REQUESTS,
  'atsflow_completeness_delta',
  'atsflow_producer_queue_records',
  'atsflow_producer_failures_total',
  'atsflow_spool_records',
  'atsflow_spool_bytes',
])

export async function scrape({ name, url }: NamedUrl): Promise<ProcessNumbers> {
  try {
    const endpoint = endpointOf(url)
    const response = await fetch(endpoint.host, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: loginFor(endpoint),
    })
    const text = await response.text()
    return { name, isUp: response.ok, sums: response.ok ? sumsOf(text) : {} }
  } catch {
    // Not there, or not on this machine: it is shown as such.
    return { name, isUp: false, sums: {} }
  }
}

/** Sums of the exposition format's samples, by metric; NaN where one of them is. */
export function sumsOf(text: string): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^([a-z_]+)(?:\{[^}]*\})? (\S+)/i.exec(line) ?? []
    const isKnown = Number.isFinite(Number(value))
    if (SHOWN.has(name) && (isKnown || /^nan$/i.test(value))) sums[name] = (sums[name] ?? 0) + Number(value)
  }
  return sums
}

export interface RateWatch {
  /** Null until two looks are far enough apart. */
  readonly perSecond: (processes: readonly ProcessNumbers[], nowMs: number) => number | null
}

const WINDOW_MS = 20_000

/** Requests to Pulsifi a second over the last 20 s. A counter that fell belongs to a process that started again. */
export function createRateWatch(): RateWatch {
  let samples: { atMs: number; requests: number }[] = []
  return {
    perSecond(processes, nowMs) {
      const known = processes.filter(({ sums }) => PULSIFI_REQUESTS in sums)
      const requests = known.reduce((sum, { sums }) => sum + (sums[PULSIFI_REQUESTS] ?? 0), 0)
      const last = samples.at(-1)
      if (known.length === 0 || (last !== undefined && requests < last.requests)) samples = []
      if (known.length === 0) return null
      samples = [...samples.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS), { atMs: nowMs, requests }]
      const first = samples[0]
      if (first === undefined || nowMs - first.atMs < 1_000) return null
      return (requests - first.requests) / ((nowMs - first.atMs) / 1000)
    },
  }
}

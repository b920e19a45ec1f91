/** What was asked of the sandbox, for tests that count. */
import { performance } from 'node:perf_hooks'

/** Older calls are forgotten; the counts are not. */
const CALLS_KEPT = 10_000

export type CallRecord = {
  readonly operation: string
  readonly at: string
  /** null: the caller got no answer. */
  readonly status: number | null
  readonly duration_ms: number
  readonly reference: string | null
  /** Actions of the fault rules that struck. */
  readonly faults: readonly string[]
}

export type OperationCount = { readonly operation: string; readonly status: string; readonly count: number }

export type Calls = {
  /** Counts a call's arrival; the returned function records its end, once. */
  begin(operation: string): (end: Pick<CallRecord, 'status' | 'reference' | 'faults'>) => void
  list(): readonly CallRecord[]
  counts(): OperationCount[]
  /** The most calls that arrived within any one second, and the most that were open at once. */
  peaks(): { max_requests_in_one_second: number; max_in_flight: number }
  clear(): void
}

export function createCalls(): Calls {
  let kept: CallRecord[] = []
  let arrivals: number[] = []
  let inFlight = 0
  let peaks = { max_requests_in_one_second: 0, max_in_flight: 0 }
  const counts = new Map<string, OperationCount>()

  function arrive(nowMs: number): void {
    inFlight += 1
    arrivals = [...arrivals.filter(atMs => atMs > nowMs - 1000), nowMs]
    peaks = {
      max_requests_in_one_second: Math.max(peaks.max_requests_in_one_second, arrivals.length),
      max_in_flight: Math.max(peaks.max_in_flight, inFlight),
    }
  }

  return {
    begin(operation) {
      const startMs = performance.now()
      const at = new Date().toISOString()
      arrive(startMs)
      return end => {
        inFlight -= 1
        const status = end.status === null ? 'none' : String(end.status)
        const key = `${operation} ${status}`
        counts.set(key, { operation, status, count: (counts.get(key)?.count ?? 0) + 1 })
        kept.push({ operation, at, duration_ms: Math.round(performance.now() - startMs), ...end })
        if (kept.length > 2 * CALLS_KEPT) kept = kept.slice(-CALLS_KEPT)
      }
    },
    list: () => kept.slice(-CALLS_KEPT),
    counts: () => [...counts.values()],
    peaks: () => peaks,
    clear() {
      kept = []
      arrivals = []
      peaks = { max_requests_in_one_second: 0, max_in_flight: 0 }
      counts.clear()
    },
  }
}

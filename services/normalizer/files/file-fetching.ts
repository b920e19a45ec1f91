/** Fetches files beside everything else: no partition waits for one. What becomes of each is handed in as an input. */
import type { Candidate } from '../../../schemas/types.ts'
import { blobUri } from '../../core/blob.ts'
import type { BlobStore } from '../../platform/blobs/store.ts'
import { codeOf, type LogEvents } from '../../platform/process/log-events.ts'
import type { Metrics } from '../../platform/process/metrics.ts'
import type { FetchedFile, FetchFile } from './fetch-file.ts'
import {
  type FileResult,
  type FileResults,
  type HostsOf,
  resultOf,
  type WantedFile,
  wantedFiles,
} from './wanted-files.ts'

export interface FileFetchingPorts {
  readonly fetchFile: FetchFile
  readonly hostsOf: HostsOf
  readonly blobs: Pick<BlobStore, 'put'>
  /** Files on the wire at once, of the whole process: each may take its whole size in memory. */
  readonly concurrency: number
  readonly metrics: Pick<Metrics, 'files'>
  readonly log: Pick<LogEvents, 'fileNotFetched'>
  readonly nowMs: () => number
  /** Resolves after so many ms, or at the signal. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface FileFetching {
  readonly hostsOf: HostsOf
  /** Resolves when nothing of the candidate is wanted any more, or at `signal`. `report` may be called several times. */
  readonly fetchAll: (
    candidate: Candidate,
    report: (results: FileResults) => void,
    signal: AbortSignal,
  ) => Promise<void>
}

const MINUTE_MS = 60_000
/** Waits between attempts; the last one repeats. */
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS]
/** How long a link is tried that does not say when it dies: as long as the signed ones live. */
const LIFE_MS = 24 * 60 * MINUTE_MS

export function createFileFetching(ports: FileFetchingPorts): FileFetching {
  const { hostsOf, nowMs, metrics, log } = ports
  const takeSlot = createSlots(ports.concurrency)

  async function fetchAll(
    candidate: Candidate,
    report: (results: FileResults) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, received_at: receivedAtMs } = candidate.provenance
    let wanted = wantedFiles(candidate, hostsOf(source))
    for (let attempt = 1; wanted.length > 0; attempt++) {
      const tried = await Promise.all(
        wanted.map(async file => [file, await tryOnce(file, candidate, attempt, signal)] as const),
      )
      const nextAtMs = nowMs() + (WAITS_MS[Math.min(attempt, WAITS_MS.length) - 1] ?? MINUTE_MS)
      const finished = tried.flatMap(([file, result]): [string, FileResult][] => {
        const isGivenUp = !signal.aborted && file.expiresAtMs === null && nextAtMs >= receivedAtMs + LIFE_MS
        const outcome = result ?? (isGivenUp ? ({ status: 'FAILED' } as const) : null)
        return outcome === null ? [] : [[file.url, outcome]]
      })
      for (const [, { status }] of finished) metrics.files.inc({ source, outcome: status.toLowerCase() })
      // Also when nobody wants it any more: a deletion must learn of what has been stored since.
      if (finished.length > 0) report(Object.fromEntries(finished))
      if (signal.aborted) return
      wanted = wanted.filter(({ url }) => !finished.some(([of]) => of === url))
      const wakeAtMs = Math.min(nextAtMs, ...wanted.flatMap(({ expiresAtMs }) => expiresAtMs ?? []))
      if (wanted.length > 0) await ports.wait(Math.max(0, wakeAtMs - nowMs()), signal)
    }
  }

  /** Null: to be tried again. */
  async function tryOnce(
    file: WantedFile,
    candidate: Candidate,
    attempt: number,
    signal: AbortSignal,
  ): Promise<FileResult | null> {
    const giveBack = await takeSlot()
    try {
      if (signal.aborted) return null
      if (file.expiresAtMs !== null && nowMs() >= file.expiresAtMs) return { status: 'EXPIRED' }
      const tried = await fetchAndStore(ports, file.url, candidate, signal)
      if ('status' in tried) return tried
      const { source, tenant_id: tenant } = candidate.provenance
      const about = { source, tenant, key: candidate.candidate_key, code: tried.code, attempt }
      if (!signal.aborted) log.fileNotFetched(about)
      return tried.type === 'refused' ? { status: 'REJECTED' } : null
    } finally {
      giveBack()
    }
  }

  return { hostsOf, fetchAll }
}

/** Bytes first, then the record that refers to them. */
async function fetchAndStore(
  { fetchFile, hostsOf, blobs }: FileFetchingPorts,
  url: string,
  { candidate_key: key, provenance }: Candidate,
  signal: AbortSignal,
): Promise<FileResult | Exclude<FetchedFile, { type: 'fetched' }>> {
  const fetched = await fetchFile(url, hostsOf(provenance.source), signal)
  if (fetched.type !== 'fetched') return fetched
  const result = resultOf(fetched.bytes)
  if (result === null) return { type: 'failed', code: 'NOT_A_FILE' }
  try {
    await blobs.put(blobUri(provenance.tenant_id, key, result.sha256), fetched.bytes)
    return result
  } catch (error) {
    return { type: 'failed', code: codeOf(error) }
  }
}

/** So many at once, first come, first served. */
function createSlots(count: number): () => Promise<() => void> {
  let free = count
  const waiting: (() => void)[] = []
  const giveBack = (): void => {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
  return async () => {
    if (free > 0) free--
    else await new Promise<void>(resolve => waiting.push(resolve))
    return giveBack
  }
}

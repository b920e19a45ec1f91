/** The fetcher as this process is configured; without hosts it is never asked for anything. */
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import type { NormalizerConfig } from '../config.ts'
import { createFileFetcher, publicAgent } from './fetch-file.ts'
import { createFileFetching, type FileFetching, type FileFetchingPorts } from './file-fetching.ts'

/** Of one file. */
const LIMITS = { bytesMax: 20 * 1024 * 1024, withinMs: 30_000 }

export function openFileFetching(
  config: Pick<z.output<typeof NormalizerConfig>, 'FETCH_FILES_FROM' | 'FETCH_FILES_CONCURRENCY'>,
  ports: Pick<FileFetchingPorts, 'blobs' | 'metrics' | 'log'>,
): FileFetching & { readonly close: () => Promise<void> } {
  const agent = publicAgent()
  const fetching = createFileFetching({
    ...ports,
    fetchFile: createFileFetcher(agent, LIMITS),
    hostsOf: source => config.FETCH_FILES_FROM.get(source) ?? [],
    concurrency: config.FETCH_FILES_CONCURRENCY,
    nowMs: Date.now,
    wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
  })
  return { ...fetching, close: () => agent.destroy() }
}

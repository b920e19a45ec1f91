/** What every ingress has on disk because Kafka was away, as their metrics say. */
import { z } from 'zod'
import { endpointOf, loginFor } from '../../platform/avro/registry-reader.ts'
import { loadConfig, namedUrls, port } from '../../platform/process/config.ts'
import type { Session } from '../cli/session.ts'

const Settings = z.object({ CONSOLE_SCRAPE: namedUrls().optional(), HEALTH_PORT: port(8093) })
const ANSWER_WITHIN_MS = 3_000
/** What waits, and what was set aside. */
const RECORDS = /^atsflow_spool(?:_set_aside)?_records(?:\{[^}]*\})? (\S+)$/gm

/** Where CONSOLE_SCRAPE names processes `ingress…`, those; else the one of this machine. Null unless all of them answer. */
export async function recordsInSpools({
  env,
  signal,
}: Pick<Session, 'env' | 'signal'>): Promise<number | null> {
  const { CONSOLE_SCRAPE: named, HEALTH_PORT: local } = loadConfig(Settings, env)
  const urls = named?.flatMap(({ name, url }) => (name.startsWith('ingress') ? url : [])) ?? [
    `http://127.0.0.1:${local}/metrics`,
  ]
  const counts = await Promise.all(urls.map(url => recordsAt(url, signal).catch(() => null)))
  return counts.length === 0 || counts.includes(null)
    ? null
    : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
}

/** Null when it is no ingress that answers. */
async function recordsAt(url: string, signal: AbortSignal): Promise<number | null> {
  const endpoint = endpointOf(url)
  const response = await fetch(endpoint.host, {
    headers: loginFor(endpoint),
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  })
  return response.ok ? spoolRecordsIn(await response.text()) : null
}

/** From Prometheus' text format. Null where it has no such metric, or one that is no number. */
export function spoolRecordsIn(text: string): number | null {
  const values = [...text.matchAll(RECORDS)].map(([, value]) => Number(value))
  return values.length === 0 || values.some(Number.isNaN) ? null : values.reduce((sum, value) => sum + value)
}

import { reject } from '../../services/core/outcome.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import { receive } from '../../services/platform/raw-events/receive.ts'
import type { RawRecord } from '../../services/platform/raw-events/record.ts'

/** A webhook to `direct` as a version of the source kept it that could not read it, and what ingress makes of it now. */
export async function unreadWebhook(tenant: string, body: Buffer) {
  const source = (await discoverSources()).get('direct')
  if (source === undefined) throw new Error('the source is gone')
  const arrival = {
    ...{ source: 'direct', tenant, auth: 'bearer', contentType: 'application/json', contentEncoding: null },
    ...{ receivedAtMs: 1_767_225_600_000, traceParent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` },
    settings: {},
  }
  const blind = { ...source, split: () => reject('BODY_UNREADABLE', 'not JSON') }
  const kept = receive(blind, { headers: {}, body }, arrival)
  const now = receive(source, { headers: {}, body }, arrival)
  if (kept.type !== 'unroutable') throw new Error(kept.type)
  const direct: readonly RawRecord[] = now.type === 'routed' ? now.records : []
  return { letter: kept.record, direct }
}

/**
 * A canary has come as far as its canonical record: that is made and encoded like any other, published nowhere and kept
 * nowhere, and a record on a topic of its own says that it was. One that cannot be read is no dead letter: it stays away,
 * and that is what is watched.
 */
import type { CanonicalRecord } from '../core/canonical.ts'
import type { Outcome } from '../core/outcome.ts'
import type { RawEventHeaders } from '../core/raw-event.ts'
import { CANARY } from '../core/topics.ts'
import type { Codec } from '../platform/avro/codec.ts'
import type { Decision } from '../platform/partitions/processor.ts'
import type { CompanyRecord } from './complete.ts'

export interface CanaryPorts {
  readonly codec: Codec
  readonly normalizerVersion: string
  readonly encode: (canonical: CanonicalRecord) => Uint8Array
}

export function decideCanary(
  normalized: Outcome<CanonicalRecord | CompanyRecord>,
  { event, postedMs }: { readonly event: RawEventHeaders; readonly postedMs: number },
  { codec, normalizerVersion, encode }: CanaryPorts,
): Decision<never> {
  const { source, tenant, eventId, receivedAtMs } = event
  const label = { name: 'void', source: null, tenant } as const
  if (normalized.type !== 'ok' || normalized.value.type === 'company') {
    const reason = normalized.type === 'reject' ? normalized.code : 'KIND_NOT_CONSUMED'
    return { outcome: { ...label, reason }, outputs: [], effects: [] }
  }
  const key = `${source}:${tenant}`
  const value = codec.encode(CANARY, {
    canary_key: key,
    ...{ source, tenant_id: tenant, event_id: eventId },
    ...{ posted_at: postedMs, received_at: receivedAtMs },
    canonical_bytes: encode(normalized.value).length,
    normalizer_version: normalizerVersion,
  })
  const outcome = { ...label, reason: '', canary: { source, postedMs } }
  return { outcome, outputs: [{ topic: CANARY, key, value }], effects: [] }
}

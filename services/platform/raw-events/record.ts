/** A webhook as records of Kafka: the event as received, and what we know about its receipt in headers. */
import { blobUri } from '../../core/blob.ts'
import { entityKey, eventId, sha256Hex } from '../../core/identity.ts'
import {
  DEAD_LETTER_HEADER,
  deadLetterTopic,
  HEADER,
  keptHeader,
  PULSIFI_RAW,
  rawTopic,
} from '../../core/topics.ts'
import type { RawEvent } from '../../sources/source.ts'
import type { OutboundRecord } from '../kafka/producer-batch.ts'

/** Values above it do not travel through Kafka. */
export const VALUE_BYTES_MAX = 512 * 1024

const DETAIL_LENGTH_MAX = 1_000

/** The value of a record whose text is kept elsewhere (`ce_dataref`): valid JSON that says nothing. */
const BY_REFERENCE = Buffer.from('{}')

/** What is known of a delivery besides its body. */
export interface Delivery {
  readonly source: string
  readonly tenant: string
  /** Which verifier passed. */
  readonly auth: string
  readonly receivedAtMs: number
  readonly traceParent: string
  readonly contentType: string
  /** Of the whole body as received. */
  readonly bodySha256: string
  /** Set when the body is kept in an encoding that we could not undo. */
  readonly contentEncoding: string | null
  /** Of a delivery that has proved that it is a canary: when it was posted. */
  readonly canaryPostedMs?: number
}

/** A record, and the bytes that must be in the blob store before it is written. */
export interface RawRecord {
  readonly eventId: string
  readonly record: OutboundRecord
  readonly blobs: readonly { readonly uri: string; readonly bytes: Uint8Array }[]
}

/** Far beyond any id that can be used further on, and little enough for a record's headers. */
const NAME_BYTES_MAX = 4 * 1024

/**
 * Whether the event's names can stand in a record: a lone surrogate would become another character, and two entities
 * one; a key of megabytes would be refused by the broker for ever.
 */
export const hasUsableNames = ({ source, tenant }: Delivery, event: RawEvent): boolean =>
  [entityKey(source, tenant, event.entity?.externalId ?? ''), event.kind, event.deliveryId ?? ''].every(
    name => name.isWellFormed() && Buffer.byteLength(name) <= NAME_BYTES_MAX,
  )

/** One event of a source, keyed by its entity, or by itself when it is about none. `value` is its text in UTF-8. */
export function eventRecord(delivery: Delivery, event: RawEvent, value: Buffer, index: number): RawRecord {
  const { source, tenant } = delivery
  const id = eventId({ ...delivery, index, deliveryId: event.deliveryId })
  const key = event.entity === null ? id : entityKey(source, tenant, event.entity.externalId)
  const headers = {
    ...headersOf(delivery, id, key, event.kind),
    [HEADER.contentType]: 'application/json',
    ...(delivery.contentEncoding === null ? {} : { [HEADER.ignoredEncoding]: delivery.contentEncoding }),
    ...(event.entity === null ? {} : { [HEADER.entity]: event.entity.type }),
    ...(event.deliveryId === null ? {} : { [HEADER.deliveryId]: event.deliveryId }),
  }
  const raw = claimCheck(tenant, { topic: rawTopic(source), key, value, headers })
  const files = (event.files ?? []).map(({ sha256, bytes }) => ({ uri: blobUri(tenant, key, sha256), bytes }))
  return { eventId: id, record: raw.record, blobs: [...files, ...raw.blobs] }
}

/**
 * The callback of Pulsifi, whatever it says. Those about one candidate go to one partition, whose owner counts them; what
 * they name is a secret of the candidate, so the key is its digest.
 * @param subject what all callbacks about a candidate name; null when it is not known
 */
export function callbackRecord(delivery: Delivery, body: Uint8Array, subject: string | null): RawRecord {
  const id = eventId({ ...delivery, index: 0, deliveryId: null })
  const key = subject === null ? id : sha256Hex(JSON.stringify([delivery.tenant, subject]))
  const headers = { ...headersOf(delivery, id, key, 'pulsifi.callback'), ...keptEncoding(delivery) }
  return {
    eventId: id,
    ...claimCheck(delivery.tenant, { topic: PULSIFI_RAW, key, value: Buffer.from(body), headers }),
  }
}

/** A webhook that nobody can cut into events, and why. */
export interface Unroutable {
  readonly delivery: Delivery
  /** Headers of the webhook that the source reads: without them it could never be received again. */
  readonly kept: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly code: string
  /** Names fields, never values. */
  readonly detail: string
}

/** The body as received. It never had an offset, so those headers are −1. */
export function deadLetterRecord({ delivery, kept, body, code, detail }: Unroutable): RawRecord {
  const id = eventId({ ...delivery, index: 0, deliveryId: null })
  const headers = {
    ...headersOf(delivery, id, id, 'unroutable'),
    ...keptEncoding(delivery),
    ...Object.fromEntries(Object.entries(kept).map(([name, value]) => [keptHeader(name), value])),
    [DEAD_LETTER_HEADER.topic]: rawTopic(delivery.source),
    [DEAD_LETTER_HEADER.partition]: '-1',
    [DEAD_LETTER_HEADER.offset]: '-1',
    [DEAD_LETTER_HEADER.group]: 'ingress',
    [DEAD_LETTER_HEADER.message]: detail.slice(0, DETAIL_LENGTH_MAX),
    [DEAD_LETTER_HEADER.deliveryCount]: '1',
    [DEAD_LETTER_HEADER.code]: code,
    [DEAD_LETTER_HEADER.stage]: 'ingress',
  }
  const topic = deadLetterTopic('ingress')
  return {
    eventId: id,
    ...claimCheck(delivery.tenant, { topic, key: id, value: Buffer.from(body), headers }),
  }
}

function headersOf(delivery: Delivery, id: string, key: string, type: string): Record<string, string> {
  return {
    [HEADER.specVersion]: '1.0',
    [HEADER.id]: id,
    [HEADER.source]: `/hooks/${delivery.source}/${delivery.tenant}`,
    [HEADER.type]: type,
    // biome-ignore lint/style/noRestrictedGlobals: it only writes out the time that is given.
    [HEADER.time]: new Date(delivery.receivedAtMs).toISOString(),
    [HEADER.subject]: key,
    [HEADER.contentType]: delivery.contentType,
    [HEADER.traceParent]: delivery.traceParent,
    [HEADER.tenant]: delivery.tenant,
    [HEADER.bodySha256]: delivery.bodySha256,
    [HEADER.auth]: delivery.auth,
    ...(delivery.canaryPostedMs === undefined ? {} : { [HEADER.canary]: String(delivery.canaryPostedMs) }),
  }
}

/** Of a body that is kept as it came. */
const keptEncoding = ({ contentEncoding }: Delivery): Record<string, string> =>
  contentEncoding === null ? {} : { [HEADER.contentEncoding]: contentEncoding }

/** Sends a large value by reference. */
function claimCheck(
  tenant: string,
  record: OutboundRecord & { readonly value: Buffer },
): Omit<RawRecord, 'eventId'> {
  if (record.value.length <= VALUE_BYTES_MAX) return { record, blobs: [] }
  const uri = blobUri(tenant, record.key, sha256Hex(record.value))
  return {
    record: { ...record, value: BY_REFERENCE, headers: { ...record.headers, [HEADER.dataRef]: uri } },
    blobs: [{ uri, bytes: record.value }],
  }
}

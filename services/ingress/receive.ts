import { sha256Hex } from '../core/identity.ts'
import type { Source, WebhookRequest } from '../sources/source.ts'
import { bodyShape, shapeFault } from './body-shape.ts'
import { findSecretProof, type SecretProof } from './callback-secret.ts'
import {
  callbackRecord,
  type Delivery,
  deadLetterRecord,
  eventRecord,
  hasUsableNames,
  type RawRecord,
} from './raw-record.ts'

/** What the shell knows of a webhook that is proven to come from its connection. */
export type Arrival = Omit<Delivery, 'bodySha256'>

export type Receipt =
  /** The headers do not prove a secret that must be proven: 401, and nothing is kept. */
  | { readonly type: 'refused' }
  /** We know where it goes: raw topic, 200. */
  | { readonly type: 'routed'; readonly records: readonly RawRecord[] }
  /** More events than one webhook may hold: 413, since sending fewer at once helps. */
  | { readonly type: 'too-many-events' }
  /** Authentic, yet unreadable. It is a customer's event all the same: dead-letter topic, 200. */
  | { readonly type: 'unroutable'; readonly code: string; readonly record: RawRecord }

/** Decides what becomes of a source's webhook. Deterministic: a redelivery gets the same ids. */
export function receive(source: Source, request: WebhookRequest, arrival: Arrival): Receipt {
  const delivery = { ...arrival, bodySha256: sha256Hex(request.body) }
  const unroutable = (code: string, detail: string): Receipt => ({
    type: 'unroutable',
    code,
    record: deadLetterRecord(delivery, request.body, code, detail),
  })
  if (delivery.contentEncoding !== null) return unroutable('BODY_UNREADABLE', 'content-encoding')

  const fault = shapeFault(bodyShape(request.body))
  if (fault === 'too-many-items') return { type: 'too-many-events' }
  if (fault === 'too-complex') return unroutable('BODY_UNREADABLE', 'deeper, longer or more than we read')

  const events = source.split(request)
  switch (events.type) {
    case 'ok': {
      const unusable = events.value.find(event => !hasUsableNames(delivery, event))
      if (unusable !== undefined) return unroutable('NOT_ROUTABLE', 'an id or a name that cannot be kept')
      return {
        type: 'routed',
        records: events.value.map((event, index) => eventRecord(delivery, event, index)),
      }
    }
    case 'reject':
      return unroutable(events.code, events.detail)
    case 'skip':
      // Splitting has no right to drop an event: what is of no use is skipped after it is stored.
      return unroutable('NOT_ROUTABLE', events.reason)
  }
}

export interface CallbackPolicy {
  /** Null: no secret was agreed with Pulsifi, and the path token is all there is. */
  readonly secret: string | null
  /** Null: observe. Otherwise this header must prove the secret. */
  readonly pinnedHeader: string | null
}

/** Decides what becomes of Pulsifi's callback. Its body is kept as it is: it is documented nowhere. */
export function receiveCallback(
  request: WebhookRequest,
  arrival: Arrival,
  policy: CallbackPolicy,
): Receipt & { readonly proof?: SecretProof | null } {
  const { secret, pinnedHeader } = policy
  const proof = secret === null ? null : findSecretProof(request, secret, pinnedHeader)
  if (secret !== null && pinnedHeader !== null && proof === null) return { type: 'refused' }
  const auth = secret === null ? arrival.auth : `${arrival.auth}; ${describeProof(proof)}`
  const delivery = { ...arrival, auth, bodySha256: sha256Hex(request.body) }
  return { type: 'routed', records: [callbackRecord(delivery, request.body)], proof }
}

const describeProof = (proof: SecretProof | null): string =>
  proof === null ? 'secret=none' : `secret=${proof.form}; header=${proof.header}`

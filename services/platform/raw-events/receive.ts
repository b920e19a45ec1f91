/** What becomes of a source's webhook, whenever it is read: when it comes in, and again when its dead letter goes back. */

import { tenantOfCompany } from '../../core/companies.ts'
import { sha256Hex } from '../../core/identity.ts'
import { inUtf8 } from '../../core/reading/charset.ts'
import type { RawEvent, Source, SourceSettings, WebhookRequest } from '../../sources/source.ts'
import { bodyShape, shapeFault } from './body-shape.ts'
import { type Delivery, deadLetterRecord, eventRecord, hasUsableNames, type RawRecord } from './record.ts'

/** What the shell knows of a webhook that is proven to come from its connection. */
export interface Arrival extends Omit<Delivery, 'bodySha256'> {
  /** Of the connection that it came in by. */
  readonly settings: SourceSettings
}

export type Receipt =
  /** We know where it goes: raw topic, 200. */
  | { readonly type: 'routed'; readonly records: readonly RawRecord[] }
  /** More events than one webhook may hold: 413, since sending fewer at once helps. */
  | { readonly type: 'too-many-events' }
  /** Authentic, yet unreadable. It is a customer's event all the same: dead-letter topic, 200. */
  | {
      readonly type: 'unroutable'
      readonly code: string
      readonly detail: string
      readonly record: RawRecord
    }

/**
 * A body that is not in the encoding that it announces is read as it is, since some senders announce one and use none.
 * Deterministic: a redelivery gets the same ids. The source is given the headers that it declares and no others, since
 * those are what a dead letter can keep.
 */
export function receive(source: Source, request: WebhookRequest, arrival: Arrival): Receipt {
  const { settings, ...of } = arrival
  const delivery = { ...of, bodySha256: sha256Hex(request.body) }
  /** As of the tenant whose company the event speaks of. */
  const deliveryOf = ({ company }: RawEvent): Delivery => ({
    ...delivery,
    tenant: tenantOfCompany(settings, company ?? null) ?? delivery.tenant,
  })
  const kept = splitHeadersOf(source, request.headers)
  const unroutable = (code: string, why: string): Receipt => {
    const detail =
      delivery.contentEncoding === null ? why : `content-encoding could not be undone; as it is: ${why}`
    return {
      type: 'unroutable',
      code,
      detail,
      record: deadLetterRecord({ delivery, kept, body: request.body, code, detail }),
    }
  }
  const body = inUtf8(request.body, delivery.contentType)
  if (body === null) return unroutable('BODY_UNREADABLE', 'not in the character set that it is said to be in')

  const fault = shapeFault(bodyShape(body))
  if (fault === 'too-many-items') return { type: 'too-many-events' }
  if (fault === 'too-complex') return unroutable('BODY_UNREADABLE', 'deeper, longer or more than we read')

  const events = source.split({
    headers: { ...kept, 'content-type': delivery.contentType },
    body,
  })
  switch (events.type) {
    case 'ok': {
      const unusable = events.value.find(event => !hasUsableNames(deliveryOf(event), event))
      if (unusable !== undefined) return unroutable('NOT_ROUTABLE', 'an id or a name that cannot be kept')
      return {
        type: 'routed',
        records: events.value.map((event, index) =>
          eventRecord(deliveryOf(event), event, bytesOf(event.text, body), index),
        ),
      }
    }
    case 'reject':
      return unroutable(events.code, events.detail)
    case 'skip':
      // Splitting has no right to drop an event: what is of no use is skipped after it is stored.
      return unroutable('NOT_ROUTABLE', events.reason)
  }
}

/** What proves who sent something is no part of it: nobody reads it further on, and nothing that is kept holds it. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-hook-token',
])

function splitHeadersOf(source: Source, headers: WebhookRequest['headers']): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of source.splitHeaders ?? []) {
    const value = CREDENTIAL_HEADERS.has(name) ? undefined : headers[name]
    if (value !== undefined) kept[name] = value
  }
  return kept
}

/**
 * The text in UTF-8. Most texts are the whole body, and V8 encodes slowly what has letters beyond Latin-1: decoding the
 * body to compare costs a fifth.
 */
function bytesOf(text: string, body: Uint8Array): Buffer {
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const mayBeWhole = text.length <= whole.length && whole.length <= UTF8_BYTES_MAX * text.length
  return mayBeWhole && !text.includes(REPLACEMENT) && whole.toString() === text ? whole : Buffer.from(text)
}

/** What decoding makes of bytes that are no UTF-8: with one of it, equal texts may be different bytes. */
const REPLACEMENT = '\ufffd'
/** Of one UTF-16 unit. */
const UTF8_BYTES_MAX = 3

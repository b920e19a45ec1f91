/** A raw event as the headers of its record describe it (CloudEvents 1.0, binary mode). */

import { isFromOperator } from './operator-event.ts'
import { type Outcome, ok, reject } from './outcome.ts'
import { instant } from './reading/dates.ts'
import { HEADER } from './topics.ts'

export interface RawEventHeaders {
  readonly eventId: string
  readonly source: string
  readonly tenant: string
  /** The source's own name of the event. */
  readonly kind: string
  /** First receipt, ms since the epoch: spool, redrive and replay keep it. */
  readonly receivedAtMs: number
  readonly deliveryId: string | null
  readonly bodySha256: string
  /** Written by an operator; `kind` is then none of the source's. */
  readonly fromOperator: boolean
  /** Said by ingress about the receipt, for the record's provenance. */
  readonly warnings: readonly string[]
  /** When it was posted, ms since the epoch: a canary of ours has it, and nothing that a vendor sends. */
  readonly canaryPostedMs?: number
  /** Where the text is kept when it is not the record's value. */
  readonly dataRef: string | null
}

/** @param header text of a header by its name, undefined when the record has none */
export function readRawEventHeaders(header: (name: string) => string | undefined): Outcome<RawEventHeaders> {
  const [, hooks, source, tenant] = (header(HEADER.source) ?? '').split('/')
  const eventId = header(HEADER.id)
  const kind = header(HEADER.type)
  const receivedAtMs = instant(header(HEADER.time), 'utc')?.ms ?? Number.NaN
  if (hooks !== 'hooks' || !source || !tenant) return reject('HEADERS_INVALID', HEADER.source)
  if (!eventId) return reject('HEADERS_INVALID', HEADER.id)
  if (!kind) return reject('HEADERS_INVALID', HEADER.type)
  const canary = header(HEADER.canary)
  if (canary !== undefined && !/^\d{1,15}$/.test(canary)) return reject('HEADERS_INVALID', HEADER.canary)
  if (!Number.isFinite(receivedAtMs)) return reject('HEADERS_INVALID', HEADER.time)
  return ok({
    eventId,
    source,
    tenant,
    kind,
    receivedAtMs,
    deliveryId: header(HEADER.deliveryId) ?? null,
    bodySha256: header(HEADER.bodySha256) ?? '',
    fromOperator: isFromOperator(header),
    warnings: header(HEADER.ignoredEncoding) === undefined ? [] : ['CONTENT_ENCODING_IGNORED'],
    ...(canary === undefined ? {} : { canaryPostedMs: Number(canary) }),
    dataRef: header(HEADER.dataRef) ?? null,
  })
}

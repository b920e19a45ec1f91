import { type Outcome, ok, reject } from '../../../services/core/outcome.ts'
import type { Arrival } from '../../../services/platform/raw-events/receive.ts'
import { noSettings, type RawEvent, type Source } from '../../../services/sources/source.ts'

/** A source whose every delivery is what `split` says. */
export const sourceThat = (split: (body: Uint8Array) => Outcome<readonly RawEvent[]>): Source => ({
  name: 'acme',
  bodyBytesMax: 1024,
  settings: noSettings,
  split: request => split(request.body),
  kinds: {},
  trigger: () => 'invite',
})

/** An array of `{id}` becomes one candidate event each; anything else cannot be routed. */
export const acme = sourceThat(body => {
  const text = Buffer.from(body).toString()
  if (!text.startsWith('[')) return reject('BODY_UNREADABLE', 'not JSON')
  const ids: { id: string }[] = JSON.parse(text)
  return ok(ids.map(({ id }) => candidateEvent(id)))
})

export const candidateEvent = (id: string, change: Partial<RawEvent> = {}): RawEvent => ({
  kind: 'candidate.update',
  entity: { type: 'candidate', externalId: id },
  text: JSON.stringify({ id }),
  deliveryId: null,
  ...change,
})

export const arrival: Arrival = {
  source: 'acme',
  tenant: 'default',
  settings: {},
  auth: 'bearer',
  receivedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  contentType: 'application/json; charset=utf-8',
  contentEncoding: null,
}

export const requestOf = (body: string | Uint8Array, headers: Record<string, string> = {}) => ({
  headers,
  body: Buffer.from(body),
})

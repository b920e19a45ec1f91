/** The dead letter of a webhook, received once more: the records are those that ingress would have written. Pure. */
import { readRawEventHeaders } from '../../core/raw-event.ts'
import { HEADER, keptHeader, rawTopic } from '../../core/topics.ts'
import type { Source } from '../../sources/source.ts'
import type { Connections } from '../connections/connections.ts'
import { receive } from '../raw-events/receive.ts'
import type { Plan } from './plan.ts'

/** A body as it came, or decoded where that is possible now; `encoding` is what it is still said to be in. */
export interface KeptBody {
  readonly bytes: Uint8Array
  readonly encoding: string | null
}

/**
 * Ids, keys and headers follow from the body and from what the letter's headers say of its arrival.
 * @param body null when it is kept elsewhere and can no longer be read there
 */
export function receiveAgain(
  sources: ReadonlyMap<string, Source>,
  settingsOf: Connections['settingsOf'],
  header: (name: string) => string | undefined,
  body: KeptBody | null,
): Plan {
  const said = readRawEventHeaders(header)
  if (said.type !== 'ok') return leave('its headers do not say where it came from')
  if (body === null) return leave('its body is not in the blob store that is configured here')
  const { source: name, tenant, receivedAtMs } = said.value
  const source = sources.get(name)
  if (source === undefined) return leave(`there is no source ${name}`)

  const kept = (source.splitHeaders ?? []).map(one => [one, header(keptHeader(one))])
  const receipt = receive(
    source,
    { headers: Object.fromEntries(kept), body: body.bytes },
    {
      source: name,
      tenant,
      receivedAtMs,
      auth: header(HEADER.auth) ?? '',
      traceParent: header(HEADER.traceParent) ?? '',
      contentType: header(HEADER.contentType) ?? '',
      contentEncoding: body.encoding,
      settings: settingsOf(name, tenant),
    },
  )
  switch (receipt.type) {
    case 'routed':
      return { type: 'route', to: rawTopic(name), records: receipt.records }
    case 'unroutable':
      return leave(`still unreadable: ${receipt.code} ${receipt.detail}`)
    case 'too-many-events':
      return leave('it holds more events than one webhook may')
  }
}

const leave = (why: string): Plan => ({ type: 'leave', why })

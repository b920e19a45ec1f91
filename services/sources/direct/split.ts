import { elementTexts, parseJson } from '../../core/json.ts'
import { andThen, type Outcome, ok, reject } from '../../core/outcome.ts'
import { bodyText, EVENTS_MAX } from '../parse-body.ts'
import { faultsOf, type RawEvent, UNROUTABLE, type WebhookRequest } from '../source.ts'
import { Envelope } from './payload.ts'

/** The kind of a line that is not JSON. What is stored is the line as a JSON string. */
export const UNREADABLE = 'unreadable'

/**
 * One object, an array of them, or one a line (NDJSON): an event for each. What cannot be routed becomes an event of
 * its own, so that its neighbours go through; alone, it is the delivery's fault.
 */
export const split = (request: WebhookRequest): Outcome<readonly RawEvent[]> =>
  andThen(bodyText(request), text => {
    const parts = partsOf(text, isNdjson(request.headers['content-type']))
    if (parts === null) return reject('BODY_UNREADABLE', 'neither JSON nor JSON lines, or nested too deep')
    if (parts.length > EVENTS_MAX) return reject('NOT_ROUTABLE', `more than ${EVENTS_MAX} elements`)
    const [only] = parts
    if (parts.length === 1 && only !== undefined) return andThen(route(only), event => ok([event]))
    return ok(parts.map(eventOf))
  })

/** An element, or why there is none, with the text that will be stored. */
type Part =
  | { readonly type: 'json'; readonly value: unknown; readonly text: string }
  | { readonly type: 'unreadable'; readonly text: string }

const isNdjson = (contentType: string | undefined): boolean =>
  /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\b/i.test(contentType?.trim() ?? '')

/** Null for a body that is no JSON in any of the three forms. The content type decides only where the body does not. */
function partsOf(text: string, isDeclaredNdjson: boolean): readonly Part[] | null {
  const whole = partOf(text)
  if (whole.type === 'json') {
    if (!Array.isArray(whole.value)) return [whole]
    const texts = elementTexts(text)
    return whole.value.map((value: unknown, index) => ({ type: 'json', value, text: texts[index] ?? '' }))
  }
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  // One more than are allowed shows that there are too many.
  const parts = lines.slice(0, EVENTS_MAX + 1).map(partOf)
  const isNdjsonBody = isDeclaredNdjson || (parts.length > 1 && parts[0]?.type === 'json')
  return isNdjsonBody && parts.length > 0 ? parts : null
}

function partOf(text: string): Part {
  try {
    return { type: 'json', value: parseJson(text), text: text.trim() }
  } catch {
    return { type: 'unreadable', text }
  }
}

function route(part: Part): Outcome<RawEvent> {
  if (part.type === 'unreadable') return reject('BODY_UNREADABLE', 'a line that is not JSON')
  const envelope = Envelope.safeParse(part.value)
  if (!envelope.success) return reject('NOT_ROUTABLE', faultsOf(envelope.error, Envelope))
  const { type, action, data } = envelope.data
  return ok({
    kind: `${type}.${action}`,
    entity: { type, externalId: data.external_id },
    text: part.text,
    deliveryId: null,
  })
}

function eventOf(part: Part): RawEvent {
  const routed = route(part)
  if (routed.type === 'ok') return routed.value
  return part.type === 'json'
    ? { kind: UNROUTABLE, entity: null, text: part.text, deliveryId: null }
    : { kind: UNREADABLE, entity: null, text: JSON.stringify(part.text), deliveryId: null }
}

import { z } from 'zod'
import { elementTexts } from '../../core/json.ts'
import { andThen, type Outcome, ok, reject } from '../../core/outcome.ts'
import { EVENTS_MAX, parseAny } from '../parse-body.ts'
import { faultsOf, mapping, type RawEvent, type Source, UNROUTABLE, type WebhookRequest } from '../source.ts'
import { detachFiles } from './detach-files.ts'
import { type Lifted, liftFiles } from './lift-files.ts'
import { toCandidate } from './map-application.ts'
import { Application, Envelope, Settings } from './payload.ts'

const AnyObject = z.looseObject({})

/** Fields of the older Météojob direct-apply format, another product. */
const LEGACY_FIELDS = ['cvBase64', 'jobkey']

function split(request: WebhookRequest): Outcome<readonly RawEvent[]> {
  const lifted = liftFiles(request.body)
  const event = splitLifted(request, lifted)
  // What was lifted was no file after all, or the body is at fault: then the whole body says so.
  return event.type === 'ok' || lifted.files.length === 0
    ? event
    : splitLifted(request, { body: request.body, files: [] })
}

/** The guide shows one application. Several in an array are each one, and none costs the others anything. */
const splitLifted = (request: WebhookRequest, { body, files }: Lifted): Outcome<readonly RawEvent[]> =>
  andThen(parseAny({ ...request, body }), ({ value, text }) => {
    if (!Array.isArray(value)) return andThen(route(value, text, files), event => ok([event]))
    // Which files belong to which element shows only in the text as it was received.
    if (files.length > 0) return reject('NOT_ROUTABLE', 'what looks like files is in no attachment')
    if (value.length === 0 || value.length > EVENTS_MAX)
      return reject('NOT_ROUTABLE', `1 to ${EVENTS_MAX} elements`)
    const texts = elementTexts(text)
    return ok(
      value.map((element: unknown, index) => {
        const routed = route(element, texts[index] ?? '', [])
        return routed.type === 'ok' ? routed.value : unroutable(texts[index] ?? '')
      }),
    )
  })

const unroutable = (text: string): RawEvent => ({ kind: UNROUTABLE, entity: null, text, deliveryId: null })

function route(value: unknown, text: string, files: Lifted['files']): Outcome<RawEvent> {
  const object = AnyObject.safeParse(value)
  if (!object.success) return reject('NOT_ROUTABLE', faultsOf(object.error, AnyObject))
  const legacy = LEGACY_FIELDS.filter(field => Object.hasOwn(object.data, field))
  if (legacy.length > 0) return reject('LEGACY_METEOJOB_FORMAT', legacy.join(', '))
  const envelope = Envelope.safeParse(object.data)
  if (!envelope.success) return reject('NOT_ROUTABLE', faultsOf(envelope.error, Envelope))
  const entity = { type: 'candidate', externalId: envelope.data.id } as const
  const detached = detachFiles(text, object.data, files)
  if (detached === null) return reject('NOT_ROUTABLE', 'what looks like files is in no attachment')
  return ok({ kind: 'application', entity, deliveryId: null, ...detached })
}

/**
 * CleverConnect, formerly Météojob. One kind of event, a new application, as a bare JSON object with its files in
 * base64. No job events, no deletes, no delivery id, no clock; retry is not documented. Repeating an `id` is
 * repeating the application.
 */
export default {
  name: 'cleverconnect',
  bodyBytesMax: 30 * 1024 * 1024,
  settings: Settings,
  split,
  kinds: {
    application: mapping(Application, toCandidate),
    [UNROUTABLE]: () => reject('NOT_ROUTABLE', 'an element of the delivery is no application'),
  },
  canary: id => JSON.stringify({ id, jobId: id, candidate: { firstName: 'Canary' } }),
  /** Being sent is the request: every application is invited. */
  trigger: () => 'invite',
} satisfies Source

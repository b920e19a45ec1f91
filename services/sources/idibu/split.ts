import { andThen, type Outcome, ok, reject } from '../../core/outcome.ts'
import { jsonText } from '../form.ts'
import { parseText } from '../parse-body.ts'
import { faultsOf, type RawEvent, type WebhookRequest } from '../source.ts'
import { Envelope, Identified } from './payload.ts'

const ENTITIES = { candidate: 'candidate', vacancy: 'job' } as const

/**
 * An account may choose forms, and nobody says how the nested data are put into fields. A delivery is one event about one candidate or one vacancy.
 */
export const split = (request: WebhookRequest): Outcome<readonly RawEvent[]> =>
  andThen(jsonText(request, holdsPayload), text =>
    andThen(parseText(text, Envelope), ({ value }) => route(value, text, request.headers)),
  )

function route(
  envelope: Envelope,
  text: string,
  headers: WebhookRequest['headers'],
): Outcome<readonly RawEvent[]> {
  // The page's own example contradicts itself: the header says an update, the body a creation.
  const said = envelope['payload-information']?.webhook_event ?? hookHeader(headers, 'event')
  if (!said || !/^[\w.-]{1,64}$/.test(said)) return reject('NOT_ROUTABLE', 'webhook_event: missing')
  const deliveryId = hookHeader(headers, 'delivery')
  const known = kindOf(said)
  if (!known) return ok([{ kind: said, entity: null, text, deliveryId }])

  const payload = Identified.safeParse(envelope.payload)
  if (!payload.success) return reject('NOT_ROUTABLE', `payload.${faultsOf(payload.error, Identified)}`)
  const entity = { type: ENTITIES[known.subject], externalId: payload.data.id }
  return ok([{ kind: `${known.subject}.${known.verb}`, entity, text, deliveryId }])
}

/** `candidate.create`, `candidate-extend.update` and `update.vacancy` are all ways in which idibu names an event. */
function kindOf(said: string): { subject: 'candidate' | 'vacancy'; verb: 'create' | 'update' } | null {
  const words = said.toLowerCase().split(/[.-]/)
  const subject = (['candidate', 'vacancy'] as const).find(word => words.includes(word))
  const verb = (['create', 'update'] as const).find(word => words.includes(word))
  return subject && verb ? { subject, verb } : null
}

const HOOKS = ['x-idibu', 'x-idibuv3']
export const HOOK_HEADERS = HOOKS.flatMap(hook => [`${hook}-event`, `${hook}-delivery`])

/** `X-Idibu-…` on candidate webhooks, `X-IdibuV3-…` on vacancy webhooks. */
function hookHeader(headers: WebhookRequest['headers'], name: 'event' | 'delivery'): string | null {
  const given = HOOKS.map(hook => headers[`${hook}-${name}`]).find(text => text !== undefined)
  const value = given?.trim() ?? ''
  return /^[\x21-\x7e]{1,128}$/.test(value) ? value : null
}

const holdsPayload = (has: (name: string) => boolean): boolean => has('payload') || has('request_data')

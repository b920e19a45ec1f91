import { memberText, parseJson } from '../../core/json.ts'
import { andThen, type Outcome, ok, reject } from '../../core/outcome.ts'
import { bodyText, parseText } from '../parse-body.ts'
import { faultsOf, type RawEvent, type WebhookRequest } from '../source.ts'
import { Envelope, Identified } from './payload.ts'

const ENTITIES = { candidate: 'candidate', vacancy: 'job' } as const

/** A delivery is one event about one candidate or one vacancy. */
export const split = (request: WebhookRequest): Outcome<readonly RawEvent[]> =>
  andThen(jsonText(request), text =>
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

function jsonText(request: WebhookRequest): Outcome<string> {
  return andThen(bodyText(request), text => {
    const isForm = request.headers['content-type']
      ?.toLowerCase()
      .includes('application/x-www-form-urlencoded')
    // A form cannot begin with a bracket, and a content type may be configured wrongly.
    if (!isForm || /^\s*[{[]/.test(text)) return ok(text)
    const json = jsonOfForm(text)
    return json === null ? reject('BODY_UNREADABLE', 'a form without JSON in its fields') : ok(json)
  })
}

/**
 * An account may choose form encoding, and nobody says how the nested data are put into fields. Either a field holds
 * the whole body, or `payload` and its neighbours are JSON, each in a field of its own.
 */
function jsonOfForm(form: string): string | null {
  const fields = [...new URLSearchParams(form)].filter(([, value]) => isJson(value))
  const whole = fields.find(([, value]) => holdsPayload(name => memberText(value, [name]) !== undefined))
  if (whole) return whole[1]
  if (!holdsPayload(name => fields.some(([field]) => field === name))) return null
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
}

const holdsPayload = (has: (name: string) => boolean): boolean => has('payload') || has('request_data')

function isJson(text: string): boolean {
  try {
    const value = parseJson(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

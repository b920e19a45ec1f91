/** Bytes from outside become a typed value here and nowhere else. The only `catch` of the sources. */
import type { z } from 'zod'
import { parseJson } from '../core/json.ts'
import { andThen, type Outcome, ok, reject } from '../core/outcome.ts'
import { faultsOf, type WebhookRequest } from './source.ts'

/** A checked value with the text it was read from, byte order mark removed. */
export interface Parsed<T> {
  readonly value: T
  readonly text: string
}

/** Elements of one delivery. More would be millions of records made of a body of a few megabytes. */
export const EVENTS_MAX = 10_000

/** Reads the body as UTF-8 JSON and checks it against a routing schema. */
export const parseBody = <T>(request: WebhookRequest, schema: z.ZodType<T>): Outcome<Parsed<T>> =>
  andThen(bodyText(request), text => parseText(text, schema))

/** Reads the body as UTF-8 JSON, whatever it says. */
export const parseAny = (request: WebhookRequest): Outcome<Parsed<unknown>> =>
  andThen(bodyText(request), jsonOf)

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** The body as text; only well-formed UTF-8 is text. */
export function bodyText(request: WebhookRequest): Outcome<string> {
  try {
    return ok(UTF8.decode(request.body))
  } catch {
    return reject('BODY_UNREADABLE', 'not UTF-8')
  }
}

/** Reads JSON text and checks it against a routing schema. */
export const parseText = <T>(text: string, schema: z.ZodType<T>): Outcome<Parsed<T>> =>
  andThen(jsonOf(text), ({ value }) => {
    const parsed = schema.safeParse(value)
    return parsed.success
      ? ok({ value: parsed.data, text })
      : reject('NOT_ROUTABLE', faultsOf(parsed.error, schema))
  })

function jsonOf(text: string): Outcome<Parsed<unknown>> {
  try {
    return ok({ value: parseJson(text), text })
  } catch {
    // The parser's message quotes the body, so it is not passed on.
    return reject('BODY_UNREADABLE', 'not JSON, or nested too deep')
  }
}

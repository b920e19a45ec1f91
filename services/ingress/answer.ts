/** Every answer that a sender of webhooks can get. */
export interface Answer {
  readonly status: number
  readonly code: string
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  /** Of a canary: it is in no figure of webhooks. */
  readonly isCanary?: true
}

export const accepted = (eventIds: readonly string[]): Answer => ({
  status: 200,
  code: 'ACCEPTED',
  body: { status: 'accepted', event_ids: eventIds },
  headers: {},
})

/** @param eventIds of a delivery of our own */
export const canaryAccepted = (eventIds: readonly string[]): Answer => ({
  ...accepted(eventIds),
  isCanary: true,
})

const refusal = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Answer => ({
  status,
  code,
  body: { error: { code, message } },
  headers,
})

export const ABORTED = refusal(400, 'REQUEST_ABORTED', 'the body did not arrive')
export const UNAUTHORIZED = refusal(401, 'UNAUTHORIZED', 'no valid credential was presented', {
  'www-authenticate': 'Bearer',
})
export const NOT_FOUND = refusal(404, 'NOT_FOUND', 'no such source')
export const METHOD_NOT_ALLOWED = refusal(405, 'METHOD_NOT_ALLOWED', 'webhooks are sent with POST', {
  allow: 'POST',
})
export const TOO_SLOW = refusal(408, 'BODY_TOO_SLOW', 'the body came too slowly: send it again', {
  connection: 'close',
})
export const TOO_LARGE = refusal(413, 'BODY_TOO_LARGE', 'the body is larger than this route takes')
export const TOO_MANY_EVENTS = refusal(
  413,
  'TOO_MANY_EVENTS',
  'the body holds more events than one webhook may: send fewer at once',
)
/** @param faults for who sent it; nothing of it was kept */
export const faulty = (faults: readonly string[]): Answer => ({
  status: 422,
  code: 'PAYLOAD_INVALID',
  body: {
    error: {
      code: 'PAYLOAD_INVALID',
      message: 'nothing of this delivery was taken: mend what is named, then send all of it again',
      faults,
    },
  },
  headers: {},
})
export const TOO_MANY = refusal(
  429,
  'TOO_MANY_REQUESTS',
  'too many requests of this connection are in progress',
  {
    'retry-after': '1',
  },
)
export const FAILED = refusal(500, 'INTERNAL', 'the event was not stored: send it again')
export const OVERLOADED = refusal(503, 'OVERLOADED', 'too much is in progress: send the event again', {
  'retry-after': '2',
})
export const UNAVAILABLE = refusal(503, 'STORE_UNAVAILABLE', 'the event could not be stored: send it again', {
  'retry-after': '10',
})
/** Kafka has been away for as long as the disk can bear; it is back when somebody has mended it. */
export const SPOOL_FULL = refusal(503, 'SPOOL_FULL', 'no event can be stored at the moment: send it again', {
  'retry-after': '30',
})

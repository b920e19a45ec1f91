/**
 * Webhooks, by the conventions for HTTP servers, and the records that are made of them. Whose story a webhook tells is
 * known once its events are: its span begins then, at the time when the request came.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Span, SpanContext } from '@opentelemetry/api'
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions'
import { HEADER } from '../../core/topics.ts'
import type { RawRecord } from '../raw-events/record.ts'
import { sending } from './conventions.ts'
import { exemplarOf, fail, type SpanStart, type Spans } from './spans.ts'
import { readTraceParent, traceIdOf, traceParentText } from './trace-context.ts'
import type { TraceWebhook, WebhookTrace } from './tracing.ts'

const ROUTE = '/hooks/{source}/{tenant}'

export const createWebhookTracing =
  (spans: Spans): TraceWebhook =>
  (request, store) => {
    const startMs = performance.timeOrigin + performance.now()
    const parent = senderIn(request.headers)
    /** Null: nobody keeps it. */
    let webhook: Span | null | undefined
    const begin = (traceId: string): Span | null =>
      spans.keeps(traceId, parent) ? spans.start(serverSpan(parent, traceId, startMs)) : null
    // Cast: it answers what the store answers.
    const traced = (async records => {
      const first = records.find(isOfCandidate) ?? records[0]
      if (first === undefined) return store(records)
      const traceId = parent?.traceId ?? traceIdOf(first.record.key)
      webhook = begin(traceId)
      const send =
        webhook &&
        spans.start({ ...sending(first.record.topic, records.length), parent: webhook.spanContext() })
      const place = { traceId, send: send?.spanContext() ?? null, isOfSender: parent !== null }
      const stored = await store(records.map(raw => inItsStory(raw, place, spans)))
      if (send !== null && stored.type !== 'stored') fail(send, stored.type)
      send?.end()
      return stored
    }) as typeof store
    return {
      store: traced,
      end(of) {
        // Of nobody: nothing of it was stored.
        if (webhook === undefined) webhook = begin(parent?.traceId ?? traceIdOf(randomUUID()))
        return webhook === null ? undefined : answered(webhook, of)
      },
    }
  }

const serverSpan = (parent: SpanContext | null, traceId: string, startMs: number): SpanStart => ({
  ...{ name: `POST ${ROUTE}`, kind: 'server', parent, traceId, startMs },
  attributes: {
    [ATTR_HTTP_REQUEST_METHOD]: 'POST',
    [ATTR_HTTP_ROUTE]: ROUTE,
    [ATTR_URL_SCHEME]: 'http',
    [ATTR_URL_PATH]: ROUTE,
  },
})

function answered(span: Span, { source, tenant, status }: Parameters<WebhookTrace['end']>[0]) {
  // What nobody has proven may be anything.
  if (tenant !== null) {
    span.setAttributes({ 'atsflow.source': source, 'atsflow.tenant': tenant })
    span.setAttribute(ATTR_URL_PATH, `/hooks/${source}/${tenant}`)
  }
  span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status)
  if (status >= 500) fail(span, String(status))
  span.end()
  return exemplarOf(span.spanContext())
}

/** Many send the job along with its candidate: then it is the candidate's webhook. */
const isOfCandidate = ({ record }: RawRecord): boolean => record.headers[HEADER.entity] === 'candidate'

/** Several headers of the name are none. */
const senderIn = ({ traceparent }: IncomingHttpHeaders): SpanContext | null =>
  readTraceParent(typeof traceparent === 'string' ? traceparent : undefined)

/** Where the webhook and its record of a send stand. */
interface Place {
  readonly traceId: string
  readonly send: SpanContext | null
  readonly isOfSender: boolean
}

/** An event of another candidate or job than the webhook's begins a trace of its own, unless the sender has one for all. */
function inItsStory(raw: RawRecord, place: Place, spans: Spans): RawRecord {
  const { topic, key } = raw.record
  const traceId = place.isOfSender ? place.traceId : traceIdOf(key)
  if (traceId === place.traceId)
    return place.send === null ? leftOut(raw, traceId) : withContext(raw, place.send)
  if (!spans.keeps(traceId, null)) return leftOut(raw, traceId)
  const span = spans.start({
    ...{ ...sending(topic, 1), name: `create ${topic}`, parent: null, traceId },
    links: place.send === null ? [] : [place.send],
  })
  span.end()
  return withContext(raw, span.spanContext())
}

/** The span that ingress draws for every webhook will do. */
const leftOut = (raw: RawRecord, traceId: string): RawRecord =>
  withContext(raw, {
    traceId,
    spanId: readTraceParent(raw.record.headers[HEADER.traceParent])?.spanId ?? traceId.slice(16),
    traceFlags: 0,
  })

const withContext = (raw: RawRecord, context: SpanContext): RawRecord => ({
  ...raw,
  record: {
    ...raw.record,
    headers: { ...raw.record.headers, [HEADER.traceParent]: traceParentText(context) },
  },
})

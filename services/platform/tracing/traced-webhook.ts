/**
 * Webhooks, by the conventions for HTTP servers, and the records that are made of them. Whose story a webhook tells is
 * known once its events are: its span begins then, at the time when the request came.
 */
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
import { exemplarOf, fail, type Spans } from './spans.ts'
import { isSampled, readTraceParent, traceIdOf, traceParentText } from './trace-context.ts'
import type { TraceWebhook } from './tracing.ts'

const ROUTE = '/hooks/{source}/{tenant}'

export const createWebhookTracing =
  (spans: Spans): TraceWebhook =>
  (request, store) => {
    const startMs = performance.timeOrigin + performance.now()
    const parent = senderIn(request.headers)
    let webhook: Span | undefined
    const begin = (traceId?: string): Span => {
      webhook ??= spans.start({
        ...{ name: `POST ${ROUTE}`, kind: 'server', parent, startMs },
        ...(traceId === undefined ? {} : { traceId }),
        attributes: {
          [ATTR_HTTP_REQUEST_METHOD]: 'POST',
          [ATTR_HTTP_ROUTE]: ROUTE,
          [ATTR_URL_SCHEME]: 'http',
          [ATTR_URL_PATH]: ROUTE,
        },
      })
      return webhook
    }
    // Cast: it answers what the store answers.
    const traced = (async records => {
      const first = records.find(isOfCandidate) ?? records[0]
      if (first === undefined) return store(records)
      const own = begin(traceIdOf(first.record.key))
      const send = spans.start({ ...sending(first.record.topic, records.length), parent: own.spanContext() })
      const place = { send: send.spanContext(), isOfSender: parent !== null }
      const stored = await store(records.map(raw => inItsStory(raw, place, spans)))
      if (stored.type !== 'stored') fail(send, stored.type)
      send.end()
      return stored
    }) as typeof store
    return {
      store: traced,
      end({ source, tenant, status }) {
        const span = begin()
        // What nobody has proven may be anything.
        if (tenant !== null) {
          span.setAttributes({ 'atsflow.source': source, 'atsflow.tenant': tenant })
          span.setAttribute(ATTR_URL_PATH, `/hooks/${source}/${tenant}`)
        }
        span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status)
        if (status >= 500) fail(span, String(status))
        span.end()
        return exemplarOf(span.spanContext())
      },
    }
  }

/** Many send the job along with its candidate: then it is the candidate's webhook. */
const isOfCandidate = ({ record }: RawRecord): boolean => record.headers[HEADER.entity] === 'candidate'

/** Several headers of the name are none. */
const senderIn = ({ traceparent }: IncomingHttpHeaders): SpanContext | null =>
  readTraceParent(typeof traceparent === 'string' ? traceparent : undefined)

/** An event of another candidate or job than the webhook's begins a trace of its own, unless the sender has one for all. */
function inItsStory(
  raw: RawRecord,
  { send, isOfSender }: { readonly send: SpanContext; readonly isOfSender: boolean },
  spans: Spans,
): RawRecord {
  const { topic, key } = raw.record
  const traceId = traceIdOf(key)
  if (isOfSender || traceId === send.traceId) return withContext(raw, send)
  const span = spans.start({
    ...{ ...sending(topic, 1), name: `create ${topic}`, parent: null, traceId },
    links: isSampled(send) ? [send] : [],
  })
  span.end()
  return withContext(raw, span.spanContext())
}

const withContext = (raw: RawRecord, context: SpanContext): RawRecord => ({
  ...raw,
  record: {
    ...raw.record,
    headers: { ...raw.record.headers, [HEADER.traceParent]: traceParentText(context) },
  },
})

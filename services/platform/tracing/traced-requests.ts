/** Requests to Pulsifi that are about a candidate or a job, by the conventions for HTTP clients. */
import type { SpanContext } from '@opentelemetry/api'
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from '@opentelemetry/semantic-conventions'
import { ATTR_URL_TEMPLATE } from '@opentelemetry/semantic-conventions/incubating'
import { ENDPOINTS } from '../pulsifi/pulsifi-client.ts'
import { exemplarOf, fail, type Spans } from './spans.ts'
import type { Tracing } from './tracing.ts'

/** Tokens and probes are nobody's. */
const isAboutSomebody = (operation: string): operation is keyof typeof ENDPOINTS => operation in ENDPOINTS

/** @param current what the request follows from */
export const createRequestTracing =
  (spans: Spans, current: () => SpanContext | undefined): Tracing['requests'] =>
  origin => {
    const { hostname, port, protocol } = new URL(origin)
    return (operation, status, durationMs) => {
      const parent = current()
      if (parent === undefined || !isAboutSomebody(operation)) return undefined
      const [method, path] = ENDPOINTS[operation]
      const span = spans.start({
        ...{ name: `${method} ${path}`, kind: 'client', parent },
        startMs: performance.timeOrigin + performance.now() - durationMs,
        attributes: {
          [ATTR_HTTP_REQUEST_METHOD]: method,
          [ATTR_URL_TEMPLATE]: path,
          // Its ids are those of people, and one opens an assessment.
          [ATTR_URL_FULL]: new URL(origin).origin + path,
          [ATTR_SERVER_ADDRESS]: hostname,
          [ATTR_SERVER_PORT]: Number(port) || (protocol === 'https:' ? 443 : 80),
          'atsflow.operation': operation,
        },
      })
      const answered = Number(status)
      if (Number.isInteger(answered)) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, answered)
      if (!(answered < 400)) fail(span, status)
      span.end()
      return exemplarOf(span.spanContext())
    }
  }

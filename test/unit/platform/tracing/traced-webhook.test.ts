import type { IncomingMessage } from 'node:http'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { expect, it } from 'vitest'
import { HEADER } from '../../../../services/core/topics.ts'
import { eventRecord, type RawRecord } from '../../../../services/platform/raw-events/record.ts'
import { readTraceParent, traceIdOf } from '../../../../services/platform/tracing/trace-context.ts'
import { keepSpans } from '../../../support/kept-spans.ts'
import { arrival, candidateEvent } from '../delivery.ts'

const SENDER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const requestWith = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage
const recordOf = (id: string, index = 0) =>
  eventRecord({ ...arrival, bodySha256: id }, candidateEvent(id), Buffer.from('{}'), index)

async function received(
  kept: ReturnType<typeof keepSpans>,
  records: readonly RawRecord[],
  { headers = {}, type = 'stored', status = 200 } = {},
) {
  const stored: RawRecord[] = []
  const store = async (given: readonly RawRecord[]) => {
    stored.push(...given)
    return { type }
  }
  const trace = kept.tracing.webhook(requestWith(headers), store)
  if (records.length > 0) expect(await trace.store(records)).toEqual({ type })
  const exemplar = trace.end({ source: 'acme', tenant: status === 401 ? null : 'default', status })
  return {
    exemplar,
    contexts: stored.map(({ record }) => readTraceParent(record.headers[HEADER.traceParent])),
    stored,
  }
}

it('is one trace with the record, that of the candidate it is about', async () => {
  const kept = keepSpans()
  const { contexts, exemplar, stored } = await received(kept, [recordOf('1')])
  const webhook = kept.span('POST /hooks/{source}/{tenant}')
  const send = kept.span('send ats.raw.acme')
  expect(webhook.spanContext().traceId).toBe(traceIdOf('acme:default:1'))
  expect(webhook.parentSpanContext).toBeUndefined()
  expect(send.parentSpanContext?.spanId).toBe(webhook.spanContext().spanId)
  expect(contexts).toMatchObject([
    { traceId: webhook.spanContext().traceId, spanId: send.spanContext().spanId },
  ])
  expect(exemplar).toEqual({ trace_id: webhook.spanContext().traceId, span_id: webhook.spanContext().spanId })
  expect(webhook.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'http.route': '/hooks/{source}/{tenant}',
    'url.path': '/hooks/acme/default',
  })
  const { [HEADER.traceParent]: _, ...others } = stored[0]?.record.headers ?? {}
  const { [HEADER.traceParent]: __, ...before } = recordOf('1').record.headers
  expect(others).toEqual(before)
})

it('goes on in the trace of a sender that has one, for every event', async () => {
  const kept = keepSpans()
  const { contexts } = await received(kept, [recordOf('1'), recordOf('2', 1)], {
    headers: { traceparent: SENDER },
  })
  const webhook = kept.span('POST /hooks/{source}/{tenant}')
  expect(webhook.parentSpanContext).toMatchObject({ spanId: '00f067aa0ba902b7' })
  const send = kept.span('send ats.raw.acme').spanContext()
  expect(contexts.map(context => context?.spanId)).toEqual([send.spanId, send.spanId])
  expect(send.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
})

it('begins a trace for every further candidate, linked to the webhook', async () => {
  const kept = keepSpans()
  const { contexts } = await received(kept, [recordOf('1'), recordOf('2', 1)])
  const created = kept.span('create ats.raw.acme')
  expect(created.spanContext().traceId).toBe(traceIdOf('acme:default:2'))
  expect(created.links.map(({ context }) => context.spanId)).toEqual([
    kept.span('send ats.raw.acme').spanContext().spanId,
  ])
  expect(contexts[1]).toMatchObject({ spanId: created.spanContext().spanId })
})

it('is of the candidate where a job comes along', async () => {
  const kept = keepSpans()
  const job = eventRecord(
    { ...arrival, bodySha256: 'j' },
    candidateEvent('j', { entity: { type: 'job', externalId: 'j' } }),
    Buffer.from('{}'),
    0,
  )
  const { contexts } = await received(kept, [job, recordOf('1', 1)])
  const { traceId } = kept.span('POST /hooks/{source}/{tenant}').spanContext()
  expect(traceId).toBe(traceIdOf('acme:default:1'))
  expect(contexts.map(context => context?.traceId)).toEqual([traceIdOf('acme:default:j'), traceId])
})

it('leaves out what a sender leaves out, and says so to who reads the record', async () => {
  const kept = keepSpans()
  const { contexts, exemplar } = await received(kept, [recordOf('1')], {
    headers: { traceparent: SENDER.replace(/1$/, '0') },
  })
  expect([kept.ended(), exemplar]).toEqual([[], undefined])
  expect(contexts).toMatchObject([{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', traceFlags: 0 }])
})

it('decides by the candidate, the same every time', async () => {
  const kept = keepSpans(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) }))
  const flagsOf = async (id: string) => (await received(kept, [recordOf(id)])).contexts[0]?.traceFlags
  const ids = Array.from({ length: 40 }, (_, number) => String(number))
  const first = await Promise.all(ids.map(flagsOf))
  expect(await Promise.all(ids.map(flagsOf))).toEqual(first)
  expect(new Set(first)).toEqual(new Set([0, 1]))
  const none = keepSpans(new AlwaysOffSampler())
  expect((await received(none, [recordOf('1')])).contexts[0]?.traceFlags).toBe(0)
})

it('keeps what a sender leaves out where the sampler asks for no parent', async () => {
  const kept = keepSpans(new AlwaysOnSampler())
  await received(kept, [recordOf('1')], { headers: { traceparent: SENDER.replace(/1$/, '0') } })
  expect(kept.ended().map(({ name }) => name)).toEqual(['send ats.raw.acme', 'POST /hooks/{source}/{tenant}'])
})

it('says of a refused webhook nothing that nobody has proven', async () => {
  const kept = keepSpans()
  await received(kept, [], { status: 401 })
  const { attributes } = kept.span('POST /hooks/{source}/{tenant}')
  expect(attributes).toEqual({
    ...{ 'http.request.method': 'POST', 'http.route': '/hooks/{source}/{tenant}', 'url.scheme': 'http' },
    ...{ 'url.path': '/hooks/{source}/{tenant}', 'http.response.status_code': 401 },
  })
})

it('marks what could not be stored', async () => {
  const kept = keepSpans()
  await received(kept, [recordOf('1')], { type: 'unavailable', status: 503 })
  expect(kept.span('send ats.raw.acme')).toMatchObject({
    status: { code: 2 },
    attributes: { 'error.type': 'unavailable' },
  })
  expect(kept.span('POST /hooks/{source}/{tenant}')).toMatchObject({ status: { code: 2 } })
})

import { setImmediate as turn } from 'node:timers/promises'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { expect, it } from 'vitest'
import { HEADER } from '../../../../services/core/topics.ts'
import { headerText } from '../../../../services/platform/kafka/record-headers.ts'
import type {
  Decision,
  InputRecord,
  Output,
  PartitionContext,
  PartitionProcessor,
  Processor,
  State,
} from '../../../../services/platform/partitions/processor.ts'
import { intentOf, traceIdOf } from '../../../../services/platform/tracing/trace-context.ts'
import type { Stories } from '../../../../services/platform/tracing/tracing.ts'
import { keepSpans } from '../../../support/kept-spans.ts'

type Internal = { readonly type: string; readonly key: string }
type Effect = { readonly call?: string; readonly led?: () => void }

const STATE: State = { get: () => undefined, scan: () => [] }
const SENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const UNKEPT = SENT.replace(/1$/, '0')
const KEY = 'acme:default:1'
const CAUSE = intentOf(KEY, 'a', 1)

const STORIES: Stories<Internal, Effect> = {
  storyOf: input =>
    input.type === 'record'
      ? { key: String(input.key), continues: input.topic === 'in', cause: CAUSE }
      : { key: input.input.key, continues: false, cause: CAUSE },
  nameOf: input => input.type,
  intentOf: ({ call }) => (call === undefined ? null : { operation: call, entityKey: 'a', attempt: 1 }),
}

/** Decides what it is told to, and performs what it decided. */
class Sample implements PartitionProcessor<Internal, Effect> {
  next: Partial<Decision<Effect>> = {}
  readonly performed: (readonly Effect[])[] = []
  readonly refused: Decision<Effect>[] = []
  fact: () => Promise<unknown> | null = () => null

  started() {}
  stopped() {}
  lookUp(): Promise<unknown> | null {
    return this.fact()
  }
  decide(): Decision<Effect> {
    return { outcome: null, outputs: [], effects: [], ...this.next }
  }
  refuse(_input: unknown, _oversized: unknown, decision: Decision<Effect>): Decision<Effect> {
    this.refused.push(decision)
    return { outcome: null, outputs: [], effects: decision.effects }
  }
  perform(effects: readonly Effect[]) {
    this.performed.push(effects)
    for (const { led } of effects) led?.()
  }
}

function traced(kept = keepSpans()) {
  const sample = new Sample()
  const processor: Processor<Internal, Effect> = {
    ...{ group: 'g', inputs: ['in'], outputs: ['out'], tables: [] },
    prepare: async () => undefined,
    open: () => sample,
  }
  // Cast: the sample asks nothing of it.
  const partition = kept.tracing.processor(processor, STORIES).open({} as PartitionContext<Internal>)
  partition.started(STATE, false)
  return { ...kept, sample, partition }
}

const record = (traceparent?: string, topic = 'in'): InputRecord => ({
  ...{ type: 'record', topic, partition: 3, offset: 7, key: Buffer.from(KEY), value: Buffer.alloc(1) },
  headers: {
    [HEADER.id]: 'an-event',
    ...(traceparent === undefined ? {} : { [HEADER.traceParent]: Buffer.from(traceparent) }),
  },
  ...{ timestampMs: 0, fact: null },
})
const output = (topic: string, headers?: Output['headers']): Output => ({
  ...{ topic, key: KEY, value: Buffer.alloc(1) },
  ...(headers && { headers }),
})
const published = { name: 'published', source: 'acme', tenant: 'default', reason: '' } as const
const contextIn = ({ headers }: Output | undefined = output('')) =>
  headerText(headers ?? {}, HEADER.traceParent)

it('goes on in the trace of its record, with a span for each topic that is written', () => {
  const { partition, sample, span, ended } = traced()
  sample.next = {
    outcome: published,
    outputs: [output('out', { [HEADER.traceParent]: SENT }), output('more'), output('more')],
  }
  const decision = partition.decide(record(SENT), STATE)
  expect(ended()).toEqual([])
  partition.perform(decision.effects)
  const decided = span('process in')
  expect(decided.parentSpanContext).toMatchObject({ spanId: '00f067aa0ba902b7', isRemote: true })
  expect(decided.attributes).toEqual({
    ...{
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
    },
    ...{ 'messaging.destination.name': 'in', 'messaging.destination.partition.id': '3', 'kafka.offset': 7 },
    ...{
      'messaging.consumer.group.name': 'g',
      'cloudevents.event_id': 'an-event',
      'atsflow.outcome': 'published',
    },
  })
  for (const [at, name] of (['send out', 'send more', 'send more'] as const).entries()) {
    const { spanId, traceId } = span(name).spanContext()
    expect(span(name).parentSpanContext?.spanId).toBe(decided.spanContext().spanId)
    expect(contextIn(decision.outputs[at])).toBe(`00-${traceId}-${spanId}-01`)
  }
  expect(span('send more').attributes['messaging.batch.message_count']).toBe(2)
})

it('has no span of what was not committed', () => {
  const { partition, sample, ended } = traced()
  sample.next = { outputs: [output('out')] }
  partition.decide(record(SENT), STATE)
  partition.perform([])
  expect(ended()).toEqual([])
})

it('hands the decision of a record that nobody keeps on as it is', () => {
  const { partition, sample, ended } = traced()
  const decision = {
    outcome: published,
    outputs: [output('out', { [HEADER.traceParent]: UNKEPT })],
    effects: [{}],
  }
  sample.next = decision
  expect(partition.decide(record(UNKEPT), STATE)).toEqual(decision)
  partition.perform(decision.effects)
  expect(ended()).toEqual([])
  expect(sample.performed).toEqual([[{}]])
})

it('keeps it all the same where the sampler asks for no parent, and nothing where it keeps nothing', () => {
  const all = traced(keepSpans(new AlwaysOnSampler()))
  all.partition.perform(all.partition.decide(record(UNKEPT), STATE).effects)
  expect(all.span('process in').parentSpanContext?.spanId).toBe('00f067aa0ba902b7')
  const none = traced(keepSpans(new AlwaysOffSampler()))
  none.partition.perform(none.partition.decide(record(SENT), STATE).effects)
  expect(none.ended()).toEqual([])
})

it('begins a trace by the key where the record has none, for as many as the sampler says', () => {
  const whole = traced()
  const decision = whole.partition.decide(record(), STATE)
  whole.partition.perform(decision.effects)
  expect(whole.span('process in').spanContext().traceId).toBe(traceIdOf(KEY))
  const none = traced(keepSpans(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) })))
  none.partition.perform(none.partition.decide(record(), STATE).effects)
  expect(none.ended()).toEqual([])
})

it('crosses from another trace by links, to what it came from and to what was intended long before', () => {
  const { partition, span } = traced()
  partition.perform(partition.decide(record(SENT, 'inbox'), STATE).effects)
  const crossed = span('process inbox')
  expect(crossed.parentSpanContext).toBeUndefined()
  expect(crossed.spanContext().traceId).toBe(traceIdOf(KEY))
  expect(crossed.links.map(({ context }) => context.spanId)).toEqual(['00f067aa0ba902b7', CAUSE.spanId])
})

it('knows an intent by its application and attempt, in the trace of the story and linked to that of the sender', () => {
  const { partition, sample, span } = traced()
  sample.next = { effects: [{ call: 'createCandidate' }] }
  partition.perform(partition.decide(record(SENT), STATE).effects)
  const intent = span('intend createCandidate')
  expect(intent.spanContext()).toMatchObject({ traceId: CAUSE.traceId, spanId: CAUSE.spanId })
  expect(intent.links.map(({ context }) => context.spanId)).toEqual([span('process in').spanContext().spanId])
})

it('keeps the intent of what a sender keeps, whatever the ratio says', () => {
  const { partition, sample, span } = traced(
    keepSpans(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) })),
  )
  sample.next = { effects: [{ call: 'createCandidate' }] }
  partition.perform(partition.decide(record(SENT), STATE).effects)
  expect(span('intend createCandidate').spanContext().traceId).toBe(traceIdOf(KEY))
})

it('has what an effect leads to follow from its intent, also after a wait', async () => {
  const { partition, sample, span, tracing } = traced()
  const { promise: requested, resolve } = Promise.withResolvers<void>()
  const led = async () => {
    await turn()
    tracing.requests('https://pulsifi.example:8443')('createCandidate', '201', 5)
    sample.next = {}
    partition.perform(
      partition.decide({ type: 'internal', input: { type: 'answer', key: KEY } }, STATE).effects,
    )
    resolve()
  }
  sample.next = { effects: [{ call: 'createCandidate', led: () => void led() }] }
  partition.perform(partition.decide(record(), STATE).effects)
  await requested
  const request = span('POST /partner/v1.0/standard/candidates')
  expect(request.parentSpanContext?.spanId).toBe(CAUSE.spanId)
  expect(span('decide answer').parentSpanContext?.spanId).toBe(CAUSE.spanId)
  expect(request.attributes).toEqual({
    ...{
      'http.request.method': 'POST',
      'http.response.status_code': 201,
      'atsflow.operation': 'createCandidate',
    },
    ...{ 'server.address': 'pulsifi.example', 'server.port': 8443 },
    'url.template': '/partner/v1.0/standard/candidates',
    'url.full': 'https://pulsifi.example:8443/partner/v1.0/standard/candidates',
  })
})

it('has a decision begin when its fact is looked up, and what is asked for it follow', async () => {
  const { partition, sample, span, tracing } = traced()
  sample.fact = async () => {
    await turn()
    tracing.requests('https://pulsifi.example')('getCandidate', '200', 5)
    return 'a fact'
  }
  const given = record(SENT)
  const fact = await partition.lookUp(given, new AbortController().signal)
  partition.perform(partition.decide({ ...given, fact }, STATE).effects)
  const asked = span('GET /partner/v1.0/standard/candidates/{candidate_id}')
  expect(asked.parentSpanContext?.spanId).toBe(span('process in').spanContext().spanId)
})

it('follows no request that is nobody’s, and none of an input that is not followed', () => {
  const { partition, sample, ended, tracing } = traced()
  const request = tracing.requests('https://pulsifi.example')
  sample.next = { effects: [{ led: () => expect(request('createCandidate', '201', 5)).toBeUndefined() }] }
  partition.perform(partition.decide(record(UNKEPT), STATE).effects)
  sample.next = { effects: [{ led: () => expect(request('token', '200', 5)).toBeUndefined() }] }
  partition.perform(partition.decide(record(SENT), STATE).effects)
  expect(ended().map(({ name }) => name)).toEqual(['process in'])
})

it('has an input that comes of itself linked to the intent before', () => {
  const { partition, span } = traced()
  partition.perform(partition.decide({ type: 'internal', input: { type: 'look', key: KEY } }, STATE).effects)
  expect(span('decide look').links.map(({ context }) => context.spanId)).toEqual([CAUSE.spanId])
})

it('lets nobody else see how it knows of the commit', () => {
  const { partition, sample, ended } = traced()
  const effects = [{ call: 'createJob' }, {}]
  sample.next = { outputs: [output('out')], effects }
  const decision = partition.decide(record(SENT), STATE)
  const refusal = partition.refuse(record(SENT), { topic: 'out', bytes: 2, limit: 1 }, decision)
  expect(sample.refused).toMatchObject([{ effects }])
  partition.perform(refusal.effects)
  expect(sample.performed.flat()).toEqual(effects)
  expect(ended().map(({ name }) => name)).not.toContain('send out')
})

it('gives an outcome the exemplar of its decision', () => {
  const { partition, sample, tracing, span } = traced()
  sample.next = { outcome: published }
  partition.perform(partition.decide(record(SENT), STATE).effects)
  const { traceId, spanId } = span('process in').spanContext()
  expect(tracing.exemplarOf(published)).toEqual({ trace_id: traceId, span_id: spanId })
  expect(tracing.exemplarOf({ ...published })).toBeUndefined()
})

it('leaves records without a value and very large ones as they are', () => {
  const { partition, sample } = traced()
  const large = { ...output('out'), value: Buffer.alloc(1024 * 1024) }
  sample.next = { outputs: [{ ...output('out'), value: null }, large] }
  expect(partition.decide(record(SENT), STATE).outputs).toEqual([{ ...output('out'), value: null }, large])
})

/** Spans as the pipeline begins them: with ids that are given where they follow from a key. */
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import {
  type IdGenerator,
  ParentBasedSampler,
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace'
import { isSampled } from './trace-context.ts'

export interface SpanStart {
  readonly name: string
  readonly kind: keyof typeof KIND
  readonly attributes: Attributes
  /** Null: it begins a trace, or goes on in one that began long ago. */
  readonly parent: SpanContext | null
  /** Of a span without a parent; unset: drawn. */
  readonly traceId?: string
  readonly spanId?: string
  /** Of a span without a parent: it is kept if this one is. Unset: the sampler decides by the trace. */
  readonly like?: SpanContext | null
  readonly links?: readonly SpanContext[]
  /** Milliseconds since the epoch; unset: now. */
  readonly startMs?: number
}

const KIND = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
}

export interface Spans {
  /** The context of a span that nobody keeps is true too, and is passed on. */
  readonly start: (start: SpanStart) => Span
  /** Whether a span of the trace is kept. @param parent null: it begins there */
  readonly keeps: (traceId: string, parent: SpanContext | null) => boolean
  /** Whether what a parent leaves out is left out. */
  readonly followsParents: boolean
}

/** Ids and the parent that is asked for are handed over right before a span begins, which is synchronous. */
interface Given {
  traceId: string | undefined
  spanId: string | undefined
  asked: Context | undefined
}

export interface SpanParts {
  readonly idGenerator: IdGenerator
  readonly sampler: Sampler
  /** @param tracer of a provider that has these parts */
  readonly spans: (tracer: Tracer) => Spans
}

export function spanParts(configured: Sampler): SpanParts {
  const given: Given = { traceId: undefined, spanId: undefined, asked: undefined }
  const random = new RandomIdGenerator()
  return {
    idGenerator: {
      generateTraceId: () => given.traceId ?? random.generateTraceId(),
      generateSpanId: () => given.spanId ?? random.generateSpanId(),
    },
    sampler: {
      shouldSample: (context, ...of) => configured.shouldSample(given.asked ?? context, ...of),
      toString: () => configured.toString(),
    },
    spans: tracer => ({
      start(start) {
        given.traceId = start.traceId
        given.spanId = start.spanId
        given.asked = start.like ? within(start.like) : undefined
        try {
          return begin(tracer, start)
        } finally {
          given.traceId = given.spanId = given.asked = undefined
        }
      },
      followsParents: configured instanceof ParentBasedSampler,
      keeps(traceId, parent) {
        const context = parent === null ? ROOT_CONTEXT : within(parent)
        const { decision } = configured.shouldSample(context, traceId, '', SpanKind.INTERNAL, {}, [])
        return decision === SamplingDecision.RECORD_AND_SAMPLED
      },
    }),
  }
}

const within = (parent: SpanContext): Context => trace.setSpanContext(ROOT_CONTEXT, parent)

const begin = (tracer: Tracer, { name, kind, attributes, parent, links = [], startMs }: SpanStart): Span =>
  tracer.startSpan(
    name,
    {
      ...{ kind: KIND[kind], attributes },
      links: links.map(context => ({ context })),
      ...(startMs === undefined ? {} : { startTime: startMs }),
    },
    parent === null ? ROOT_CONTEXT : within(parent),
  )

/** @param why a code; never text from outside */
export function fail(span: Span, why: string): void {
  span.setAttribute('error.type', why)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** What a metric points to; nothing where nobody keeps the trace. */
export const exemplarOf = (context: SpanContext) =>
  isSampled(context) ? { trace_id: context.traceId, span_id: context.spanId } : undefined

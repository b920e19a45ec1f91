/** OpenTelemetry's SDK, as it is configured. Loaded where traces are on, and nowhere else. */
import { setTimeout as delay } from 'node:timers/promises'
import { diag } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import { ATTR_SERVICE_NAMESPACE } from '@opentelemetry/semantic-conventions/incubating'
import { createSample } from '../process/at-most-per-second.ts'
import type { Logger } from '../process/logger.ts'
import { pairsIn, type TracingConfig } from './settings.ts'
import { spanParts } from './spans.ts'
import { createProcessorTracing } from './traced-processor.ts'
import { createRequestTracing } from './traced-requests.ts'
import { createWebhookTracing } from './traced-webhook.ts'
import type { Tracing } from './tracing.ts'

/** A collector that is away keeps no process from ending. */
const LAST_SPANS_MS = 2_000
const SAY_EVERY_MS = 60_000

export function startTracing(
  config: TracingConfig,
  endpoint: string,
  process: string,
  log: Pick<Logger, 'warn'>,
): { readonly tracing: Tracing; readonly close: () => Promise<void> } {
  sayFailures(log)
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    // As they are by then: they may come from a file.
    headers: async () => pairsIn(config.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
  })
  const processor = new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
  })
  return {
    tracing: tracingOver(processor, samplerOf(config), resourceOf(config, process)),
    close: () =>
      Promise.race([
        processor.shutdown().catch(() => undefined),
        delay(LAST_SPANS_MS, undefined, { ref: false }),
      ]),
  }
}

export function tracingOver(
  processor: SpanProcessor,
  configured: Sampler,
  resource: Readonly<Record<string, string>>,
): Tracing {
  const { idGenerator, sampler, spans: spansOf } = spanParts(configured)
  const provider = new TracerProvider({
    ...{ idGenerator, sampler },
    resource: resourceFromAttributes(resource),
    spanProcessors: [processor],
  })
  const spans = spansOf(provider.getTracer('atsflow'))
  const { processor: traced, exemplarOf, current } = createProcessorTracing(spans)
  return {
    ...{ processor: traced, exemplarOf },
    webhook: createWebhookTracing(spans),
    requests: createRequestTracing(spans, current),
  }
}

/** Nothing that is found out about the machine: names of hosts and paths are nobody's business. */
const resourceOf = (config: TracingConfig, process: string) => ({
  [ATTR_SERVICE_NAMESPACE]: 'atsflow',
  ...pairsIn(config.OTEL_RESOURCE_ATTRIBUTES ?? ''),
  [ATTR_SERVICE_NAME]: config.OTEL_SERVICE_NAME ?? `atsflow-${process}`,
})

export function samplerOf({
  OTEL_TRACES_SAMPLER: name,
  OTEL_TRACES_SAMPLER_ARG: ratio,
}: Pick<TracingConfig, 'OTEL_TRACES_SAMPLER' | 'OTEL_TRACES_SAMPLER_ARG'>): Sampler {
  const ofRoots = name.endsWith('always_on')
    ? new AlwaysOnSampler()
    : name.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio)
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root: ofRoots }) : ofRoots
}

/** What the exporter says may hold an answer of the collector: that it fails is enough. */
function sayFailures(log: Pick<Logger, 'warn'>): void {
  const sample = createSample(SAY_EVERY_MS, 1)
  const say = () =>
    sample(count =>
      log.warn({ event: 'traces_failed', count }, 'The collector did not take spans: they are lost.'),
    )
  const nothing = () => undefined
  diag.setLogger({ error: say, warn: say, info: nothing, debug: nothing, verbose: nothing })
}

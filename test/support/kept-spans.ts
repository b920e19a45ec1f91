/** Traces whose spans stay in memory, as they ended. */
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace'
import { tracingOver } from '../../services/platform/tracing/start-tracing.ts'
import type { Tracing } from '../../services/platform/tracing/tracing.ts'

export interface KeptSpans {
  readonly tracing: Tracing
  readonly ended: () => readonly ReadableSpan[]
  /** @throws when there is none, or more than one */
  readonly span: (name: string) => ReadableSpan
}

export function keepSpans(
  sampler: Sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() }),
): KeptSpans {
  const exporter = new InMemorySpanExporter()
  const tracing = tracingOver(new SimpleSpanProcessor({ exporter }), sampler, { 'service.name': 'test' })
  const ended = () => exporter.getFinishedSpans()
  return {
    tracing,
    ended,
    span(name) {
      const [span, ...more] = ended().filter(item => item.name === name)
      if (span === undefined || more.length > 0)
        throw new Error(`${more.length + (span ? 1 : 0)} spans ${name}: ${ended().map(item => item.name)}`)
      return span
    },
  }
}

/** Opens what a process shows of itself. Where traces are off, nothing of OpenTelemetry's SDK is loaded. */
import { createMetrics, type Metrics } from '../process/metrics.ts'
import type { Run } from '../process/run.ts'
import type { TracingConfig } from './settings.ts'
import type { Tracing } from './tracing.ts'

/** What a process shows of itself while it runs. */
export interface Telemetry {
  readonly metrics: Metrics
  /** Null unless there is a collector. */
  readonly tracing: Tracing | null
}

export async function openTelemetry(run: TracedRun, process: string): Promise<Telemetry> {
  const tracing = await openTracing(run, process)
  return { tracing, metrics: createMetrics({ exemplars: tracing !== null }) }
}

type TracedRun = Pick<Run<TracingConfig>, 'config' | 'log' | 'onClose'>

export async function openTracing(run: TracedRun, process: string): Promise<Tracing | null> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: isDisabled } = run.config
  if (endpoint === undefined || isDisabled) return null
  const { startTracing } = await import('./start-tracing.ts')
  const { tracing, close } = startTracing(run.config, endpoint, process, run.log)
  run.onClose('traces', close)
  return tracing
}

/** The metrics of all processes together, as their registries describe them. */
import { createMetrics, type Metrics } from '../../services/platform/process/metrics.ts'

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly labels: readonly string[]
}

type Collector = Extract<keyof Metrics, `collect${string}`>

/** What each metric that is read when somebody asks is given here: one sample of each. */
const GIVEN: { readonly [name in Collector]: (metrics: Metrics) => void } = {
  collectBuild: metrics => metrics.collectBuild('sample', { version: '1.0.0', git_sha: null, node: 'v24' }),
  collectClock: metrics => metrics.collectClock(() => 1),
  collectRegistry: metrics => metrics.collectRegistry(async () => true),
  collectSetAside: metrics => metrics.collectSetAside(() => [{ topic: 't', partition: 1, records: 1 }]),
  collectFaultyFiles: metrics => metrics.collectFaultyFiles(() => 1),
  collectProducer: metrics => metrics.collectProducer(() => ({ records: 1, bytes: 1 })),
  collectSpool: metrics =>
    metrics.collectSpool(() => ({ records: 1, bytes: 1, bytesMax: 2, sinceMs: Date.now() })),
  collectRefused: metrics =>
    metrics.collectRefused({ topics: () => new Map([['t', 'c']]), setAside: () => new Map([['t', 1]]) }),
  collectCanaries: metrics =>
    metrics.collectCanaries(() => [{ source: 's', tenant: 'default', seconds: 60 }]),
  collectPulsifi: metrics =>
    metrics.collectPulsifi(() => [
      { tenant: 'default', circuit: 'closed', ratePerSecond: 1, waiting: { soon: 1 } },
    ]),
  collectDeadLetters: metrics =>
    metrics.collectDeadLetters(async () => [
      { topic: 't', group: 'g', reason: 'R', count: 1, oldestMs: Date.now() },
    ]),
  collectApplications: metrics =>
    metrics.collectApplications(async () => [{ outcome: 'WAITING', count: 1, oldestMs: Date.now() }]),
}

function filled(): Metrics {
  const metrics = createMetrics()
  for (const give of Object.values(GIVEN)) give(metrics)
  return metrics
}

export const everyMetric = (): readonly Metric[] =>
  filled()
    .registry.getMetricsAsArray()
    // Cast: the library's type leaves out the labels, which each metric has.
    .map(
      metric =>
        metric as unknown as Omit<Metric, 'labels'> & {
          labelNames?: readonly string[]
          constructor: { readonly name: string }
        },
    )
    .map(metric => ({
      ...{ name: metric.name, help: metric.help, labels: metric.labelNames ?? [] },
      type: metric.constructor.name.toLowerCase() as Metric['type'],
    }))

/** As a process would answer `/metrics`, with everything in it. */
export const everyMetricAsText = (): Promise<string> => filled().registry.metrics()

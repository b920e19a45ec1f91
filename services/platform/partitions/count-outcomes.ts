import type { Metrics } from '../process/metrics.ts'
import type { InputOutcome } from './processor.ts'

/** What became of inputs whose step has been committed, and how long it took since the event was received. */
export function countOutcomes(
  metrics: Pick<Metrics, 'events' | 'endToEndSeconds'>,
  stage: string,
  outcomes: readonly InputOutcome[],
  nowMs: number,
): void {
  for (const { name: outcome, source, tenant, reason, receivedAtMs } of outcomes) {
    if (source !== null) metrics.events.inc({ source, tenant, outcome, reason })
    if (receivedAtMs !== undefined)
      metrics.endToEndSeconds.observe({ stage }, Math.max(0, nowMs - receivedAtMs) / 1000)
  }
}

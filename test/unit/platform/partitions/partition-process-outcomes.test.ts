import { expect, it } from 'vitest'
import { countOutcomes } from '../../../../services/platform/partitions/partition-process.ts'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'

const outcome = { name: 'published', source: 'jobylon', tenant: 'default', reason: '' } as const

it('counts outcomes of events, and measures those that led to something since their receipt', async () => {
  const metrics = createMetrics()
  const ours = { ...outcome, source: null }
  const dead = { ...outcome, name: 'dead_lettered', reason: 'PAYLOAD_INVALID' } as const
  countOutcomes(metrics, 'normalizer', [{ ...outcome, receivedAtMs: 1_000 }, dead, ours], 3_000)
  const text = await metrics.registry.metrics()
  expect(text).toMatch(/atsflow_events_total\{.*outcome="published".*\} 1\n/)
  expect(text).toMatch(/atsflow_events_total\{.*outcome="dead_lettered".*\} 1\n/)
  expect(text).toContain('atsflow_end_to_end_seconds_sum{stage="normalizer"} 2\n')
  expect(text).toContain('atsflow_end_to_end_seconds_count{stage="normalizer"} 1\n')
})

it('takes a clock that went back for no time at all', async () => {
  const metrics = createMetrics()
  countOutcomes(metrics, 'normalizer', [{ ...outcome, receivedAtMs: 5_000 }], 3_000)
  expect(await metrics.registry.metrics()).toContain('atsflow_end_to_end_seconds_sum{stage="normalizer"} 0\n')
})

it('measures a canary since it was posted, and counts it nowhere else', async () => {
  const metrics = createMetrics()
  const canary = {
    ...outcome,
    name: 'void',
    source: null,
    canary: { source: 'jobylon', postedMs: 1_000 },
  } as const
  countOutcomes(metrics, 'normalizer', [canary], 3_000)
  const text = await metrics.registry.metrics()
  expect(text).toContain('atsflow_canary_seconds_sum{source="jobylon",tenant="default"} 2\n')
  expect(text).not.toMatch(/^atsflow_(events_total|end_to_end_seconds_count)\{/m)
})

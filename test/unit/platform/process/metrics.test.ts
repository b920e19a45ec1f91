import { expect, it } from 'vitest'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'

it('offers every metric that dashboards and alerts rely on, by name', async () => {
  const text = await createMetrics().registry.metrics()
  const names = [...text.matchAll(/^# TYPE (atsflow_\S+)/gm)].map(match => match[1])
  expect(names).toEqual(
    expect.arrayContaining([
      'atsflow_events_total',
      'atsflow_completeness_delta',
      'atsflow_consumer_lag',
      'atsflow_consumer_progress_age_seconds',
      'atsflow_alarms_total',
      'atsflow_invitations_total',
      'atsflow_pulsifi_requests_total',
      'atsflow_end_to_end_seconds',
    ]),
  )
})

it('counts events by what became of them, with a reason only where there is one', async () => {
  const metrics = createMetrics()
  metrics.events.inc({ source: 'idibu', tenant: 'default', outcome: 'received' }, 3)
  metrics.events.inc({ source: 'idibu', tenant: 'default', outcome: 'dead_lettered', reason: 'NOT_ROUTABLE' })
  const text = await metrics.registry.metrics()
  expect(text).toContain('atsflow_events_total{source="idibu",tenant="default",outcome="received"} 3')
  expect(text).toContain(
    'atsflow_events_total{source="idibu",tenant="default",outcome="dead_lettered",reason="NOT_ROUTABLE"} 1',
  )
})

it('reads the queue of a producer when it is asked', async () => {
  const metrics = createMetrics()
  let records = 1
  metrics.collectProducer(() => ({ records, bytes: 10 }))
  records = 2
  expect(await metrics.registry.metrics()).toContain('atsflow_producer_queue_records 2')
})

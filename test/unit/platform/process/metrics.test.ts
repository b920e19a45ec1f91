import { describe, expect, it } from 'vitest'
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

describe('where there are traces', () => {
  const exemplar = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }

  it('shows beside a bucket which one its newest observation belongs to', async () => {
    const metrics = createMetrics({ exemplars: true })
    metrics.endToEndSeconds.observe({ stage: 'normalizer' }, 0.3, exemplar)
    metrics.endToEndSeconds.observe({ stage: 'normalizer' }, 3)
    const lines = (await metrics.registry.metrics()).split('\n')
    const bucket = (le: string) =>
      lines.find(line => line.startsWith(`atsflow_end_to_end_seconds_bucket{le="${le}",stage="normalizer"}`))
    expect(bucket('0.5')).toMatch(/ 1 # \{trace_id="a{32}",span_id="b{16}"\} 0\.3 \d+/)
    expect(bucket('5')).toMatch(/ 2$/)
    expect(lines.slice(-2)).toEqual(['# EOF', ''])
  })

  it('shows the same counters each time that it is asked, under the same names', async () => {
    const metrics = createMetrics({ exemplars: true })
    metrics.invitations.inc({ outcome: 'INVITED' })
    const first = await metrics.registry.metrics()
    expect(first).toContain('\natsflow_invitations_total{outcome="INVITED"} 1\n')
    expect(await metrics.registry.metrics()).toContain('\natsflow_invitations_total{outcome="INVITED"} 1\n')
    expect(metrics.registry.contentType).toContain('application/openmetrics-text')
  })

  it('shows none where there are none', async () => {
    const metrics = createMetrics()
    metrics.endToEndSeconds.observe({ stage: 'normalizer' }, 0.3, exemplar)
    expect(await metrics.registry.metrics()).not.toContain('trace_id')
    expect(metrics.registry.contentType).toContain('text/plain')
  })
})

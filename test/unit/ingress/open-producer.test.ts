import { describe, expect, it } from 'vitest'
import { watchProducer } from '../../../services/ingress/open-producer.ts'
import type { ProducersState } from '../../../services/ingress/spool/producer-by-topic.ts'
import type { TopicState } from '../../../services/ingress/spool/producer-with-spool.ts'
import { createMetrics } from '../../../services/platform/process/metrics.ts'

const TAKEN: TopicState = { isConnected: true, isDirect: true, refusal: null, records: 1, bytes: 10 }
const REFUSED: TopicState = { ...TAKEN, isDirect: false, refusal: 'TOPIC_AUTHORIZATION_FAILED' }
const AWAY: TopicState = { ...TAKEN, isConnected: false, isDirect: false }

function watched(
  topics: Readonly<Record<string, TopicState>>,
  spool: Partial<ProducersState['spool']> = {},
  setAside: Readonly<Record<string, number>> = {},
) {
  const state = { records: 0, bytes: 0, bytesMax: 1_000, sinceMs: null, failure: null, ...spool }
  const metrics = createMetrics()
  const producer = {
    state: () => ({ byTopic: new Map(Object.entries(topics)), spool: state }),
    setAside: () => new Map(Object.entries(setAside)),
  }
  return { checks: watchProducer(producer, metrics), metrics }
}

describe('readiness', () => {
  it('names the topic that is refused, and stays green for the others', async () => {
    const { checks } = watched({ a: REFUSED, b: TAKEN }, {}, { a: 2 })
    expect(await checks.kafka?.()).toEqual({
      ok: true,
      detail: 'connected for 2 of 2 topics, 2 records wait; a is refused: TOPIC_AUTHORIZATION_FAILED',
    })
    expect(await checks.spool?.()).toEqual({
      ok: true,
      detail: '0 records, 0 bytes of 1000; 2 of a set aside',
    })
  })

  it.each([
    ['full', { bytes: 999 }, '0 records, 999 bytes of 1000'],
    ['broken', { failure: 'ENOSPC' }, '0 records, 0 bytes of 1000; the disk takes nothing: ENOSPC'],
  ])(
    'is red while the disk is %s and Kafka away, and green where a topic needs no disk',
    async (_how, spool, detail) => {
      expect(await watched({ a: AWAY, b: AWAY }, spool).checks.spool?.()).toEqual({ ok: false, detail })
      expect(await watched({ a: REFUSED, b: TAKEN }, spool).checks.spool?.()).toEqual({ ok: true, detail })
    },
  )
})

it('shows what is refused and what was set aside as metrics, and nothing of it when it is over', async () => {
  const topics: Record<string, TopicState> = { a: REFUSED, b: TAKEN }
  const aside: Record<string, number> = { a: 2 }
  const metrics = createMetrics()
  watchProducer(
    {
      state: () => ({
        byTopic: new Map(Object.entries(topics)),
        spool: { records: 3, bytes: 4, bytesMax: 5, sinceMs: Date.now() - 60_000, failure: null },
      }),
      setAside: () => new Map(Object.entries(aside)),
    },
    metrics,
  )
  const lines = async () =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter(line =>
        /^atsflow_(topic_refused|spool_set_aside|producer_queue|spool_records|spool_limit)/.test(line),
      )
  expect(await lines()).toEqual([
    'atsflow_producer_queue_records 2',
    'atsflow_producer_queue_bytes 20',
    'atsflow_spool_records 3',
    'atsflow_spool_limit_bytes 5',
    'atsflow_topic_refused{topic="a",cause="TOPIC_AUTHORIZATION_FAILED"} 1',
    'atsflow_spool_set_aside_records{topic="a"} 2',
  ])
  const [, age] = /^atsflow_spool_oldest_age_seconds (\S+)$/m.exec(await metrics.registry.metrics()) ?? []
  expect(Number(age)).toBeGreaterThanOrEqual(60)
  expect(Number(age)).toBeLessThan(120)
  topics.a = TAKEN
  delete aside.a
  expect((await lines()).filter(line => line.includes('{'))).toEqual([])
})

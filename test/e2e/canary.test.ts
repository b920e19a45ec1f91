/** Canaries beside a person: they come through, and nobody who reads what the pipeline says ever sees one. */
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { AVRO_TOPICS } from '../../schemas/subjects.ts'
import { CANARY, deadLetterTopic, HEADER, rawTopic } from '../../services/core/topics.ts'
import { createKafka } from '../../services/platform/kafka/client.ts'
import { KafkaSettings } from '../../services/platform/kafka/settings.ts'
import { loadConfig } from '../../services/platform/process/config.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { readTopics } from '../../services/platform/readers/topic-reader.ts'
import { eventually, stackForTest } from './stack-for-test.ts'

const SOURCES = ['cleverconnect', 'direct', 'humansourcing', 'idibu', 'jobylon']
const JOB_TEXT = 'You plan and run the daily work of a small team, and advise customers. '.repeat(6)

it('goes the whole way for each source, is invited never, and is in no figure', async () => {
  const test = await stackForTest({ CANARY_SECONDS: '2', CANARY_SECRET: 'the-secret-of-all-canaries' })
  onTestFinished(test.stop)
  const metricsOf = async (name: 'ingress' | 'normalizer'): Promise<string> =>
    (await fetch(`${test.stack.healthUrls[name]}/metrics`)).text()
  const came = async () => {
    const text = await metricsOf('normalizer')
    const pattern = /^atsflow_canary_seconds_count\{source="([a-z]+)",tenant="([a-z0-9-]+)"\} (\d+)$/gm
    return [...text.matchAll(pattern)]
      .filter(([, , tenant, count]) => tenant === test.tenant && Number(count) > 1)
      .map(([, source]) => source)
      .sort()
  }
  await eventually('two canaries of each source', 60_000, async () => {
    return (await came()).join() === SOURCES.join() ? true : null
  })

  const headers = { authorization: `Bearer ${test.secret}` }
  const sent = [
    { type: 'job', action: 'upsert', data: { external_id: 'j1', title: 'Welder', description: JOB_TEXT } },
    {
      ...{ type: 'candidate', action: 'upsert' },
      data: {
        ...{ external_id: 'c1', first_name: 'Noor', last_name: 'Voorbeeld', email: 'noor@example.com' },
        applications: [{ job: { external_id: 'j1' }, applied_at: '2026-05-04T09:00:00Z' }],
      },
    },
  ]
  expect((await test.post(`direct/${test.tenant}`, JSON.stringify(sent), headers)).status).toBe(200)
  const key = await eventually('the person to be through', 60_000, () => {
    const [only] = test.sightings.applicationKeys()
    return only !== undefined && test.sightings.outcome(only).hasEnded ? only : null
  })
  expect(test.sightings.applicationKeys()).toEqual([key])

  // What subscribers read: nothing of a canary but on the topic that is its own.
  const config = loadConfig(z.object(KafkaSettings), test.stack.env)
  const kafka = createKafka(config, 'canary-test', createLogger('test', 'silent'))
  const letters = (['ingress', 'normalizer', 'pulsifi-sink'] as const).map(deadLetterTopic)
  const topics = [...AVRO_TOPICS, ...letters, ...SOURCES.map(rawTopic)]
  const read = readTopics(kafka, { topics, from: 'beginning' }, { reader: 'canary-test' })
  const ours = (await Array.fromAsync(read))
    .map(({ topic, key, value, headers }) => ({
      ...{ topic, key, value: value?.toString('latin1') ?? '' },
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
    }))
    .filter(record => JSON.stringify(record).includes(test.tenant))
  const isCanary = (record: object) => /atsflow-canary|ats\.canary/.test(JSON.stringify(record))
  const raw = new Set(SOURCES.map(rawTopic))
  const told = new Set(ours.filter(isCanary).map(({ topic }) => topic))
  expect([...told].sort()).toEqual([CANARY, ...raw].sort())
  for (const record of ours.filter(({ topic }) => raw.has(topic)))
    expect([record.key, HEADER.canary in record.headers]).toEqual([record.key, isCanary(record)])

  // What people look at.
  const ask = async (path: string) => (await fetch(`${test.stack.urls.console}${path}`)).json()
  const funnel = await eventually('the console to have the person', 30_000, async () => {
    const answer = (await ask(`/api/funnel?tenant_id=${test.tenant}`)) as { stages: { count: number }[] }
    // Its stages are told by records of several topics, which come one after the other.
    return answer.stages.at(-1)?.count === 1 ? answer : null
  })
  expect(funnel.stages.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1])
  // Two events of the direct source, the person and the job, and what Pulsifi said of her.
  const COUNTED = /^atsflow_events_total\{source="([a-z]+)",tenant="([a-z0-9-]+)",.*\} (\d+)$/gm
  for (const name of ['ingress', 'normalizer'] as const) {
    const counted = [...(await metricsOf(name)).matchAll(COUNTED)]
      .filter(([, source, tenant]) => source !== 'pulsifi' && tenant === test.tenant)
      .map(([, source, , count]) => [source, count])
    expect([name, counted]).toEqual([name, [['direct', '2']]])
  }
  expect(await metricsOf('ingress')).not.toMatch(/atsflow_http_request_seconds_count\{source="idibu"/)
  expect(await metricsOf('normalizer')).not.toMatch(/^atsflow_completeness_delta\{.*\} -?[1-9]/m)
  expect((await test.sandbox('/_sandbox/stats')).candidates).toBe(1)
})

/** One application, from its webhook to its scores, as a collector of traces sees it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyOf } from '../../infra/demo/post-webhooks.ts'
import { applicationKey, STORY, type Step } from '../../infra/demo/story.ts'
import { traceIdOf } from '../../services/platform/tracing/trace-context.ts'
import { type OtlpStub, type ReceivedSpan, startOtlpStub } from '../support/otlp-stub.ts'
import { eventually, registerCallback, type StackForTest, stackForTest } from './stack-for-test.ts'

const APPLICANT = 'Johan Exempelsson'
const HOOK = 'POST /hooks/{source}/{tenant}'

describe('traces', () => {
  let collector: OtlpStub
  let test: StackForTest
  let candidateKey: string
  afterAll(async () => {
    await test?.stop()
    await collector?.close()
  })

  const inTrace = (key: string) => collector.spans().filter(({ traceId }) => traceId === traceIdOf(key))
  const named = (name: string, spans: readonly ReceivedSpan[] = inTrace(candidateKey)): ReceivedSpan => {
    const [span] = spans.filter(item => item.name === name)
    if (span === undefined) throw new Error(`no span ${name} among ${spans.map(item => item.name)}`)
    return span
  }
  const parentOf = (span: ReceivedSpan) =>
    collector.spans().find(({ spanId }) => spanId === span.parentSpanId)
  /** The span that wrote the result, and that of the decision it came from. */
  const observed = () => {
    const decided = parentOf(named('send pulsifi.result.v1'))
    if (decided === undefined) throw new Error('the result came from nothing')
    return decided
  }

  beforeAll(async () => {
    collector = await startOtlpStub()
    test = await stackForTest(
      {
        INVITE_SINCE: STORY.inviteSince,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=of-the-test',
        OTEL_BSP_SCHEDULE_DELAY: '100',
      },
      { ...STORY.settings },
    )
    await registerCallback(test)
    const files = ['jobylon-job.json', 'jobylon-candidate.json']
    const steps = files.map(name => STORY.steps.find(({ file }) => file === name) as Step)
    for (const step of steps.filter(item => item !== undefined)) {
      const headers = { authorization: `Bearer ${test.secret}` }
      await test.post(`jobylon/${test.tenant}`, bodyOf(step), headers)
    }
    const application = STORY.applications.find(({ applicant }) => applicant === APPLICANT)
    if (application === undefined) throw new Error('the story has another candidate')
    const key = applicationKey(test.tenant, application)
    candidateKey = await eventually(
      'a result',
      60_000,
      () => test.sightings.result(key)?.candidate_key ?? null,
    )
    await eventually('spans of the scores', 20_000, () =>
      inTrace(candidateKey).some(({ name }) => name === 'send pulsifi.score.v1') ? true : null,
    )
  })

  it('are one trace from the webhook to the intent and the call, each following from the one before', () => {
    const chain = [
      ['atsflow-ingress', HOOK],
      ['atsflow-ingress', 'send ats.raw.jobylon'],
      ['atsflow-normalizer', 'process ats.raw.jobylon'],
      ['atsflow-normalizer', 'send ats.canonical.candidate.v1'],
      ['atsflow-pulsifi-sink', 'process ats.canonical.candidate.v1'],
    ] as const
    for (const [at, [service, name]] of chain.entries()) {
      expect(named(name).service).toBe(service)
      expect(parentOf(named(name))?.name, name).toBe(chain[at - 1]?.[1])
    }
    const call = named('POST /partner/v1.0/standard/candidates')
    expect(parentOf(call)).toEqual(named('intend createCandidate'))
    expect(call.attributes).toMatchObject({ 'http.response.status_code': '200' })
    expect(parentOf(named('decide invitation-answer'))?.name).toBe('intend createCandidate')
  })

  it('go on in it when result and scores come, linked to the callback and to the intent', () => {
    expect(parentOf(named('send pulsifi.score.v1'))).toEqual(observed())
    const links = observed().links.map(({ spanId }) => spanId)
    expect(links).toContain(named('intend createCandidate').spanId)
    const linked = collector.spans().filter(({ spanId }) => links.includes(spanId))
    const [sent] = linked.filter(({ name }) => name === 'send pulsifi.inbox.v1')
    expect(sent?.traceId).not.toBe(traceIdOf(candidateKey))
    const callback = collector.spans().filter(({ traceId }) => traceId === sent?.traceId)
    const names = [HOOK, 'send pulsifi.raw', 'process pulsifi.raw', 'send pulsifi.inbox.v1']
    expect(names.filter(name => !callback.some(span => span.name === name))).toEqual([])
    expect(named(HOOK, callback).attributes['atsflow.source']).toBe('pulsifi')
  })

  it('hold no value of a person, no key of the source and no secret', () => {
    const bytes = collector.bytes()
    const own = bodyOf(STORY.steps.find(({ file }) => file === 'jobylon-candidate.json') as Step)
    const texts = [...JSON.stringify(JSON.parse(own)).matchAll(/"((?:[^"\\\\]|\\\\.){4,})"(?!:)/g)]
    const values = texts.map(([, text = '']) => text).filter(text => !COMMON.has(text))
    expect(values.length).toBeGreaterThan(10)
    const secrets = [test.secret, 'of-the-test', candidateKey, 'Exempelsson', 'johan']
    expect([...values, ...secrets].filter(text => bytes.includes(text))).toEqual([])
  })

  it('reach the collector with the headers that it asks for', () => {
    expect(collector.headers()).toContain('of-the-test')
  })

  it('are what buckets of durations lead to', async () => {
    const buckets = {
      ingress: 'atsflow_http_request_seconds_bucket',
      normalizer: 'atsflow_end_to_end_seconds_bucket',
      'pulsifi-sink': 'atsflow_pulsifi_request_duration_seconds_bucket',
    } as const
    for (const [name, metric] of Object.entries(buckets)) {
      const response = await fetch(`${test.stack.healthUrls[name]}/metrics`)
      expect(response.headers.get('content-type')).toContain('application/openmetrics-text')
      const ids = [...(await response.text()).matchAll(EXEMPLAR)].flatMap(([, of, id]) =>
        of === metric ? [id] : [],
      )
      expect(ids.length, name).toBeGreaterThan(0)
      const traces = new Set(collector.spans().map(({ traceId }) => traceId))
      expect(ids.filter(id => !traces.has(id ?? ''))).toEqual([])
    }
  })
})

const EXEMPLAR = /^(\w+)\{[^}]*\} \d+ # \{trace_id="([0-9a-f]{32})",span_id="[0-9a-f]{16}"\} /gm

/** What stands in a webhook and says nothing of anybody. */
const COMMON: ReadonlySet<string> = new Set(['candidate'])

import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../../../services/platform/process/config.ts'
import { pairsIn, TracingSettings } from '../../../../services/platform/tracing/settings.ts'
import { samplerOf } from '../../../../services/platform/tracing/start-tracing.ts'
import { openTracing } from '../../../../services/platform/tracing/telemetry.ts'

const schema = z.object(TracingSettings)
const on = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }
const nothing = { log: { warn: () => undefined }, onClose: () => undefined }
// Cast: of a run it takes no more.
const opened = (env: Record<string, string>) =>
  openTracing(
    { config: loadConfig(schema, env), ...nothing } as unknown as Parameters<typeof openTracing>[0],
    'sample',
  )

it('is off unless there is a collector', async () => {
  expect(await opened({})).toBeNull()
  expect(await opened({ OTEL_TRACES_SAMPLER: 'always_on', OTEL_SERVICE_NAME: 'x' })).toBeNull()
  expect(await opened({ ...on, OTEL_SDK_DISABLED: 'true' })).toBeNull()
  expect(await opened(on)).not.toBeNull()
})

it.each([
  ['parentbased_always_on', ParentBasedSampler, 'AlwaysOnSampler'],
  ['parentbased_always_off', ParentBasedSampler, 'AlwaysOffSampler'],
  ['parentbased_traceidratio', ParentBasedSampler, 'TraceIdRatioBased{0.1}'],
  ['always_on', AlwaysOnSampler, 'AlwaysOnSampler'],
  ['always_off', AlwaysOffSampler, 'AlwaysOffSampler'],
  ['traceidratio', TraceIdRatioBasedSampler, 'TraceIdRatioBased{0.1}'],
] as const)('samples by %s', (OTEL_TRACES_SAMPLER, Sampler, words) => {
  const sampler = samplerOf({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG: 0.1 })
  expect(sampler).toBeInstanceOf(Sampler)
  expect(sampler.toString()).toContain(words)
})

it('asks for TLS on the way to a collector elsewhere', () => {
  const elsewhere = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318' }
  expect(() => loadConfig(schema, elsewhere)).toThrow('OTEL_EXPORTER_OTLP_ENDPOINT')
  expect(loadConfig(schema, { ...elsewhere, PLAINTEXT_HOSTS: 'collector.example' })).toMatchObject(elsewhere)
})

it('reads pairs as they are written in headers and resources', () => {
  expect(pairsIn('api-key=a%3Db, x = y,nonsense,=z,bad=%zz')).toEqual({
    'api-key': 'a=b',
    x: 'y',
    bad: '%zz',
  })
})

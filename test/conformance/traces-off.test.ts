/** Where traces are off, a process is what it was without them; that nobody else loads the SDK is a rule of imports. */
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** The interface alone comes along with the library of metrics. */
const WATCH = `
  import { registerHooks } from 'node:module'
  registerHooks({
    load(url, context, next) {
      if (/@opentelemetry[/](?!api[/])/.test(url)) console.log('loaded')
      return next(url, context)
    },
  })`
const asModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`
const TELEMETRY = new URL('../../services/platform/tracing/telemetry.ts', import.meta.url).href

function loadedWith(config: object): string {
  const run = `
    import { openTracing } from '${TELEMETRY}'
    const log = { warn() {} }
    const tracing = await openTracing({ config: ${JSON.stringify(config)}, log, onClose() {} }, 'sample')
    console.log(tracing === null ? 'off' : 'on')`
  const { stdout } = spawnSync(
    process.execPath,
    ['--import', asModule(WATCH), '--input-type=module', '--eval', run],
    { encoding: 'utf8' },
  )
  return [...new Set(stdout.trim().split('\n'))].join()
}

it('loads nothing of the SDK without a collector', () => {
  expect(loadedWith({})).toBe('off')
})

it('loads it with one', () => {
  const sampler = { OTEL_TRACES_SAMPLER: 'parentbased_always_on', OTEL_TRACES_SAMPLER_ARG: 1 }
  expect(loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', ...sampler })).toBe('loaded,on')
})

/** Where traces are off, a process is what it was without them. */
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** The interface alone comes along with the library of metrics. */
const WATCH = `
  import { registerHooks } from 'node:module'
  registerHooks({
    load(url, context, next) {
      if (/@opentelemetry[/](?!api[/])/.test(url)) console.error(url)
      return next(url, context)
    },
  })`

it.each(['ingress', 'normalizer', 'pulsifi-sink'])('%s loads nothing of the SDK', name => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(WATCH)}`, `services/${name}/main.ts`, '--help'],
    { encoding: 'utf8' },
  )
  expect(stdout).toContain('OTEL_EXPORTER_OTLP_ENDPOINT')
  expect(stderr).toBe('')
})

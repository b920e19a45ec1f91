import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../services/platform/process/config.ts'
import {
  createHealthApp,
  createHealthRouter,
  runChecks,
} from '../../../../services/platform/process/health.ts'
import { startHttpServer } from '../../../../services/platform/process/http-server.ts'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'

const red = () => ({ ok: false, detail: 'lag' })
const green = () => ({ ok: true, detail: 'fine' })

describe('runChecks', () => {
  it('takes a check that throws or hangs for a failed one', async () => {
    const checks = {
      green,
      throws: () => {
        throw new TypeError('someone@example.com')
      },
      hangs: () => new Promise<never>(() => {}),
    }
    expect(await runChecks(checks, 5)).toEqual({
      green: { ok: true, detail: 'fine' },
      throws: { ok: false, detail: 'TypeError' },
      hangs: { ok: false, detail: 'no answer within 5 ms' },
    })
  })
})

describe('the health of a process over HTTP', () => {
  const get = async (path: string, { live = {}, ready = {} } = {}) => {
    const version = { version: '1.2.3', git_sha: null, node: 'v24', state_format: 'v5' }
    const { registry } = createMetrics()
    const app = createHealthApp(createHealthRouter({ service: 'ingress', version, registry, live, ready }))
    const server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'INGRESS_PORT' })
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`)
    const answer = { status: response.status, text: await response.text() }
    await server.close()
    return answer
  }

  it.each([
    ['/livez', {}, 200],
    ['/livez', { live: { red } }, 503],
    ['/livez', { ready: { red } }, 200],
    ['/readyz', { ready: { green } }, 200],
    ['/readyz', { ready: { red, green } }, 503],
    ['/readyz', { live: { red } }, 503],
  ])('answers %s with %j as %i', async (path, checks, status) => {
    expect((await get(path, checks)).status).toBe(status)
  })

  it('lists the checks when asked to', async () => {
    expect(JSON.parse((await get('/readyz?verbose', { ready: { red } })).text)).toEqual({
      ok: false,
      checks: { red: { ok: false, detail: 'lag' } },
    })
  })

  it('tells what is running', async () => {
    expect(JSON.parse((await get('/version')).text)).toEqual({
      service: 'ingress',
      version: '1.2.3',
      git_sha: null,
      node: 'v24',
      state_format: 'v5',
    })
  })

  it('shows metrics', async () => {
    expect((await get('/metrics')).text).toContain('process_cpu_seconds_total')
  })
})

describe('the HTTP server', () => {
  const listen = (app: Koa, port = 0) =>
    startHttpServer({ app, host: '127.0.0.1', port, portVariable: 'INGRESS_PORT' })

  it('names the variable of a port that is taken', async () => {
    const server = await listen(new Koa())
    const second = await listen(new Koa(), server.port).catch((error: unknown) => error)
    await server.close()
    expect(second).toBeInstanceOf(ConfigError)
    expect(String(second)).toMatch(/taken by another process: set INGRESS_PORT to a free one/)
  })

  it('lets a request in progress end before it closes', async () => {
    const arrived = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<string>()
    const app = new Koa()
    app.use(async ctx => {
      arrived.resolve()
      ctx.body = await answer.promise
    })
    const server = await listen(app)
    const response = fetch(`http://127.0.0.1:${server.port}/`)
    await arrived.promise
    const closed = server.close()
    answer.resolve('done')
    expect(await (await response).text()).toBe('done')
    await closed
  })
})

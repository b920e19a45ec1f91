import Router from '@koa/router'
import Koa from 'koa'
import type { Registry } from 'prom-client'
import type { Version } from './version.ts'

/** `detail` is read by operators: numbers, codes and names of parts, never personal data. */
export interface CheckResult {
  readonly ok: boolean
  readonly detail: string
}
export type Checks = Readonly<Record<string, () => CheckResult | Promise<CheckResult>>>

export interface Health {
  readonly service: string
  readonly version: Version
  readonly registry: Registry
  /** Red means: start this process again. Never the health of somebody else's system. */
  readonly live: Checks
  /** Red means: send no traffic here now. */
  readonly ready: Checks
}

/** A check that does not answer is a failed check. */
const CHECK_TIMEOUT_MS = 2_000

/** `/livez`, `/readyz` (both with `?verbose` for the single checks), `/metrics` and `/version`. */
export function createHealthRouter(health: Health): Router {
  const { service, version, registry } = health
  const router = new Router()
  router.get('/livez', ctx => answer(ctx, health.live))
  router.get('/readyz', ctx => answer(ctx, { ...health.live, ...health.ready }))
  router.get('/metrics', async ctx => {
    ctx.type = registry.contentType
    ctx.body = await registry.metrics()
  })
  router.get('/version', ctx => {
    ctx.body = { service, ...version }
  })
  return router
}

/** The application of a process that has no other HTTP interface. */
export function createHealthApp(router: Router): Koa {
  const app = new Koa()
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

async function answer(ctx: Koa.Context, checks: Checks): Promise<void> {
  const results = await runChecks(checks)
  const isOk = Object.values(results).every(result => result.ok)
  ctx.status = isOk ? 200 : 503
  ctx.set('cache-control', 'no-store')
  ctx.body = ctx.query.verbose === undefined ? (isOk ? 'ok' : 'failed') : { ok: isOk, checks: results }
}

/** Runs all checks at the same time; one that throws or hangs has failed. */
export async function runChecks(
  checks: Checks,
  timeoutMs = CHECK_TIMEOUT_MS,
): Promise<Record<string, CheckResult>> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check, timeoutMs)] as const),
  )
  return Object.fromEntries(results)
}

async function runCheck(check: Checks[string], timeoutMs: number): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<CheckResult>(resolve => {
    timer = setTimeout(resolve, timeoutMs, { ok: false, detail: `no answer within ${timeoutMs} ms` })
  })
  try {
    return await Promise.race([Promise.resolve().then(check), timeout])
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.name : 'failed' }
  } finally {
    clearTimeout(timer)
  }
}

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Router } from '@koa/router'
import Koa from 'koa'
import { pino } from 'pino'
import { ApiError } from './api-error.ts'
import type { Calls } from './calls.ts'
import { optionsSchema, type SandboxInput } from './config.ts'
import { answerError } from './operation.ts'
import { addAuthRoutes } from './routes-auth.ts'
import { addCandidateRoutes } from './routes-candidates.ts'
import { addControlRoutes } from './routes-control.ts'
import { addJobRoutes } from './routes-jobs.ts'
import { addPageRoutes, addProbeRoutes } from './routes-page.ts'
import { addWebhookRoutes } from './routes-webhooks.ts'
import { createSandbox, type Faults, type Sandbox } from './sandbox.ts'
import type { State } from './state.ts'

export type RunningSandbox = {
  /** Without a slash at its end. */
  readonly url: string
  /** Live: shows what is true at the moment of reading. */
  readonly state: State
  readonly calls: Calls
  readonly faults: Faults
  /** Cuts every connection, forgets every timer, and closes the journal; a second call joins the first. */
  close(): Promise<void>
}

/**
 * Listens and takes up what the journal remembers.
 * @throws when an option is out of range, the port is taken, or the journal is damaged.
 */
export async function startSandbox(input: SandboxInput = {}): Promise<RunningSandbox> {
  const options = optionsSchema.parse(input)
  const log = pino({ level: options.logLevel, base: { service: 'pulsifi-sandbox' } })
  const sandbox = await createSandbox(options, log)
  const server = createServer(appOf(sandbox).callback())
  await listen(server, options.port, options.host)
  const url = urlOf(server, options.host)
  sandbox.setBaseUrl(url)
  sandbox.lifecycle.resume()
  let closing: Promise<void> | null = null
  return {
    url,
    state: sandbox.store.state,
    calls: sandbox.calls,
    faults: sandbox.faults,
    close() {
      closing ??= shut(sandbox, server)
      return closing
    },
  }
}

async function shut(sandbox: Sandbox, server: Server): Promise<void> {
  const closed = new Promise(resolve => server.close(resolve))
  server.closeAllConnections()
  await closed
  await sandbox.callbacks.close()
  sandbox.lifecycle.stop()
  await sandbox.store.close()
}

function appOf(sandbox: Sandbox): Koa {
  const router = new Router()
  addAuthRoutes(router, sandbox)
  addJobRoutes(router, sandbox)
  addCandidateRoutes(router, sandbox)
  addWebhookRoutes(router, sandbox)
  addControlRoutes(router, sandbox)
  addPageRoutes(router, sandbox)
  addProbeRoutes(router, sandbox)
  const app = new Koa()
  app.silent = true
  app.use(refusals(sandbox))
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

/** Everything that no route answered, in the one shape of a refusal. Calls that miss the API are on record too. */
function refusals(sandbox: Sandbox): Koa.Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.body !== undefined || ctx.respond === false || ctx.status < 400) return
      const isMethod = ctx.status === 405 || ctx.status === 501
      throw isMethod
        ? new ApiError(405, 'METHOD_NOT_ALLOWED', 'no such method here')
        : new ApiError(404, 'NOT_FOUND', 'no such path')
    } catch (reason) {
      answerError(sandbox, ctx, reason)
      if (ctx.path.startsWith('/partner')) {
        sandbox.calls.begin('unknown')({ status: ctx.status, reference: null, faults: [] })
      }
    }
  }
}

const listen = (server: Server, port: number, host: string) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

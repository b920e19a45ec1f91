/** The whole HTTP interface of the console, from its ports: testable without a broker. */
import type Router from '@koa/router'
import Koa from 'koa'
import { type ApiPorts, createApi } from './api/api.ts'
import { makeDocs } from './docs/docs.ts'
import type { Access } from './serve/access.ts'
import { readPageFiles, servePage } from './serve/page-files.ts'
import { readText } from './serve/read-body.ts'
import { guard, refuseForeignPages, securityHeaders } from './serve/security.ts'

export interface ConsolePorts extends ApiPorts {
  readonly access: Access
  /** `/livez` and its like: probes carry no token. */
  readonly health: Router
}

export function createConsoleApp(ports: ConsolePorts): Koa {
  const app = new Koa()
  // What goes wrong while answering has its answer already; what is left are sockets that broke.
  app.silent = true
  app.use(securityHeaders)
  app.use(ports.health.routes())
  app.use(refuseForeignPages)
  app.use(guard(ports.access))
  app.use(login(ports.access))
  app.use(servePage(new Map([...readPageFiles(), ...makeDocs(ports.version)])))
  app.use(createApi(ports).routes())
  return app
}

/** A wrong token is told apart by nothing but the way back to the form. */
function login(access: Access): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/login' || ctx.method !== 'POST') return next()
    const token = new URLSearchParams(await readText(ctx.req)).get('token') ?? ''
    ctx.status = 303
    if (!access.isToken(token)) {
      ctx.set('location', '/login#refused')
      return
    }
    ctx.set({ 'set-cookie': access.sessionCookie(ctx.secure), location: '/' })
  }
}

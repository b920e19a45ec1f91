/** The whole HTTP interface of the console, from its ports: testable without a broker. */
import Koa from 'koa'
import { type ApiPorts, createApi } from './api/api.ts'
import { makeDocs } from './docs/docs.ts'
import type { Access } from './serve/access.ts'
import { answerFaults } from './serve/answer-faults.ts'
import { type OidcSignIn, oidcSignIn } from './serve/oidc-sign-in.ts'
import { ownSessions } from './serve/own-sessions.ts'
import { readPageFiles, servePage } from './serve/page-files.ts'
import { guard, refuseForeignPages, securityHeaders } from './serve/security.ts'
import { signIn, signOut } from './serve/sign-in.ts'

export interface ConsolePorts extends ApiPorts {
  readonly access: Access
  /** Null where no provider is configured. */
  readonly oidc: OidcSignIn | null
}

export function createConsoleApp(ports: ConsolePorts): Koa {
  const app = new Koa()
  // What goes wrong while answering has its answer below; what is left are sockets that broke.
  app.silent = true
  app.use(securityHeaders(ports.visitorOf))
  app.use(answerFaults(ports))
  app.use(refuseForeignPages(ports))
  if (ports.oidc !== null) app.use(oidcSignIn(ports.oidc, ports.access, ports.visitorOf))
  app.use(guard(ports.access, ports.visitorOf))
  app.use(signIn(ports.access, ports.visitorOf))
  app.use(signOut(ports.access, ports.visitorOf))
  app.use(ownSessions(ports.access, ports.visitorOf))
  app.use(servePage(new Map([...readPageFiles(ports.oidc !== null), ...makeDocs(ports.version)])))
  app.use(createApi(ports).routes())
  return app
}

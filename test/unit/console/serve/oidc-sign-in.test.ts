import Koa from 'koa'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createAccess } from '../../../../services/console/serve/access.ts'
import { oidcSignIn } from '../../../../services/console/serve/oidc-sign-in.ts'
import { refuseForeignPages } from '../../../../services/console/serve/security.ts'
import { createSessions } from '../../../../services/console/serve/sessions.ts'
import { createThrottle } from '../../../../services/console/serve/throttle.ts'
import { visitorReader } from '../../../../services/console/serve/visitor.ts'
import { ipRanges } from '../../../../services/platform/connections/ip-ranges.ts'
import { type HttpServer, startHttpServer } from '../../../../services/platform/process/http-server.ts'

const begun: boolean[] = []
let server: HttpServer

beforeAll(async () => {
  const visitorOf = visitorReader(ipRanges([]), false)
  const access = createAccess({
    ...{ token: null, users: { bySecret: async () => null }, throttle: createThrottle() },
    ...{ sessions: createSessions(Date.now), onRefused: () => {}, onSession: () => {} },
  })
  const oidc = {
    async begin(_callback: URL, again: boolean) {
      begun.push(again)
      return { location: 'https://provider.example.com/auth?a=1&b="2"', proof: 'proof' }
    },
    finish: async () => ({ names: [], provedMs: null }),
  }
  const ports = { oidc, entryOf: () => undefined, onRefused: () => {}, onFailed: () => {} }
  const app = new Koa()
  app.use(refuseForeignPages({ visitorOf, onForbidden: () => {} }))
  app.use(oidcSignIn(ports, access, visitorOf))
  server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'CONSOLE_PORT' })
})
afterAll(() => server.close())
beforeEach(() => {
  begun.length = 0
})

const ask = (init: RequestInit) =>
  fetch(`http://127.0.0.1:${server.port}/oidc/login`, { redirect: 'manual', ...init })

it('begins nothing by a link, wherever it stands', async () => {
  const answer = await ask({})
  expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie'), begun]).toEqual([
    302,
    '/login',
    null,
    [],
  ])
})

it.each(['cross-site', 'same-site'])('begins nothing by a form of another page: %s', async site => {
  expect((await ask({ method: 'POST', headers: { 'sec-fetch-site': site } })).status).toBe(403)
  expect(begun).toEqual([])
})

it('leads to the provider by a button of its own page', async () => {
  const answer = await ask({ method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toMatch(/^atsflow_oidc=proof; HttpOnly/)
  expect(await answer.text()).toContain('url=https://provider.example.com/auth?a=1&#38;b=&#34;2&#34;"')
  await ask({ method: 'POST', body: new URLSearchParams({ again: 'yes' }) })
  expect(begun).toEqual([false, true])
})

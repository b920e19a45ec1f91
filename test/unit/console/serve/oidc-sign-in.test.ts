import Koa from 'koa'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Access, createAccess, type Visitor } from '../../../../services/console/serve/access.ts'
import { oidcSignIn } from '../../../../services/console/serve/oidc-sign-in.ts'
import { refuseForeignPages } from '../../../../services/console/serve/security.ts'
import { createSessions } from '../../../../services/console/serve/sessions.ts'
import { createThrottle, TRIES } from '../../../../services/console/serve/throttle.ts'
import { visitorReader } from '../../../../services/console/serve/visitor.ts'
import { ipRanges } from '../../../../services/platform/connections/ip-ranges.ts'
import { type HttpServer, startHttpServer } from '../../../../services/platform/process/http-server.ts'

const begun: boolean[] = []
const asked: string[] = []
const refused: string[] = []
let server: HttpServer
let access: Access

beforeAll(async () => {
  // Trusted: each browser can speak for an address of its own.
  const visitorOf = visitorReader(ipRanges(['127.0.0.1']), false)
  access = createAccess({
    ...{ token: null, users: { bySecret: async () => null }, throttle: createThrottle() },
    ...{ sessions: createSessions(Date.now), onSession: () => {} },
    onRefused: address => void refused.push(address),
  })
  const oidc = {
    async begin(_callback: URL, again: boolean) {
      begun.push(again)
      return { location: 'https://provider.example.com/auth?a=1&b="2"', proof: 'proof' }
    },
    isAnswerTo: (answer: URL) => answer.searchParams.get('state') === 'begun',
    async finish(_answer: URL, proof: string) {
      asked.push(proof)
      return { names: proof === 'proof' ? ['kim'] : [], provedMs: null }
    },
  }
  const ports = { oidc, entryOf: (name: string) => ({ name, role: 'viewer' as const }), onFailed: () => {} }
  const app = new Koa()
  app.use(refuseForeignPages({ visitorOf, onForbidden: () => {} }))
  app.use(oidcSignIn(ports, access, visitorOf))
  server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'CONSOLE_PORT' })
})
afterAll(() => server.close())
beforeEach(() => {
  for (const list of [begun, asked, refused]) list.length = 0
})

const ask = (init: RequestInit, path = '/oidc/login') =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: 'manual', ...init })

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
  expect(answer.headers.get('set-cookie')).toMatch(/^atsflow_oidc=proof~; HttpOnly/)
  expect(await answer.text()).toContain('url=https://provider.example.com/auth?a=1&#38;b=&#34;2&#34;"')
  await ask({ method: 'POST', body: new URLSearchParams({ again: 'yes' }) })
  expect(begun).toEqual([false, true])
})

const BACK = '/oidc/callback?code=1&state=begun'
const visitor: Visitor = {
  ...{ remoteAddress: '192.0.2.7', address: '192.0.2.7', isSecure: false, host: 'console.example.com' },
  ...{ authorization: '', cookie: '', isForwarded: false },
}
const sent = (cookie: string) => cookie.split(';')[0] ?? ''
const isOpen = (cookie: string) => access.prove({ ...visitor, cookie }).type === 'user'
const openSession = () =>
  sent(access.sessionCookie(visitor, { name: 'lou', role: 'viewer', tenants: null, by: 'secret' }))

/** By way of the provider, from which no cookie comes along that is for our own pages alone. */
async function signInWith(cookie: string, forge = (proof: string) => proof): Promise<string> {
  const [, id = cookie] = cookie.split('=')
  const began = await ask({ method: 'POST', headers: { cookie } })
  const proof = forge(sent(began.headers.getSetCookie()[0] ?? ''))
  expect(proof).not.toContain(id)
  const back = await ask({ headers: { cookie: proof, 'sec-fetch-site': 'cross-site' } }, BACK)
  return sent(back.headers.getSetCookie()[1] ?? '')
}

it('ends the session that the browser had before, and no other', async () => {
  const [here, elsewhere] = [openSession(), openSession()]
  const session = await signInWith(here)
  expect([session, here, elsewhere].map(isOpen)).toEqual([true, false, true])
})

it('ends none when the provider vouches for nobody', async () => {
  const here = openSession()
  expect(await signInWith(here, proof => proof.replace('=proof', '=another'))).toBe('')
  expect(isOpen(here)).toBe(true)
})

const comeBack = async (address: string, path = BACK, proof = 'forged') => {
  const headers = { cookie: `atsflow_oidc=${proof}`, 'x-forwarded-for': address }
  return (await ask({ headers }, path)).headers.get('location')
}

it('asks the provider no more often than an address may try, whatever somebody brings along', async () => {
  const answers: (string | null)[] = []
  for (let tries = 0; tries <= TRIES; tries++) answers.push(await comeBack('192.0.2.81'))
  expect(answers).toEqual([...Array.from({ length: TRIES }, () => '/login#unknown'), '/login#throttled'])
  expect([asked.length, refused.length]).toEqual([TRIES, TRIES])
  expect(await comeBack('192.0.2.82', BACK, 'proof')).toBeNull()
})

it('takes no try from a browser that a page elsewhere has sent, and asks nobody', async () => {
  for (let tries = 0; tries <= TRIES; tries++)
    expect(await comeBack('192.0.2.83', '/oidc/callback?code=1&state=another')).toBe('/login#unknown')
  expect(asked).toEqual([])
  expect(await comeBack('192.0.2.83', BACK, 'proof')).toBeNull()
})

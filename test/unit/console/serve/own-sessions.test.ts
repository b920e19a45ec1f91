import Koa from 'koa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAccess } from '../../../../services/console/serve/access.ts'
import { ownSessions } from '../../../../services/console/serve/own-sessions.ts'
import { guard, refuseForeignPages } from '../../../../services/console/serve/security.ts'
import { createSessions } from '../../../../services/console/serve/sessions.ts'
import { signIn } from '../../../../services/console/serve/sign-in.ts'
import { createThrottle } from '../../../../services/console/serve/throttle.ts'
import { visitorReader } from '../../../../services/console/serve/visitor.ts'
import { ipRanges } from '../../../../services/platform/connections/ip-ranges.ts'
import { type HttpServer, startHttpServer } from '../../../../services/platform/process/http-server.ts'

const TOKEN = 'a-token-of-the-console'
const told: string[] = []
let server: HttpServer
let atMs = Date.now()

beforeAll(async () => {
  // Trusted: each browser can speak for an address of its own.
  const visitorOf = visitorReader(ipRanges(['127.0.0.1']), false)
  const access = createAccess({
    ...{ token: TOKEN, throttle: createThrottle(), sessions: createSessions(() => atMs) },
    users: { bySecret: async name => ({ name, role: 'viewer', tenants: null, by: 'secret' }) },
    ...{ onRefused: () => {}, onSession: (...event) => void told.push(`${event[0]} ${event[1]}`) },
  })
  const app = new Koa()
  app.use(refuseForeignPages({ visitorOf, onForbidden: () => {} }))
  app.use(guard(access, visitorOf))
  app.use(signIn(access, visitorOf))
  app.use(ownSessions(access, visitorOf))
  app.use(ctx => {
    ctx.body = 'shown'
  })
  server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'CONSOLE_PORT' })
})
afterAll(() => server.close())

const ask = (path: string, headers: Record<string, string>, form?: Record<string, string>) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, {
    ...{ redirect: 'manual', headers },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })

/** The cookie of a browser at that address. */
async function signInFrom(address: string, name = 'kim'): Promise<string> {
  const answer = await ask('/login', { 'x-forwarded-for': address }, { name, token: 'of theirs' })
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}
const handlesIn = (text: string) =>
  Array.from(text.matchAll(/name="session" value="(\w+)"/g), ([, handle]) => handle ?? '')
const statusOf = async (cookie: string) => (await ask('/', { cookie })).status

it('are shown to whoever is signed in, and end with the button', async () => {
  const [here, there, others] = [
    await signInFrom('192.0.2.51'),
    await signInFrom('192.0.2.52'),
    await signInFrom('192.0.2.53', 'lou'),
  ]
  const text = await (await ask('/sessions', { cookie: here })).text()
  expect(text).toMatch(/this one<\/td>[\s\S]*192[.]0[.]2[.]51[\s\S]*192[.]0[.]2[.]52/)
  expect(text).not.toContain('192.0.2.53')
  const [session = '', ...more] = handlesIn(text)
  expect(more).toEqual([])
  const foreign = await ask('/sessions', { cookie: here, 'sec-fetch-site': 'cross-site' }, { session })
  expect([foreign.status, await statusOf(there)]).toEqual([403, 200])
  const done = await ask('/sessions', { cookie: here }, { session })
  expect([done.status, done.headers.get('location')]).toEqual([303, '/sessions'])
  expect([await statusOf(here), await statusOf(there), await statusOf(others)]).toEqual([200, 401, 200])
  expect(told.at(-1)).toMatch(/^sessions_ended /)
})

it('are ended by nobody who has found a browser left open', async () => {
  const there = await signInFrom('192.0.2.62', 'sam')
  atMs += 600_000
  const here = await signInFrom('192.0.2.61', 'sam')
  atMs += 300_000
  const [session = ''] = handlesIn(await (await ask('/sessions', { cookie: here })).text())
  const refused = await ask('/sessions', { cookie: here }, { session })
  expect(refused.headers.get('location')).toBe('/sessions?again')
  expect(await (await ask('/sessions?again', { cookie: here })).text()).toContain('href="/login"')
  expect(await statusOf(there)).toBe(200)
})

it('are none of a program, which ends none', async () => {
  const bearer = { authorization: `Bearer ${TOKEN}` }
  expect(await (await ask('/sessions', bearer)).text()).toContain('without a session')
  const done = await ask('/sessions', bearer, { session: '0000000000000000' })
  expect(done.headers.get('location')).toBe('/sessions?again')
})

it('are shown to no stranger', async () => {
  expect((await ask('/sessions', {})).status).toBe(401)
  expect((await ask('/sessions', {}, { session: '0000000000000000' })).status).toBe(401)
})

it('show a name as text', async () => {
  const cookie = await signInFrom('192.0.2.71', '<script>kim')
  expect(await (await ask('/sessions', { cookie })).text()).toContain('Sessions of &#60;script&#62;kim')
})

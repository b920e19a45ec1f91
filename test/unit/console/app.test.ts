import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createConsoleApp } from '../../../services/console/app.ts'
import type { Act } from '../../../services/console/audit/trail.ts'
import type { DeadLetterPlace } from '../../../services/console/figures/endpoint.ts'
import { createAccess } from '../../../services/console/serve/access.ts'
import { createSessions } from '../../../services/console/serve/sessions.ts'
import { createThrottle, TRIES } from '../../../services/console/serve/throttle.ts'
import { visitorReader } from '../../../services/console/serve/visitor.ts'
import { type Database, openDatabase } from '../../../services/console/store/database.ts'
import { ipRanges } from '../../../services/platform/connections/ip-ranges.ts'
import { type HttpServer, startHttpServer } from '../../../services/platform/process/http-server.ts'

const TOKEN = 'a-token-of-the-console'
const settled: (readonly [string, readonly DeadLetterPlace[]])[] = []
const refused: string[] = []
const forbidden: string[] = []
const deciders: string[] = []
const acts: Act[] = []
let isAuditAway = false
/** Trusted: each test can speak for an address of its own. */
const PROXY = '127.0.0.1'
let database: Database
let server: HttpServer
let mark = '1'

beforeAll(async () => {
  database = await openDatabase({ path: ':memory:', memoryMib: 256, keepsPersonalData: false })
  const app = createConsoleApp({
    context: {
      database,
      select: () => Promise.resolve({ columns: [], rows: [], is_truncated: false }),
      snapshot: () => null,
      keepsPersonalData: false,
      pulsifiBudget: 5,
      async resolveLetters(wanted, places, by) {
        deciders.push(by)
        settled.push([wanted, places])
        return places.map(place => ({ ...place, done: 'left', why: 'a reason', sent_to: null, events: 0 }))
      },
      tellOwner: () => Promise.reject(new Error('nobody is there to be told')),
      reportAt: () => Promise.resolve(null),
      letterAt: () => Promise.resolve(null),
    },
    database,
    dataMark: () => mark,
    version: '1.2.3',
    onError: error => {
      if (!isAuditAway) throw error
    },
    oidc: null,
    audit: async act => {
      if (isAuditAway) throw new Error('no broker answers')
      acts.push(act)
    },
    access: createAccess({
      token: TOKEN,
      users: {
        bySecret: async (name, secret) =>
          secret !== 'a secret of theirs'
            ? null
            : {
                ...{ name, by: 'secret', role: name === 'vera' ? 'viewer' : 'operator' },
                tenants: name === 'otto' ? ['acme'] : null,
              },
      },
      sessions: createSessions(Date.now),
      throttle: createThrottle(),
      onRefused: address => void refused.push(address),
      onSession: () => {},
    }),
    onForbidden: (address, actor, code) => void forbidden.push([address, actor, code].join(' ')),
    visitorOf: visitorReader(ipRanges([PROXY]), false),
  })
  server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'CONSOLE_PORT' })
})
afterAll(async () => {
  await server.close()
  database.close()
})

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

/** `host` as a stranger would send it, unless told otherwise: from this machine every address is loopback. */
const ask = (path: string, { method = 'GET', headers = {}, body = '' } = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const all = { host: 'console.example.com', ...headers }
    const sent = request({ port: server.port, host: '127.0.0.1', path, method, headers: all }, response => {
      let text = ''
      response.on('data', chunk => {
        text += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })

const here = { host: 'localhost:8090' }
const bearer = { authorization: `Bearer ${TOKEN}` }
const json = { 'content-type': 'application/json' }

describe('a stranger', () => {
  it('gets 401 from the API and the login from the page', async () => {
    expect(await ask('/api/funnel')).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expect(await ask('/', { headers: { accept: 'text/html' } })).toMatchObject({
      status: 302,
      headers: { location: '/login' },
    })
    expect((await ask('/app.js')).status).toBe(401)
  })
  it('sees the login and nothing but its parts', async () => {
    const { text } = await ask('/login')
    expect(text).toContain('CONSOLE_TOKEN')
    // Hidden, and left to whatever keeps secrets.
    expect(text).toMatch(/name="token" type="password" autocomplete="current-password"/)
    expect(text).not.toContain('<script')
    expect((await ask('/styles/base.css')).status).toBe(200)
  })
  it('is told nothing of health, metrics and version where the page is', async () => {
    for (const path of ['/livez', '/readyz?verbose', '/metrics', '/version'])
      expect([path, (await ask(path)).status, (await ask(path, { headers: bearer })).status]).toEqual([
        ...[path, 401, 404],
      ])
  })
  it('is refused as everybody is who sends too much, with all headers', async () => {
    const answer = await ask('/login', { method: 'POST', body: 'x'.repeat(65 * 1024) })
    expect(answer).toMatchObject({
      status: 413,
      headers: { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' },
    })
    expect(answer.text).toContain('BODY_TOO_LARGE')
  })
  it('is nobody for coming from this machine: a reverse proxy does, too', async () => {
    expect((await ask('/api/steps', { headers: here })).status).toBe(401)
    expect((await ask('/', { headers: { ...here, accept: 'text/html' } })).headers.location).toBe('/login')
  })
})

describe('a person', () => {
  const form = (token: string, headers = {}) =>
    ask('/login', {
      method: 'POST',
      body: `token=${token}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })

  it('signs in with the token alone, and out again', async () => {
    expect(await form('wrong')).toMatchObject({ status: 303, headers: { location: '/login#refused' } })
    expect(refused.at(-1)).toBe('127.0.0.1')
    const { headers } = await form(TOKEN)
    const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
    expect((await ask('/api/steps', { headers: { cookie } })).status).toBe(200)
    const out = await ask('/logout', { method: 'POST', headers: { cookie } })
    expect(out).toMatchObject({
      status: 303,
      headers: { location: '/login', 'clear-site-data': '"cache", "storage"' },
    })
    expect((await ask('/api/steps', { headers: { cookie } })).status).toBe(401)
  })

  it('gets a cookie for TLS alone behind a proxy that speaks it', async () => {
    const { headers } = await form(TOKEN, { 'x-forwarded-proto': 'https' })
    expect(String(headers['set-cookie'])).toMatch(/^__Host-.*; Secure$/)
  })

  it('is told to come by TLS alone for a year, where they have come by TLS', async () => {
    const headersOf = async (headers: Record<string, string>) =>
      (await ask('/login', { headers })).headers['strict-transport-security']
    expect(await headersOf({ 'x-forwarded-proto': 'https' })).toBe('max-age=31536000; includeSubDomains')
    expect(await headersOf({})).toBeUndefined()
  })

  it('who guesses is told to wait, on the page and in the API, and named by address', async () => {
    const guessing = { 'x-forwarded-for': '198.51.100.9' }
    for (let tries = 0; tries < TRIES; tries++) await form('wrong', guessing)
    expect(refused.at(-1)).toBe('198.51.100.9')
    expect((await form(TOKEN, guessing)).headers.location).toBe('/login#throttled')
    expect(await ask('/api/steps', { headers: { ...bearer, ...guessing } })).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^[1-6]$/) },
    })
  })
})

it('lets nobody keep an answer', async () => {
  for (const path of [
    '/',
    '/login',
    '/docs',
    '/api/steps',
    '/api/openapi.json',
    '/api/exports/jobs.csv',
    '/api/nothing',
  ])
    expect([path, (await ask(path, { headers: bearer })).headers['cache-control']]).toEqual([
      path,
      'no-store',
    ])
  expect((await ask('/api/steps')).headers['cache-control']).toBe('no-store')
})

describe('a named user', () => {
  async function cookieOf(name: string): Promise<{ cookie: string }> {
    const { headers } = await ask('/login', {
      method: 'POST',
      body: new URLSearchParams({ name, token: 'a secret of theirs' }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    return { cookie: String(headers['set-cookie']).split(';')[0] ?? '' }
  }
  const post = (path: string, body: unknown, cookie: { cookie: string }) =>
    ask(path, { method: 'POST', body: JSON.stringify(body), headers: { ...json, ...cookie } })
  const letters = { dead_letters: [{ topic: 'normalizer.dead-letter', partition: 0, offset: 7 }] }

  it('is told who they are and what they may do', async () => {
    const { text } = await ask('/api/session', { headers: await cookieOf('otto') })
    expect(JSON.parse(text)).toEqual({
      name: 'otto',
      role: 'operator',
      tenants: ['acme'],
      can_sign_out: true,
    })
  })

  it('who is a viewer looks, asks in SQL, and cannot decide', async () => {
    const vera = await cookieOf('vera')
    expect((await ask('/api/applications', { headers: vera })).status).toBe(200)
    expect((await post('/api/sql', { sql: 'SELECT 1' }, vera)).status).toBe(200)
    for (const wanted of ['redrive', 'discard'])
      expect((await post(`/api/dead-letters/${wanted}`, letters, vera)).status).toBe(403)
    expect(forbidden.splice(0)).toEqual(Array(2).fill('127.0.0.1 vera ROLE_MISSING'))
  })

  it('who is limited to tenants gets no SQL, and decides about nothing of others', async () => {
    const otto = await cookieOf('otto')
    expect((await post('/api/sql', { sql: 'SELECT 1' }, otto)).status).toBe(403)
    expect(forbidden.splice(0)).toEqual(['127.0.0.1 otto TENANTS_LIMITED'])
    const before = settled.length
    const { text } = await post('/api/dead-letters/discard', letters, otto)
    expect(JSON.parse(text).dead_letters[0].done).toBe('missing')
    expect(settled.slice(before)).toEqual([['discard', []]])
  })

  it('is not answered with what was kept for another', async () => {
    const [otto, kim] = [await cookieOf('otto'), await cookieOf('kim')]
    const { headers } = await ask('/api/jobs', { headers: kim })
    const known = { 'if-none-match': String(headers.etag) }
    expect((await ask('/api/jobs', { headers: { ...kim, ...known } })).status).toBe(304)
    expect((await ask('/api/jobs', { headers: { ...otto, ...known } })).status).toBe(200)
  })

  it('stands by name in what is recorded of a decision', async () => {
    await post('/api/dead-letters/discard', letters, await cookieOf('kim'))
    expect(deciders.at(-1)).toBe('kim')
  })
})

describe('the audit', () => {
  const decide = {
    method: 'POST',
    body: JSON.stringify({ dead_letters: [{ topic: 'normalizer.dead-letter', partition: 3, offset: 14 }] }),
    headers: { ...bearer, ...json, 'x-forwarded-for': '198.51.100.7' },
  }

  const LETTER = '/api/dead-letters/letter?topic=normalizer.dead-letter&partition=3&offset=14'
  const settle = {
    method: 'POST',
    body: JSON.stringify({ application_key: 'nobody', attempt: 0, resolution: 'not-invited' }),
    headers: { ...bearer, ...json },
  }

  it.each([
    ['/api/applications?q=Secretperson', {}, 'listApplications', 'LOOK', []],
    ['/api/applications/timeline?key=nobody', {}, 'getTimeline', 'LOOK', ['nobody']],
    [
      '/api/sql',
      { method: 'POST', body: '{"sql":"SELECT 1"}', headers: { ...bearer, ...json } },
      'runSql',
      'LOOK',
      [],
    ],
    ['/api/exports/scores.csv', {}, 'export_scores_csv', 'LOOK', []],
    ['/api/applications/report?key=nobody', {}, 'getReport', 'LOOK', ['nobody']],
    [LETTER, {}, 'getDeadLetter', 'LOOK', ['normalizer.dead-letter/3/14']],
    ['/api/applications/resolve', settle, 'resolveApplication', 'DECISION', ['nobody']],
    ['/api/dead-letters/discard', decide, 'discardDeadLetters', 'DECISION', ['normalizer.dead-letter/3/14']],
  ])('of %s says who, from where and what, and no value', async (path, request, action, kind, subjects) => {
    acts.length = 0
    await ask(path, { headers: bearer, ...request })
    expect(acts).toMatchObject([
      {
        user: { name: 'CONSOLE_TOKEN' },
        address: path.endsWith('discard') ? '198.51.100.7' : '127.0.0.1',
        action,
        audited: { kind, subjects },
      },
    ])
    expect(JSON.stringify(acts)).not.toMatch(/Secretperson|SELECT/)
  })

  it.each(['/api/funnel', '/api/health', '/api/jobs', '/api/exports/jobs.csv', '/api/session'])(
    'knows nothing of %s, which is about nobody',
    async path => {
      acts.length = 0
      await ask(path, { headers: bearer })
      expect(acts).toEqual([])
    },
  )

  it('that cannot be written keeps everything from being shown or done', async () => {
    const before = settled.length
    isAuditAway = true
    try {
      expect((await ask('/api/applications', { headers: bearer })).status).toBe(503)
      expect((await ask('/api/exports/scores.csv', { headers: bearer })).status).toBe(503)
      expect((await ask('/api/dead-letters/discard', decide)).status).toBe(503)
      expect((await ask('/api/funnel', { headers: bearer })).status).toBe(200)
    } finally {
      isAuditAway = false
    }
    expect(settled.length).toBe(before)
  })
})

it('forbids the browser everything that the page does not need', async () => {
  const { headers } = await ask('/', { headers: { ...bearer, origin: 'https://elsewhere.example.com' } })
  expect(headers).not.toHaveProperty('access-control-allow-origin')
  expect(headers['content-security-policy']).toContain(
    "default-src 'none'; script-src 'self'; style-src 'self'",
  )
  for (const directive of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
    expect(headers['content-security-policy']).toContain(directive)
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
})

it('serves the page and its files, and no other', async () => {
  const { text } = await ask('/', { headers: bearer })
  const names = Array.from(text.matchAll(/(?:src|href)="(\/[^"]+)"/g), ([, name]) => name ?? '')
  expect(names).toContain('/vendor/chart.js')
  for (const name of names.filter(one => !one.startsWith('/api/exports')))
    expect([name, (await ask(name, { headers: bearer })).status]).toEqual([name, 200])
  expect(text).not.toMatch(/<script(?![^>]*src)|\sstyle=|\son[a-z]+=/)
  for (const name of ['/../config.ts', '/%2e%2e/config.ts', '/main.ts'])
    expect((await ask(name, { headers: bearer })).status).toBe(404)
})

describe('the API', () => {
  it('answers what has not changed with 304, and anew when it has', async () => {
    const { headers } = await ask('/api/steps', { headers: bearer })
    const again = { ...bearer, 'if-none-match': String(headers.etag) }
    expect((await ask('/api/steps', { headers: again })).status).toBe(304)
    mark = '2'
    expect((await ask('/api/steps', { headers: again })).status).toBe(200)
  })

  it.each([
    ['GET', '/api/nothing', {}, '', 404],
    ['GET', '/api/applications?limit=none', {}, '', 400],
    ['GET', '/api/applications?limit=1&limit=2', {}, '', 400],
    ['GET', '/api/dead-letters/discard', {}, '', 404],
    ['GET', '/api/applications/timeline?key=nobody', {}, '', 404],
    ['GET', '/api/exports/secrets.csv', {}, '', 404],
    ['POST', '/api/sql', {}, '{"sql":"SELECT 1"}', 415],
    ['POST', '/api/sql', json, 'SELECT 1', 400],
    ['POST', '/api/sql', json, `{"sql":"${'x'.repeat(70_000)}"}`, 413],
    ['POST', '/api/sql', { ...json, 'sec-fetch-site': 'cross-site' }, '{"sql":"SELECT 1"}', 403],
    ['POST', '/api/sql', { ...json, 'sec-fetch-site': 'same-site' }, '{"sql":"SELECT 1"}', 403],
    ['POST', '/api/sql', { ...json, origin: 'https://elsewhere.example.com' }, '{"sql":"SELECT 1"}', 403],
    ['POST', '/api/sql', { ...json, origin: 'null' }, '{"sql":"SELECT 1"}', 403],
    ['POST', '/api/dead-letters/discard', {}, '{"dead_letters":[]}', 415],
    ['POST', '/api/dead-letters/discard', json, '{"dead_letters":[]}', 400],
    [
      'POST',
      '/api/dead-letters/redrive',
      json,
      '{"dead_letters":[{"topic":"pulsifi.inbox.v1","partition":0,"offset":0}]}',
      400,
    ],
  ])('%s %s: refuses with a sentence', async (method, path, headers, body, status) => {
    const answer = await ask(path, { method, body, headers: { ...bearer, ...headers } })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toEqual({
      error: { code: expect.any(String), message: expect.any(String) },
    })
  })

  describe.each(['redrive', 'discard'])('to %s dead letters', wanted => {
    const place = { topic: 'normalizer.dead-letter', partition: 3, offset: 14 }
    const post = (headers: Record<string, string>) =>
      ask(`/api/dead-letters/${wanted}`, {
        method: 'POST',
        body: JSON.stringify({ dead_letters: [place] }),
        headers: { ...json, ...headers },
      })

    it('hands them over and says what was done', async () => {
      const { text } = await post(bearer)
      expect(JSON.parse(text)).toEqual({
        dead_letters: [{ ...place, done: 'left', why: 'a reason', sent_to: null, events: 0 }],
      })
      expect(settled.at(-1)).toEqual([wanted, [place]])
    })

    it.each([
      ['a stranger', {}, 401],
      ['who gives another token', { authorization: 'Bearer wrong' }, 401],
      ['a page elsewhere, and tells of it', { ...bearer, origin: 'https://elsewhere.example.com' }, 403],
      ['a page of its own', { ...bearer, ...here, origin: `http://${here.host}` }, 200],
      ['a program', bearer, 200],
    ])('answers %s as it should', async (_who, headers, status) => {
      const before = settled.length
      forbidden.length = 0
      expect((await post(headers)).status).toBe(status)
      expect(settled.length - before).toBe(status === 200 ? 1 : 0)
      expect(forbidden).toEqual(status === 403 ? ['127.0.0.1  FOREIGN_PAGE'] : [])
    })
  })
})

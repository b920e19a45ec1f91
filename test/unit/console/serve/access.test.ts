import { describe, expect, it, vi } from 'vitest'
import {
  ConsoleConfig,
  isPublicSecure,
  listenHost,
  scrapeTargets,
} from '../../../../services/console/config.ts'
import { createAccess, type Visitor } from '../../../../services/console/serve/access.ts'
import { createSessions, IDLE_MS, SESSION_MS } from '../../../../services/console/serve/sessions.ts'
import { createThrottle, TRIES } from '../../../../services/console/serve/throttle.ts'
import { loadConfig } from '../../../../services/platform/process/config.ts'

const TOKEN = 'a-token-of-the-console'
const visitor = (known: Partial<Visitor>): Visitor => ({
  remoteAddress: '192.0.2.7',
  address: '192.0.2.7',
  isSecure: false,
  host: 'console.example.com',
  authorization: '',
  cookie: '',
  isForwarded: false,
  ...known,
})
const here = { remoteAddress: '127.0.0.1', address: '127.0.0.1', host: 'localhost:8090' }
const OPERATOR = { name: 'kim', role: 'operator', tenants: null, by: 'secret' } as const
const users = {
  bySecret: async (name: string, secret: string) =>
    name === 'busy' ? ('busy' as const) : name === 'kim' && secret === 'the secret of kim' ? OPERATOR : null,
}

function open(token: string | null, known: typeof users | null = null) {
  let atMs = 1_000
  const refused: string[] = []
  const told: string[] = []
  const access = createAccess({
    token,
    users: known,
    sessions: createSessions(() => atMs),
    throttle: createThrottle(),
    onRefused: address => void refused.push(address),
    onSession: (what, address, { name, by }) => void told.push([what, address, name, by].join(' ')),
  })
  const cookieOf = (known: Partial<Visitor> = {}) => access.sessionCookie(visitor(known), OPERATOR)
  const later = (ms: number) => {
    atMs += ms
  }
  return { access, refused, told, cookieOf, later }
}
const sent = (cookie: string): string => cookie.split(';')[0] ?? ''

describe('without a token the console lets in', () => {
  it.each<[string, Partial<Visitor>, string]>([
    ['this machine', here, 'user'],
    ['this machine over IPv6', { remoteAddress: '::1', host: '[::1]:8090' }, 'user'],
    [
      'a page elsewhere that names this machine otherwise',
      { ...here, host: 'evil.example.com:8090' },
      'nobody',
    ],
    ['whoever stands behind a proxy on this machine', { ...here, isForwarded: true }, 'nobody'],
    ['a stranger', {}, 'nobody'],
    ['a stranger who says localhost', { host: 'localhost:8090' }, 'nobody'],
    ['an empty token', { authorization: 'Bearer ' }, 'nobody'],
  ])('%s: only when it may', (_, known, proof) => {
    expect(open(null).access.prove(visitor(known)).type).toBe(proof)
  })
})

describe('with a token the console lets in', () => {
  it.each<[string, Partial<Visitor>, string]>([
    // A reverse proxy on the same host looks exactly like this.
    ['nobody for being on this machine: loopback is no proof', here, 'nobody'],
    ['the token', { authorization: `Bearer ${TOKEN}` }, 'user'],
    ['another token', { authorization: 'Bearer wrong' }, 'refused'],
    ['no token', { authorization: 'Bearer ' }, 'refused'],
    ['a made-up session', { cookie: `atsflow_console=${TOKEN}` }, 'nobody'],
  ])('%s', (_, known, proof) => {
    expect(open(TOKEN).access.prove(visitor(known)).type).toBe(proof)
  })

  it('whoever signed in, by a random id that shows itself to no script', () => {
    const { access, cookieOf } = open(TOKEN)
    const [first, second] = [cookieOf(), cookieOf()]
    expect(first).toMatch(/^atsflow_console=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=43200$/)
    expect(sent(first)).not.toBe(sent(second))
    for (const cookie of [first, second])
      expect(access.prove(visitor({ cookie: `a=b; ${sent(cookie)}` }))).toEqual({
        type: 'user',
        user: OPERATOR,
      })
  })

  it('a session of another run of the console: not', () => {
    expect(open(TOKEN).access.prove(visitor({ cookie: sent(open(TOKEN).cookieOf()) })).type).toBe('nobody')
  })

  it('a session behind TLS under a name that needs TLS', () => {
    const { access, cookieOf } = open(TOKEN)
    const cookie = cookieOf({ isSecure: true })
    expect(cookie).toMatch(/^__Host-atsflow_console=.*; Secure$/)
    expect(access.prove(visitor({ cookie: sent(cookie), isSecure: true })).type).toBe('user')
    expect(access.prove(visitor({ cookie: sent(cookie).replace('__Host-', ''), isSecure: true })).type).toBe(
      'nobody',
    )
  })

  it.each([
    ['after a day of work', SESSION_MS, IDLE_MS / 2],
    ['after an hour without a request', IDLE_MS, IDLE_MS],
  ])('a session that expires on the server %s', (_, lastsMs, everyMs) => {
    const { access, cookieOf, later } = open(TOKEN)
    const asking = visitor({ cookie: sent(cookieOf()) })
    for (let ms = everyMs; ms < lastsMs; ms += everyMs) {
      later(everyMs)
      expect(access.prove(asking).type).toBe('user')
    }
    later(everyMs)
    expect(access.prove(asking).type).toBe('nobody')
  })

  it('a session until its owner signs out', () => {
    const { access, cookieOf } = open(TOKEN)
    const asking = visitor({ cookie: sent(cookieOf()) })
    expect(access.signOut(asking)).toContain('Max-Age=0')
    expect(access.prove(asking).type).toBe('nobody')
  })

  it('whoever signs in again by a new session, and by the one before no more', () => {
    const { access, cookieOf } = open(TOKEN)
    const cookie = sent(cookieOf())
    const again = sent(cookieOf({ cookie }))
    expect(again).not.toBe(cookie)
    expect([cookie, again].map(one => access.prove(visitor({ cookie: one })).type)).toEqual([
      'nobody',
      'user',
    ])
  })

  it('nobody by an id that a visitor has brought along: whoever signs in gets one that is drawn', () => {
    const { access, cookieOf } = open(TOKEN)
    const brought = 'atsflow_console=an-id-that-somebody-else-knows-as-well-0000'
    expect(sent(cookieOf({ cookie: brought }))).not.toBe(brought)
    expect(access.prove(visitor({ cookie: brought })).type).toBe('nobody')
  })

  it('nobody without telling who signs in and out, and from where', () => {
    const { access, told, cookieOf } = open(TOKEN)
    const cookie = sent(cookieOf())
    access.signOut(visitor({ cookie }))
    access.signOut(visitor({ cookie }))
    expect(told).toEqual(['signed_in 192.0.2.7 kim secret', 'signed_out 192.0.2.7 kim secret'])
  })
})

describe('failed logins', () => {
  const wrong = visitor({ authorization: 'Bearer wrong' })

  it('are throttled by address, and told with it', async () => {
    const { access, refused } = open(TOKEN)
    for (let tries = 0; tries < TRIES; tries++)
      expect(
        (tries % 2 === 0 ? access.prove(wrong) : await access.signIn(visitor({}), '', 'wrong')).type,
      ).toBe('refused')
    expect(refused).toEqual(Array.from({ length: TRIES }, () => '192.0.2.7'))
    // Else whoever guesses would learn from the answer that the guess is right.
    expect(await access.signIn(visitor({}), '', TOKEN)).toEqual({
      type: 'throttled',
      waitMs: expect.any(Number),
    })
    expect((await access.signIn(visitor({ address: '198.51.100.1' }), '', TOKEN)).type).toBe('user')
  })

  it('leave sessions alone, and time heals them', async () => {
    vi.useFakeTimers()
    try {
      const { access, cookieOf } = open(TOKEN)
      const cookie = sent(cookieOf())
      for (let tries = 0; tries <= TRIES; tries++) access.prove(wrong)
      expect(access.prove(visitor({ cookie })).type).toBe('user')
      vi.advanceTimersByTime(6_000)
      expect((await access.signIn(visitor({}), '', TOKEN)).type).toBe('user')
    } finally {
      vi.useRealTimers()
    }
  })

  it('are not those who are right, however often', () => {
    const { access } = open(TOKEN)
    const right = visitor({ authorization: `Bearer ${TOKEN}` })
    for (let asked = 0; asked < 3 * TRIES; asked++) expect(access.prove(right).type).toBe('user')
  })
})

describe('with named users the console lets in', () => {
  it('nobody for being on this machine, nobody with a token that was never set', async () => {
    const { access } = open(null, users)
    expect(access.prove(visitor(here)).type).toBe('nobody')
    expect(access.prove(visitor({ authorization: 'Bearer ' })).type).toBe('refused')
    expect((await access.signIn(visitor({}), '', '')).type).toBe('refused')
  })

  it('a person by name and secret, beside the token', async () => {
    const { access } = open(TOKEN, users)
    expect(await access.signIn(visitor({}), 'kim', 'the secret of kim')).toEqual({
      type: 'user',
      user: OPERATOR,
    })
    expect((await access.signIn(visitor({}), 'kim', TOKEN)).type).toBe('refused')
    expect((await access.signIn(visitor({}), '', TOKEN)).type).toBe('user')
    // Not looked at yet: that is no try.
    for (let asked = 0; asked <= TRIES; asked++)
      expect((await access.signIn(visitor({}), 'busy', '')).type).toBe('throttled')
    expect((await access.signIn(visitor({}), '', TOKEN)).type).toBe('user')
  })
})

describe('the console', () => {
  const configOf = (env: object) => loadConfig(ConsoleConfig, { ...env })

  it('listens on this machine alone unless a token is set', () => {
    expect(listenHost(configOf({}))).toBe('127.0.0.1')
    expect(listenHost(configOf({ CONSOLE_TOKEN: TOKEN }))).toBe('0.0.0.0')
  })
  it('listens for others when there are named users', () => {
    expect(listenHost(configOf({ CONSOLE_USERS_FILE: 'users.json' }))).toBe('0.0.0.0')
  })
  it('refuses an address that others reach without a token', () => {
    expect(() => listenHost(configOf({ CONSOLE_HOST: '0.0.0.0' }))).toThrow(/CONSOLE_TOKEN/)
  })
  it.each([
    ['where others reach it', {}, /15 characters/],
    [
      'with an account',
      { CONSOLE_HOST: '127.0.0.1', PULSIFI_BASE_URL: 'https://api.pulsifi.me' },
      /15 characters/,
    ],
    [
      'on this machine with a sandbox elsewhere',
      { CONSOLE_HOST: '127.0.0.1', PULSIFI_BASE_URL: 'http://sandbox:8095' },
      /15/,
    ],
    [
      'on this machine with the sandbox',
      { CONSOLE_HOST: '127.0.0.1', PULSIFI_BASE_URL: 'http://[::1]:8095' },
      null,
    ],
  ])('takes a weak token %s only when nothing is at stake', (_, env, fault) => {
    const listening = () => listenHost(configOf({ ...env, CONSOLE_TOKEN: 'fifteen-letters' }))
    if (fault === null) expect(listening()).toBe('127.0.0.1')
    else expect(listening).toThrow(fault)
  })
  it('takes a token that is made of what passwords are made of only when nothing is at stake', () => {
    const of = (env: object) => () => listenHost(configOf({ CONSOLE_TOKEN: 'passwordpassword1', ...env }))
    expect(of({})).toThrow(/^CONSOLE_TOKEN is made of what passwords are made of/)
    expect(of({ CONSOLE_HOST: '127.0.0.1' })()).toBe('127.0.0.1')
  })
  it('knows from PUBLIC_URL that browsers come by TLS', () => {
    expect(isPublicSecure(configOf({}))).toBe(false)
    expect(isPublicSecure(configOf({ PUBLIC_URL: 'http://127.0.0.1:8080' }))).toBe(false)
    expect(isPublicSecure(configOf({ PUBLIC_URL: 'https://hooks.example.com' }))).toBe(true)
  })
  it('reads the numbers of its neighbours unless told otherwise', () => {
    expect(scrapeTargets(configOf({})).map(({ name }) => name)).toEqual([
      'ingress',
      'normalizer',
      'pulsifi-sink',
    ])
    expect(scrapeTargets(configOf({ CONSOLE_SCRAPE: 'a=http://a:1/metrics' }))).toEqual([
      { name: 'a', url: 'http://a:1/metrics' },
    ])
    expect(() => scrapeTargets(configOf({ CONSOLE_SCRAPE: 'nonsense' }))).toThrow(/name=url/)
  })
})

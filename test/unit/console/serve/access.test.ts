import { describe, expect, it } from 'vitest'
import { ConsoleConfig, listenHost, scrapeTargets } from '../../../../services/console/config.ts'
import { createAccess, SESSION_COOKIE, type Visitor } from '../../../../services/console/serve/access.ts'
import { loadConfig } from '../../../../services/platform/process/config.ts'

const visitor = (known: Partial<Visitor>): Visitor => ({
  remoteAddress: '192.0.2.7',
  host: 'console.example.com',
  authorization: '',
  cookie: '',
  isForwarded: false,
  ...known,
})
const here = { remoteAddress: '127.0.0.1', host: 'localhost:8090' }
const access = createAccess('right')
const session = access.sessionCookie(false).split(';')[0] ?? ''

describe('the console lets in', () => {
  it.each<[string, Partial<Visitor>, boolean]>([
    ['this machine', here, true],
    ['this machine over IPv6', { remoteAddress: '::1', host: '[::1]:8090' }, true],
    ['a page elsewhere that names this machine otherwise', { ...here, host: 'evil.example.com:8090' }, false],
    ['whoever stands behind a proxy on this machine', { ...here, isForwarded: true }, false],
    ['a stranger', {}, false],
    ['a stranger who says localhost', { host: 'localhost:8090' }, false],
    ['the token', { authorization: 'Bearer right' }, true],
    ['another token', { authorization: 'Bearer wrong' }, false],
    ['no token', { authorization: 'Bearer ' }, false],
    ['the session of the token', { cookie: `a=b; ${session}` }, true],
    ['a made-up session', { cookie: `${SESSION_COOKIE}=right` }, false],
  ])('%s: only when it may', (_, known, allowed) => {
    expect(access.allows(visitor(known))).toBe(allowed)
  })

  it('nobody by token when there is none', () => {
    const closed = createAccess(null)
    expect(closed.allows(visitor({ authorization: 'Bearer ' }))).toBe(false)
    expect(closed.allows(visitor({ cookie: `${SESSION_COOKIE}=` }))).toBe(false)
    expect(closed.isToken('')).toBe(false)
  })
})

it('hides the token in its cookie and shows the cookie to no script', () => {
  expect(access.sessionCookie(true)).toMatch(/HttpOnly; SameSite=Strict; .*Secure$/)
  expect(session).not.toContain('right')
})

describe('without a token the console', () => {
  const configOf = (env: object) => loadConfig(ConsoleConfig, { ...env })

  it('listens on this machine alone', () => {
    expect(listenHost(configOf({}))).toBe('127.0.0.1')
    expect(listenHost(configOf({ CONSOLE_TOKEN: 'right' }))).toBe('0.0.0.0')
  })
  it('refuses an address that others reach', () => {
    expect(() => listenHost(configOf({ CONSOLE_HOST: '0.0.0.0' }))).toThrow(/CONSOLE_TOKEN/)
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

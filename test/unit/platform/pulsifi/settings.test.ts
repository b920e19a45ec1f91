import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConnections } from '../../../../services/platform/connections/connections.ts'
import { ConfigError, loadConfig } from '../../../../services/platform/process/config.ts'
import {
  AccountSettings,
  accountsByTenant,
  CallbackSettings,
  callbackOf,
  refuseSandboxElsewhere,
  refuseWeakCallbacks,
  requireInviteSince,
} from '../../../../services/platform/pulsifi/settings.ts'

type Variables = Readonly<Record<string, string>>
const REAL = {
  ...{
    PULSIFI_BASE_URL: 'https://api.example.com',
    PULSIFI_CLIENT_ID: 'id',
    PULSIFI_CLIENT_SECRET: 'secret',
  },
}
const other = {
  ...{ tenant: 'acme', baseUrl: 'https://acme.example.com', clientId: 'a', clientSecret: 's' },
  webhookSecret: 'of acme',
}
const source = (secrets: readonly string[]) => ({
  source: 'direct',
  tenant: 'default',
  secrets,
  settings: {},
})
const others = { pulsifiAccounts: new Map([['acme', other]]), all: [source([])] }
const none = { pulsifiAccounts: new Map(), all: [source([])] }
const accounts = (env: Variables, connections: Parameters<typeof accountsByTenant>[1] = none) =>
  accountsByTenant(loadConfig(z.object(AccountSettings), env), connections)

describe('the account of tenant default', () => {
  it('is the sandbox when none is set', () => {
    expect(accounts({ SANDBOX_PORT: '9000' }).get('default')).toMatchObject({
      ...{ baseUrl: 'http://127.0.0.1:9000', isSandbox: true },
    })
  })
  it('is none where others have theirs and nobody has configured it', () => {
    expect([...accounts({}, others).keys()]).toEqual(['acme'])
    expect([...accounts({}, { ...others, all: [source(['secret'])] }).keys()]).toEqual(['default', 'acme'])
  })
  it('needs credentials', () => {
    expect(() => accounts({ PULSIFI_BASE_URL: 'https://api.example.com' })).toThrow(ConfigError)
  })
})

it('has the accounts of the file beside that of the environment', () => {
  const found = accounts(REAL, others)
  expect([...found.keys()]).toEqual(['default', 'acme'])
  expect(found.get('acme')).toMatchObject({ clientId: 'a', isSandbox: false })
})

it.each([
  ['the sandbox', {}, none, false],
  ['a real account', REAL, none, true],
  ['a real account of another tenant', {}, others, true],
])('with %s needs the day since when people are invited: %j', (_what, env, connections, isNeeded) => {
  const check = () => requireInviteSince(undefined, accounts(env, connections).values())
  if (isNeeded) expect(check).toThrow('INVITE_SINCE')
  else expect(check).not.toThrow()
  expect(() => requireInviteSince('2026-01-01', accounts(env, connections).values())).not.toThrow()
})

describe('the callback of a tenant', () => {
  const SET = { PUBLIC_URL: 'https://hooks.example.com/in/', SOURCE_PULSIFI_SECRET: 'new,old' }
  const callback = (tenant: string, env: Variables) =>
    callbackOf(tenant, loadConfig(z.object(CallbackSettings), env), {
      ...loadConnections(new Map(), env),
      ...others,
      find: (source, name) =>
        name === 'acme'
          ? { source, tenant: name, secrets: ['a/b'], settings: {} }
          : loadConnections(new Map(), env).find(source, name),
    })

  it.each([
    [
      'the public address, without a slash too many, and the first token',
      'default',
      SET,
      '/default/new',
      null,
    ],
    [
      'the secret of the environment',
      'default',
      { ...SET, PULSIFI_WEBHOOK_SECRET: 's' },
      '/default/new',
      's',
    ],
    ['a token that a path cannot hold, escaped; its own secret', 'acme', SET, '/acme/a%2Fb', 'of acme'],
  ])('has %s', (_what, tenant, env, path, secret) => {
    expect(callback(tenant, env)).toEqual({
      url: `https://hooks.example.com/in/hooks/pulsifi${path}`,
      secret,
    })
  })

  it.each([
    ['no public address', { SOURCE_PULSIFI_SECRET: 'token' }],
    ['no token', { PUBLIC_URL: 'https://hooks.example.com' }],
  ])('is none with %s', (_what, env) => {
    expect(callback('default', env)).toBeNull()
  })
})

it.each([
  [['127.0.0.1:9092', 'localhost:9093', '[::1]:9094'], true, true],
  [['kafka.example.com:9092'], true, false],
  [['127.0.0.1:9092', '10.0.0.7:9092'], true, false],
  [['localhost.example.com:9092'], true, false],
  [['kafka.example.com:9092'], false, true],
])(
  'with brokers %j and the sandbox in place of an account (%j) starts: %j',
  (brokers, usesSandbox, starts) => {
    const refuse = () => refuseSandboxElsewhere(brokers, accounts(usesSandbox ? {} : REAL).values())
    if (starts) expect(refuse).not.toThrow()
    else expect(refuse).toThrow(ConfigError)
  },
)

describe('what a callback proves itself with', () => {
  const token = (secret: string) => ({ ...source([secret]), source: 'pulsifi', tenant: 'acme' })
  const STRONG = 'drawn-at-random-0123456789'
  const weak = { pulsifiAccounts: new Map([['acme', other]]), all: [token('guess-me')] }
  const refuse = (env: Variables, connections: typeof weak, of: Variables) =>
    refuseWeakCallbacks(loadConfig(z.object(CallbackSettings), env), connections, accounts(of).values())

  it('is not told to a real account when ingress would refuse it as too short', () => {
    expect(() => refuse({ PULSIFI_WEBHOOK_SECRET: 'hook-me' }, weak, REAL)).toThrow(
      /PULSIFI_WEBHOOK_SECRET has 7 .*path token of Pulsifi for tenant acme has 8 .*webhook_secret of tenant acme has 7 /s,
    )
  })
  it('may be short at the sandbox, and is long enough otherwise', () => {
    expect(() => refuse({ PULSIFI_WEBHOOK_SECRET: 'hook-me' }, weak, {})).not.toThrow()
    const strong = {
      pulsifiAccounts: new Map([['acme', { ...other, webhookSecret: STRONG }]]),
      all: [token(STRONG)],
    }
    expect(() => refuse({ PULSIFI_WEBHOOK_SECRET: STRONG }, strong, REAL)).not.toThrow()
  })
})

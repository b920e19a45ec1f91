import { describe, expect, it } from 'vitest'
import { refuseWeakSecrets } from '../../../services/ingress/weak-secrets.ts'
import type { Connection } from '../../../services/platform/connections/connections.ts'
import { ConfigFaults } from '../../../services/platform/process/config.ts'

const STRONG = 'drawn-at-random-0123456789'
const connection = (change: Partial<Connection> = {}): Connection => ({
  ...{ source: 'idibu', tenant: 'acme', secrets: [STRONG], settings: {} },
  ...change,
})
const account = (baseUrl: string, webhookSecret: string | null = null) => ({
  ...{ tenant: 'acme', baseUrl, clientId: 'c', clientSecret: STRONG, webhookSecret },
})

interface Given {
  readonly host?: string
  readonly connections?: readonly Connection[]
  readonly accounts?: readonly ReturnType<typeof account>[]
  readonly settings?: { readonly PULSIFI_WEBHOOK_SECRET?: string; readonly SPOOL_KEY?: string }
  readonly pulsifi?: string
}

/** What a start is refused with; null when it is not. */
function refusal({ host = '0.0.0.0', connections = [], accounts = [], settings = {}, pulsifi }: Given) {
  const config = {
    INGRESS_HOST: host,
    PULSIFI_WEBHOOK_SECRET: undefined,
    SPOOL_KEY: undefined,
    CANARY_SECRET: undefined,
    ...settings,
  }
  const pulsifiAccounts = new Map(accounts.map(entry => [entry.tenant, entry]))
  try {
    refuseWeakSecrets(config, { all: connections, pulsifiAccounts }, { PULSIFI_BASE_URL: pulsifi })
    return null
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults
    throw error
  }
}

describe('a secret of fewer than 16 characters', () => {
  it.each<[string, Given, RegExp]>([
    [
      'of a source',
      { connections: [connection({ secrets: ['fifteen-letters'] })] },
      /idibu for tenant acme has 15/,
    ],
    [
      'on its way out',
      { connections: [connection({ secrets: [STRONG, 'old'] })] },
      /idibu for tenant acme has 3 characters/,
    ],
    [
      'in the path of the callback',
      { connections: [connection({ source: 'pulsifi', secrets: ['token'] })] },
      /path token of Pulsifi for tenant acme/,
    ],
    [
      'of a signature',
      { connections: [connection({ signature: { mode: 'require', secret: 'hmac' } })] },
      /signature's secret of idibu/,
    ],
    [
      'in the header of the callback',
      { settings: { PULSIFI_WEBHOOK_SECRET: 'a' } },
      /PULSIFI_WEBHOOK_SECRET has 1/,
    ],
    [
      'of the callback of a tenant',
      { accounts: [account('https://api.pulsifi.me', 'b')] },
      /webhook_secret of tenant acme/,
    ],
    ['of the spool', { settings: { SPOOL_KEY: 'c' } }, /SPOOL_KEY has 1/],
    [
      'on this machine, with an account in earnest',
      { host: '127.0.0.1', settings: { SPOOL_KEY: 'c' }, pulsifi: 'https://api.pulsifi.me' },
      /SPOOL_KEY/,
    ],
  ])('is refused, and the sentence says what to do: %s', (_which, given, says) => {
    const faults = refusal(given)
    expect(faults).toHaveLength(1)
    expect(faults?.[0]).toMatch(says)
    expect(faults?.[0]).toMatch(/at least 16, such as "openssl rand -hex 16"/)
  })

  it('is taken on this machine with the sandbox', () => {
    const weak = { connections: [connection({ secrets: ['a'] })], settings: { SPOOL_KEY: 'b' } }
    expect(refusal({ ...weak, host: '127.0.0.1' })).toBeNull()
    expect(refusal({ ...weak, host: '127.0.0.1', pulsifi: 'http://127.0.0.1:8095' })).toBeNull()
  })

  it('is named together with all others, and shown nowhere', () => {
    const faults = refusal({
      connections: [connection({ secrets: ['guess-me'] })],
      settings: { SPOOL_KEY: 'spool-me', PULSIFI_WEBHOOK_SECRET: 'hook-me' },
    })
    expect(faults).toHaveLength(3)
    expect(faults?.join()).not.toMatch(/guess-me|spool-me|hook-me/)
  })
})

it('takes secrets that nobody guesses, and connections that have none', () => {
  expect(
    refusal({
      connections: [connection(), connection({ secrets: [] })],
      settings: { SPOOL_KEY: STRONG, PULSIFI_WEBHOOK_SECRET: STRONG },
      accounts: [account('https://api.pulsifi.me', STRONG)],
    }),
  ).toBeNull()
})

describe('a key of the spool that is made of what passwords are made of', () => {
  const settings = { SPOOL_KEY: 'passwordpassword1' }

  it('is refused', () => {
    expect(refusal({ settings })).toEqual([expect.stringMatching(/^SPOOL_KEY is made of what passwords/)])
    expect(refusal({ settings: { SPOOL_KEY: STRONG } })).toBeNull()
  })

  it('is taken where nothing is at stake', () => {
    expect(refusal({ settings, host: '127.0.0.1' })).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { callbackPolicies } from '../../../services/ingress/callback-policy.ts'
import { IngressConfig } from '../../../services/ingress/config.ts'
import { ConfigError, configSummary, loadConfig } from '../../../services/platform/process/config.ts'

/** The variables that a boot with `env` names. */
function faultsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(IngressConfig, env)
    return []
  } catch (error) {
    return error instanceof ConfigError
      ? [...error.message.matchAll(/^ {2}(\w+):/gm)].map(match => match[1] ?? '')
      : ['?']
  }
}

describe('the configuration of ingress', () => {
  it('needs nothing', () => {
    expect(loadConfig(IngressConfig, {})).toMatchObject({ INGRESS_PORT: 8080, BLOB_DIR: '.local/blobs' })
  })

  it('names every variable at fault at once', () => {
    const env = { INGRESS_PORT: 'eighty', INGRESS_BODY_MIB_MAX: '0', KAFKA_SSL: 'maybe' }
    expect(faultsOf(env)).toEqual(['KAFKA_SSL', 'INGRESS_PORT', 'INGRESS_BODY_MIB_MAX'])
  })

  it('never shows the secret of the callback', () => {
    const config = loadConfig(IngressConfig, { PULSIFI_WEBHOOK_SECRET: 's3cret' })
    expect(configSummary(IngressConfig, config)).toMatchObject({ PULSIFI_WEBHOOK_SECRET: 'set' })
  })

  it('has no canaries unless somebody says so, and then needs what proves them and where they go', () => {
    expect(loadConfig(IngressConfig, {}).CANARY_SECONDS).toBeUndefined()
    const address = { PUBLIC_URL: 'https://hooks.example.com' }
    expect(faultsOf({ CANARY_SECONDS: '60', ...address })).toEqual(['CANARY_SECONDS'])
    expect(faultsOf({ CANARY_SECONDS: '60', CANARY_SECRET: 's' })).toEqual(['CANARY_SECONDS'])
    expect(faultsOf({ CANARY_SECONDS: '60', CANARY_SECRET: 's', ...address })).toEqual([])
    // Three of them fit into what the alert looks back on.
    expect(faultsOf({ CANARY_SECONDS: '121', CANARY_SECRET: 's', ...address })).toEqual(['CANARY_SECONDS'])
  })

  it('reads the pinned header without regard to case', () => {
    const config = loadConfig(IngressConfig, { PULSIFI_WEBHOOK_SECRET_HEADER: 'X-Secret' })
    expect(config.PULSIFI_WEBHOOK_SECRET_HEADER).toBe('x-secret')
  })
})

describe('what a callback must prove', () => {
  const account = (webhookSecret: string | null) => ({
    pulsifiAccounts: new Map([
      ['other', { tenant: 'other', baseUrl: '', clientId: '', clientSecret: '', webhookSecret }],
    ]),
  })
  const environment = (secret: string | undefined, header: string | undefined) => ({
    PULSIFI_WEBHOOK_SECRET: secret,
    PULSIFI_WEBHOOK_SECRET_HEADER: header,
  })

  it('has the secret of tenant default from the environment and the others from the file', () => {
    const policyOf = callbackPolicies(environment('a', 'x-secret'), account('b'))
    expect([policyOf('default'), policyOf('other'), policyOf('third')]).toEqual([
      { secret: 'a', pinnedHeader: 'x-secret' },
      { secret: 'b', pinnedHeader: 'x-secret' },
      { secret: null, pinnedHeader: 'x-secret' },
    ])
  })

  it('is not configured by a header alone', () => {
    expect(() => callbackPolicies(environment(undefined, 'x-secret'), account(null))).toThrow(ConfigError)
  })
})

import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from '../../../services/platform/config.ts'
import { defaultAccount, requireInviteSince, SinkConfig } from '../../../services/pulsifi-sink/config.ts'
import { policyOf } from '../../../services/pulsifi-sink/policy-from-config.ts'

const BASE = { KAFKA_BROKERS: '127.0.0.1:9092', SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081' }
const REAL = {
  ...{
    PULSIFI_BASE_URL: 'https://api.example.com',
    PULSIFI_CLIENT_ID: 'id',
    PULSIFI_CLIENT_SECRET: 'secret',
  },
}
const load = (env: Readonly<Record<string, string>> = {}) => loadConfig(SinkConfig, { ...BASE, ...env })

describe('the account', () => {
  it('is the sandbox when none is set', () => {
    expect(defaultAccount(load({ SANDBOX_PORT: '9000' }))).toMatchObject({
      ...{ baseUrl: 'http://127.0.0.1:9000', isSandbox: true },
    })
  })
  it('needs credentials', () => {
    expect(() => defaultAccount(load({ PULSIFI_BASE_URL: 'https://api.example.com' }))).toThrow(ConfigError)
  })
  it('needs the day since when people are invited', () => {
    expect(() => defaultAccount(load(REAL))).toThrow('INVITE_SINCE')
    expect(defaultAccount(load({ ...REAL, INVITE_SINCE: '2026-01-01' })).isSandbox).toBe(false)
  })
  it('of another tenant needs it too', () => {
    expect(() => requireInviteSince(load())).toThrow('INVITE_SINCE')
  })
})

it('has the documented defaults', () => {
  expect(policyOf(load())).toMatchObject({
    ...{ inviteSinceMs: 0, inviteOnClosed: false, ambiguousJobRetries: 1, answerGraceMs: 15_000 },
    ...{ jobWaitsMs: [60_000, 300_000, 1_800_000, 3_600_000], pollWaitsMs: [900_000, 3_600_000, 21_600_000] },
    ...{ jobWaitMaxMs: 14 * 86_400_000, callDeadlineMs: 35_000, retryHorizonMs: 86_400_000 },
  })
})

it.each([
  ['2026-01-02', Date.UTC(2026, 0, 2)],
  ['2026-01-02T00:00:00+02:00', Date.UTC(2026, 0, 1, 22)],
])('reads INVITE_SINCE %s', (text, ms) => {
  expect(policyOf(load({ INVITE_SINCE: text })).inviteSinceMs).toBe(ms)
})

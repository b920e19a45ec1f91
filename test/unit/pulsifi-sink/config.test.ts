import { expect, it } from 'vitest'
import { loadConfig } from '../../../services/platform/process/config.ts'
import { SinkConfig } from '../../../services/pulsifi-sink/config.ts'
import { policyOf } from '../../../services/pulsifi-sink/policy-from-config.ts'

const BASE = { KAFKA_BROKERS: '127.0.0.1:9092', SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081' }
const load = (env: Readonly<Record<string, string>> = {}) => loadConfig(SinkConfig, { ...BASE, ...env })

it('has the documented defaults', () => {
  expect(policyOf(load())).toMatchObject({
    ...{ inviteSinceMs: 0, inviteOnClosed: false, ambiguousJobRetries: 1, answerGraceMs: 15_000 },
    ...{ jobWaitsMs: [60_000, 300_000, 1_800_000, 3_600_000], pollWaitsMs: [900_000, 3_600_000, 21_600_000] },
    ...{ jobWaitMaxMs: 14 * 86_400_000, callDeadlineMs: 35_000, retryHorizonMs: 86_400_000 },
    ...{ retry503: 'with-retry-after', inviteOncePer: 'person-and-job' },
  })
})

it.each([
  ['2026-01-02', Date.UTC(2026, 0, 2)],
  ['2026-01-02T00:00:00+02:00', Date.UTC(2026, 0, 1, 22)],
])('reads INVITE_SINCE %s', (text, ms) => {
  expect(policyOf(load({ INVITE_SINCE: text })).inviteSinceMs).toBe(ms)
})

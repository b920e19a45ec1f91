/** The accounts at Pulsifi that this instance calls, each with its client and its share of the rate. */
import type { Connections, PulsifiAccount } from '../platform/connections.ts'
import type { Metrics } from '../platform/metrics.ts'
import { createPulsifiClient, PULSIFI_TIMEOUTS } from '../platform/pulsifi/pulsifi-client.ts'
import type { Account, Accounts } from './account.ts'
import type { DefaultAccount, SinkConfig } from './config.ts'
import { Turns } from './turns.ts'

type Credentials = Pick<PulsifiAccount, 'baseUrl' | 'clientId' | 'clientSecret'>

export interface OpenAccounts {
  readonly byTenant: Accounts
  /** Part of each account's rate that this instance may use, 0 to 1. */
  readonly setShare: (share: number) => void
  readonly close: () => Promise<void>
}

export function openAccounts(
  config: SinkConfig,
  standard: DefaultAccount,
  connections: Connections,
  metrics: Metrics,
): OpenAccounts {
  let share = 1
  const open = ({ baseUrl, clientId, clientSecret }: Credentials): Account => ({
    client: createPulsifiClient({
      baseUrl,
      clientId,
      clientSecret,
      timeouts: PULSIFI_TIMEOUTS,
      now: Date.now,
      onRequest: (operation, status) => metrics.pulsifiRequests.inc({ operation, status }),
    }),
    turns: new Turns({
      ratePerSecond: config.PULSIFI_RATE_PER_SECOND,
      concurrencyMax: config.PULSIFI_CONCURRENCY,
      share: () => share,
    }),
  })
  const tenants = new Map<string, Credentials>([['default', standard], ...connections.pulsifiAccounts])
  const byTenant = new Map([...tenants].map(([tenant, credentials]) => [tenant, open(credentials)]))
  return {
    byTenant,
    setShare: value => {
      share = value
    },
    close: async () => {
      for (const { turns } of byTenant.values()) turns.stop()
      await Promise.all([...byTenant.values()].map(({ client }) => client.close()))
    },
  }
}

/** The accounts at Pulsifi that this instance calls, each with its client and its share of the rate. */
import { setTimeout as delay } from 'node:timers/promises'
import type { CheckResult } from '../platform/process/health.ts'
import type { Logger } from '../platform/process/logger.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import { classifyRepeatable } from '../platform/pulsifi/classify.ts'
import { createPulsifiClient, PULSIFI_TIMEOUTS } from '../platform/pulsifi/pulsifi-client.ts'
import type { AccountCredentials } from '../platform/pulsifi/settings.ts'
import type { Tracing } from '../platform/tracing/tracing.ts'
import type { SinkConfig } from './config.ts'
import type { Account, Accounts } from './turns/account.ts'
import { signalOf } from './turns/account-condition.ts'
import { Turns, type TurnsStatus } from './turns/turns.ts'

export interface OpenAccounts {
  readonly byTenant: Accounts
  /** Opens those of tenants that are new. One that is no longer configured, or at another address, waits for a restart. */
  readonly refresh: () => void
  /** Part of each account's rate that this instance may use, 0 to 1. */
  readonly setShare: (share: number) => void
  /** For operators. Never red: what Pulsifi does is no reason to send us no traffic. */
  readonly describe: () => CheckResult
  readonly close: () => Promise<void>
}

/** What is under way at the end has this long to be answered: whatever is cut off is ambiguous. */
const LAST_ANSWERS_MS = 6_000

export interface AccountsOptions {
  readonly config: SinkConfig
  /** By tenant, as they are by then. */
  readonly credentials: () => ReadonlyMap<string, AccountCredentials>
  readonly metrics: Metrics
  readonly log: Logger
  /** Where there are traces. */
  readonly requests?: Tracing['requests'] | undefined
}

export function openAccounts(options: AccountsOptions): OpenAccounts {
  const { credentials, metrics } = options
  let share = 1
  const byTenant = new Map<string, Account>()
  const refresh = () => {
    for (const [tenant, account] of credentials())
      if (!byTenant.has(tenant))
        byTenant.set(
          tenant,
          open(options, tenant, account, () => share),
        )
  }
  refresh()
  const statuses = () => [...byTenant].map(([tenant, { turns }]) => ({ tenant, ...turns.status }))
  metrics.collectPulsifi(statuses)
  return {
    byTenant,
    refresh,
    setShare: value => {
      share = value
    },
    describe: () => ({ ok: true, detail: statuses().map(textOf).join(', ') }),
    close: async () => {
      const accounts = [...byTenant.values()]
      const idle = Promise.all(accounts.map(({ turns }) => turns.stop()))
      await Promise.race([idle, delay(LAST_ANSWERS_MS, undefined, { ref: false })])
      await Promise.all(accounts.map(({ client }) => client.close()))
    },
  }
}

function open(
  { config, credentials, metrics, log, requests }: AccountsOptions,
  tenant: string,
  { baseUrl, clientId, clientSecret }: AccountCredentials,
  share: () => number,
): Account {
  const trace = requests?.(baseUrl)
  const client = createPulsifiClient({
    baseUrl,
    credentials: () => credentials().get(tenant) ?? { clientId, clientSecret },
    timeouts: PULSIFI_TIMEOUTS,
    now: Date.now,
    onRequest: (operation, status, durationMs) => {
      metrics.pulsifiRequests.inc({ operation, status })
      const exemplar = trace?.(operation, status, durationMs)
      metrics.pulsifiRequestSeconds.observe({ operation }, durationMs / 1000, exemplar)
      // A token costs a request beside the call that needs it, and so does a call that is repeated with a new one.
      if (operation === 'token' || status === '401') turns.spend()
    },
  })
  const turns = new Turns({
    ratePerSecond: config.PULSIFI_RATE_PER_SECOND,
    concurrencyMax: config.PULSIFI_CONCURRENCY,
    pollsPerHour: config.RESULT_POLL_PER_HOUR,
    looksPerHour: config.RESULT_CALLBACK_PER_HOUR ?? (config.PULSIFI_RATE_PER_SECOND * 3_600) / 2,
    share,
    probe: async () =>
      signalOf(classifyRepeatable('listWebhooks', await client.listWebhooks({ page: 1, page_size: 1 }))),
    onCircuit: status => log[status.circuit === 'closed' ? 'info' : 'warn'](...linesOf(tenant, status)),
  })
  return { client, turns }
}

const linesOf = (tenant: string, { circuit, retryInMs, waiting }: TurnsStatus): [object, string] => [
  { event: 'pulsifi_circuit', tenant, circuit, retryInMs: Math.round(retryInMs), waiting },
  circuit === 'closed'
    ? 'Pulsifi answers again.'
    : 'Pulsifi fails: nothing is called until a probe is answered.',
]

const textOf = ({ tenant, circuit, retryInMs, ratePerSecond }: TurnsStatus & { tenant: string }): string =>
  `${tenant}: circuit ${circuit}, ${ratePerSecond.toFixed(2)} requests a second` +
  (retryInMs > 0 ? `, called again in ${Math.ceil(retryInMs / 1000)} s` : '')

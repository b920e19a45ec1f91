/** The account of a tenant at Pulsifi, for one command: with its client, and what the configuration says of its webhook. */
import { z } from 'zod'
import { loadConnections } from '../../platform/connections/connections.ts'
import { discoverSources } from '../../platform/connections/discover-sources.ts'
import { type Environment, loadConfig, UnreachableError } from '../../platform/process/config.ts'
import type { Operation } from '../../platform/pulsifi/classify.ts'
import type { Refused } from '../../platform/pulsifi/ensure-webhook.ts'
import type { WebhookRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import {
  createPulsifiClient,
  PULSIFI_TIMEOUTS,
  type PulsifiClient,
} from '../../platform/pulsifi/pulsifi-client.ts'
import {
  type AccountCredentials,
  AccountSettings,
  accountsByTenant,
  CallbackSettings,
  callbackOf,
} from '../../platform/pulsifi/settings.ts'
import { wantedWebhook } from '../../platform/pulsifi/webhook-registration.ts'
import { OperatorError } from '../cli/exit.ts'
import { withLocalInstallation } from '../cli/local-installation.ts'

export interface TenantAccount {
  readonly tenant: string
  readonly credentials: AccountCredentials
  /** Null when results are polled: there is no public address or no path token. */
  readonly wanted: WebhookRequest | null
}

const Settings = z.object({ ...AccountSettings, ...CallbackSettings })

/** The accounts of all tenants, `default` first. @throws ConfigError */
export async function tenantAccounts(env: Environment): Promise<readonly TenantAccount[]> {
  const complete = withLocalInstallation(env)
  const config = loadConfig(Settings, complete)
  const connections = loadConnections(await discoverSources(), complete)
  return [...accountsByTenant(config, connections)].map(([tenant, credentials]) => {
    const callback = callbackOf(tenant, config, connections)
    return { tenant, credentials, wanted: callback === null ? null : wantedWebhook(tenant, callback) }
  })
}

/** @throws OperatorError for a tenant without an account */
export async function tenantAccount(env: Environment, tenant: string): Promise<TenantAccount> {
  const all = await tenantAccounts(env)
  const found = all.find(account => account.tenant === tenant)
  if (found !== undefined) return found
  const names = all.map(account => account.tenant).join(', ')
  throw new OperatorError(
    `tenant ${tenant} has no account: there are ${names}. "pulsifi" in CONNECTIONS_FILE declares others`,
  )
}

export async function withClient<T>(
  { credentials }: TenantAccount,
  nowMs: () => number,
  use: (client: PulsifiClient) => Promise<T>,
): Promise<T> {
  const client = createPulsifiClient({
    baseUrl: credentials.baseUrl,
    credentials: () => credentials,
    timeouts: PULSIFI_TIMEOUTS,
    now: nowMs,
  })
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

const CREDENTIALS_REFUSED = /^TOKEN_HTTP_(400|401|403)$/

/** Why it was not done, and what to do. Pure. */
export function refusedSentence(
  { tenant, credentials }: Pick<TenantAccount, 'tenant' | 'credentials'>,
  operation: Operation,
  verdict: Refused,
): string {
  const where = `Pulsifi (tenant ${tenant})`
  switch (verdict.type) {
    case 'gone':
      return `${where} has no such webhook: "webhooks list" shows those there are`
    case 'ambiguous':
      return `${where} did not say whether it did it (${verdict.reason}): look with "webhooks list" before trying again`
    case 'blocked':
      return `${where} refused ${operation} (${verdict.reasons.join(', ')}): correct what is named`
    case 'retry':
      return `${where} ${triedSentence(verdict, credentials)}`
  }
}

function triedSentence(
  { reason, httpStatus, retryAfterMs }: Extract<Refused, { type: 'retry' }>,
  { baseUrl, isSandbox }: AccountCredentials,
): string {
  const host = URL.parse(baseUrl)?.host ?? baseUrl
  if (CREDENTIALS_REFUSED.test(reason) || httpStatus === 401 || httpStatus === 403) {
    const variables = 'PULSIFI_CLIENT_ID and PULSIFI_CLIENT_SECRET, or the account in CONNECTIONS_FILE'
    return `at ${host} refused the credentials (${reason}): check ${variables}`
  }
  if (httpStatus === null && !reason.startsWith('TOKEN_HTTP_')) {
    const remedy = isSandbox ? 'run "npm run start:sandbox", or set PULSIFI_BASE_URL' : 'check its base URL'
    return `at ${host} does not answer (${reason}): ${remedy}`
  }
  const when = retryAfterMs === null ? 'later' : `in ${Math.ceil(retryAfterMs / 1000)} s`
  return `at ${host} answered ${reason}: try again ${when}`
}

/** @throws UnreachableError or OperatorError */
export function refuse(account: TenantAccount, operation: Operation, verdict: Refused): never {
  const sentence = refusedSentence(account, operation, verdict)
  if (verdict.type !== 'retry' || sentence.includes('credentials')) throw new OperatorError(sentence)
  throw new UnreachableError(sentence)
}

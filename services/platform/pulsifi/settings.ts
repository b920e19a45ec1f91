/** The accounts at Pulsifi and the callbacks that belong to them: tenant `default` from variables, others from a file. */
import { z } from 'zod'
import { DEFAULT_TENANT } from '../../core/identity.ts'
import { type Connections, PULSIFI } from '../connections/connections.ts'
import { ConfigError, ConfigFaults, port, secret } from '../process/config.ts'
import { isLoopback, overTls, ruled, weaknessesOf } from '../process/config-rules.ts'

export const AccountSettings = {
  PULSIFI_BASE_URL: ruled(z.url(), overTls)
    .optional()
    .describe('of tenant default; unset: the sandbox on SANDBOX_PORT'),
  PULSIFI_CLIENT_ID: secret().optional().describe('credentials of that account'),
  PULSIFI_CLIENT_SECRET: secret().optional(),
  SANDBOX_PORT: port(8095),
}

export const CallbackSettings = {
  PUBLIC_URL: ruled(z.url(), overTls)
    .optional()
    .describe("ingress's public address: Pulsifi's webhook is made to point there"),
  SOURCE_PULSIFI_SECRET: secret().optional().describe('path token of that webhook'),
  PULSIFI_WEBHOOK_SECRET: secret().optional().describe('secret that Pulsifi sends with it'),
}

export const InviteSince = z.iso
  .date()
  .or(z.iso.datetime({ offset: true }))
  .optional()
  .describe('ISO date; nothing applied for before it is invited. Required with a real account')

const AccountConfig = z.object(AccountSettings)
export type AccountConfig = z.output<typeof AccountConfig>
const CallbackConfig = z.object(CallbackSettings)
export type CallbackConfig = z.output<typeof CallbackConfig>

export interface AccountCredentials {
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Nobody there receives anything. */
  readonly isSandbox: boolean
}

/** Pulsifi is spoken to over TLS; a sandbox, on whatever machine, is not. */
export const isInEarnest = ({ baseUrl, isSandbox }: AccountCredentials): boolean =>
  !isSandbox && new URL(baseUrl).protocol === 'https:'

/**
 * By tenant. Tenant `default` has one when it is configured: its account, or a source of its own; else it has the sandbox of
 * whoever has configured nothing at all.
 * @throws ConfigError for half an account
 */
export function accountsByTenant(
  config: AccountConfig,
  { pulsifiAccounts, all }: Pick<Connections, 'pulsifiAccounts' | 'all'>,
): ReadonlyMap<string, AccountCredentials> {
  const others = [...pulsifiAccounts].map(
    ([tenant, { baseUrl, clientId, clientSecret }]) =>
      [tenant, { baseUrl, clientId, clientSecret, isSandbox: false }] as const,
  )
  const isConfigured =
    config.PULSIFI_BASE_URL !== undefined ||
    all.some(({ tenant, secrets }) => tenant === DEFAULT_TENANT && secrets.length > 0)
  const hasDefault = isConfigured || others.length === 0
  return new Map([...(hasDefault ? [[DEFAULT_TENANT, defaultAccount(config)] as const] : []), ...others])
}

function defaultAccount(config: AccountConfig): AccountCredentials {
  const {
    PULSIFI_BASE_URL: baseUrl,
    PULSIFI_CLIENT_ID: clientId,
    PULSIFI_CLIENT_SECRET: clientSecret,
  } = config
  if (baseUrl === undefined) {
    return {
      baseUrl: `http://127.0.0.1:${config.SANDBOX_PORT}`,
      clientId: clientId ?? 'sandbox',
      clientSecret: clientSecret ?? 'sandbox',
      isSandbox: true,
    }
  }
  if (clientId === undefined || clientSecret === undefined) {
    throw new ConfigError('PULSIFI_BASE_URL needs PULSIFI_CLIENT_ID and PULSIFI_CLIENT_SECRET')
  }
  return { baseUrl, clientId, clientSecret, isSandbox: false }
}

/** @throws ConfigError when it is not set although an account is not our own sandbox. */
export function requireInviteSince(
  inviteSince: string | undefined,
  accounts: Iterable<AccountCredentials>,
): void {
  if (inviteSince === undefined && [...accounts].some(({ isSandbox }) => !isSandbox)) {
    throw new ConfigError(
      'INVITE_SINCE must be set with a real Pulsifi account: sources send whole histories, and nobody who applied before this ISO date is invited',
    )
  }
}

const isOnThisMachine = (broker: string): boolean => isLoopback(broker.replace(/:\d+$/, ''))

/**
 * No record says at which account it was made: what the sandbox took would count as invited for the real one, too.
 * @throws ConfigError where the sandbox was taken for want of an account, and Kafka is not on this machine
 */
export function refuseSandboxElsewhere(
  brokers: readonly string[],
  accounts: Iterable<Pick<AccountCredentials, 'isSandbox'>>,
): void {
  if ([...accounts].some(({ isSandbox }) => !isSandbox) || brokers.every(isOnThisMachine)) return
  throw new ConfigError(
    'KAFKA_BROKERS is not on this machine and PULSIFI_BASE_URL is not set: whom the sandbox takes would count as invited there for good. ' +
      'Set PULSIFI_BASE_URL, PULSIFI_CLIENT_ID and PULSIFI_CLIENT_SECRET; where nobody is to be invited for real, to those of a sandbox (npm run start:sandbox)',
  )
}

/** Where Pulsifi calls back for a tenant, and what it proves itself with there. */
export interface Callback {
  readonly url: string
  /** Null when none was agreed. */
  readonly secret: string | null
}

/** What callbacks prove themselves with, each by what it is called. */
export const callbackSecrets = (
  { PULSIFI_WEBHOOK_SECRET: secret }: Pick<CallbackConfig, 'PULSIFI_WEBHOOK_SECRET'>,
  { all, pulsifiAccounts }: Pick<Connections, 'all' | 'pulsifiAccounts'>,
): readonly (readonly [name: string, secret: string | null | undefined])[] => [
  ['PULSIFI_WEBHOOK_SECRET', secret],
  ...all
    .filter(({ source }) => source === PULSIFI)
    .flatMap(({ tenant, secrets }) =>
      secrets.map(token => [`the path token of Pulsifi for tenant ${tenant}`, token] as const),
    ),
  ...[...pulsifiAccounts.values()].map(
    ({ tenant, webhookSecret }) => [`webhook_secret of tenant ${tenant}`, webhookSecret] as const,
  ),
]

/**
 * Ingress takes none that can be guessed, and goes on with the one before: Pulsifi would be pointed to where it is refused.
 * @throws ConfigFaults where an account is in earnest
 */
export function refuseWeakCallbacks(
  config: CallbackConfig,
  connections: Pick<Connections, 'all' | 'pulsifiAccounts'>,
  accounts: Iterable<AccountCredentials>,
): void {
  const faults = weaknessesOf(callbackSecrets(config, connections))
  if (faults.length > 0 && [...accounts].some(isInEarnest)) throw new ConfigFaults('callbacks', faults)
}

/** Null without a public address or without a path token: results are polled then. */
export function callbackOf(
  tenant: string,
  { PUBLIC_URL: base, PULSIFI_WEBHOOK_SECRET: defaultSecret }: CallbackConfig,
  { find, pulsifiAccounts }: Pick<Connections, 'find' | 'pulsifiAccounts'>,
): Callback | null {
  // The first of two while they are rotated: the second is on its way out.
  const [token] = find(PULSIFI, tenant)?.secrets ?? []
  if (base === undefined || token === undefined) return null
  const ownSecret = pulsifiAccounts.get(tenant)?.webhookSecret ?? null
  return {
    url: `${base.replace(/\/+$/, '')}/hooks/${PULSIFI}/${tenant}/${encodeURIComponent(token)}`,
    secret: tenant === DEFAULT_TENANT ? (defaultSecret ?? ownSecret) : ownSecret,
  }
}

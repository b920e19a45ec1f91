import { DEFAULT_TENANT } from '../core/identity.ts'
import type { Connections } from '../platform/connections/connections.ts'
import { ConfigError } from '../platform/process/config.ts'
import type { IngressConfig } from './config.ts'
import type { CallbackPolicy } from './receive-callback.ts'

/**
 * What a callback must prove besides its path token, by tenant, as it is configured by then.
 * @throws ConfigError when a header is pinned that could never prove anything.
 */
export function callbackPolicies(
  config: Pick<IngressConfig, 'PULSIFI_WEBHOOK_SECRET' | 'PULSIFI_WEBHOOK_SECRET_HEADER'>,
  connections: Pick<Connections, 'pulsifiAccounts'>,
): (tenant: string) => CallbackPolicy {
  const ofEnvironment = (tenant: string) =>
    tenant === DEFAULT_TENANT ? config.PULSIFI_WEBHOOK_SECRET : undefined
  const secretOf = (tenant: string): string | null =>
    ofEnvironment(tenant) ?? connections.pulsifiAccounts.get(tenant)?.webhookSecret ?? null
  const pinnedHeader = config.PULSIFI_WEBHOOK_SECRET_HEADER ?? null
  const tenants = [DEFAULT_TENANT, ...connections.pulsifiAccounts.keys()]
  if (pinnedHeader !== null && tenants.every(tenant => secretOf(tenant) === null)) {
    throw new ConfigError(
      'PULSIFI_WEBHOOK_SECRET_HEADER needs PULSIFI_WEBHOOK_SECRET: a header alone proves nothing',
    )
  }
  return tenant => ({ secret: secretOf(tenant), pinnedHeader })
}

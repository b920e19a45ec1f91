import { DEFAULT_TENANT } from '../core/identity.ts'
import type { Connections } from '../platform/connections/connections.ts'
import { ConfigError } from '../platform/process/config.ts'
import type { IngressConfig } from './config.ts'
import type { CallbackPolicy } from './receive-callback.ts'

/**
 * What a callback must prove besides its path token, by tenant.
 * @throws ConfigError when a header is pinned that could never prove anything.
 */
export function callbackPolicies(
  config: Pick<IngressConfig, 'PULSIFI_WEBHOOK_SECRET' | 'PULSIFI_WEBHOOK_SECRET_HEADER'>,
  { pulsifiAccounts }: Pick<Connections, 'pulsifiAccounts'>,
): (tenant: string) => CallbackPolicy {
  const secrets = new Map<string, string>()
  for (const { tenant, webhookSecret } of pulsifiAccounts.values()) {
    if (webhookSecret !== null) secrets.set(tenant, webhookSecret)
  }
  if (config.PULSIFI_WEBHOOK_SECRET !== undefined) secrets.set(DEFAULT_TENANT, config.PULSIFI_WEBHOOK_SECRET)
  const pinnedHeader = config.PULSIFI_WEBHOOK_SECRET_HEADER ?? null
  if (pinnedHeader !== null && secrets.size === 0) {
    throw new ConfigError(
      'PULSIFI_WEBHOOK_SECRET_HEADER needs PULSIFI_WEBHOOK_SECRET: a header alone proves nothing',
    )
  }
  return tenant => ({ secret: secrets.get(tenant) ?? null, pinnedHeader })
}

/** Ingress lets nobody in by a secret that can be guessed. */
import { type Connections, PULSIFI } from '../platform/connections/connections.ts'
import { ConfigFaults, type Environment } from '../platform/process/config.ts'
import { isTrial, weaknessOf } from '../platform/process/config-rules.ts'
import type { IngressConfig } from './config.ts'

type Settings = Pick<IngressConfig, 'INGRESS_HOST' | 'PULSIFI_WEBHOOK_SECRET' | 'SPOOL_KEY'>

/** @throws ConfigFaults naming every secret that is too short, except on loopback with the sandbox */
export function refuseWeakSecrets(
  config: Settings,
  { all, pulsifiAccounts }: Pick<Connections, 'all' | 'pulsifiAccounts'>,
  { PULSIFI_BASE_URL }: Environment,
): void {
  const accounts = [...pulsifiAccounts.values()]
  if (isTrial(config.INGRESS_HOST, [PULSIFI_BASE_URL, ...accounts.map(({ baseUrl }) => baseUrl)])) return
  const secrets: (readonly [string, string | null | undefined])[] = [
    ['PULSIFI_WEBHOOK_SECRET', config.PULSIFI_WEBHOOK_SECRET],
    ['SPOOL_KEY', config.SPOOL_KEY],
    ...all.flatMap(({ source, tenant, secrets, signature }) => {
      const whose = `${source === PULSIFI ? 'the path token of Pulsifi' : `the secret of ${source}`} for tenant ${tenant}`
      return [
        ...secrets.map(secret => [whose, secret] as const),
        [`the signature's secret of ${source} for tenant ${tenant}`, signature?.secret] as const,
      ]
    }),
    ...accounts.map(
      ({ tenant, webhookSecret }) => [`webhook_secret of tenant ${tenant}`, webhookSecret] as const,
    ),
  ]
  const faults = secrets.flatMap(([name, secret]) => {
    const weakness = secret == null ? null : weaknessOf(secret)
    return weakness === null ? [] : [`${name} ${weakness}`]
  })
  if (faults.length > 0) throw new ConfigFaults('secrets', faults)
}

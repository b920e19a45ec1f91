/** Ingress lets nobody in by a secret that can be guessed. */
import { type Connections, PULSIFI } from '../platform/connections/connections.ts'
import { ConfigFaults, type Environment } from '../platform/process/config.ts'
import { isTrial, weaknessesOf } from '../platform/process/config-rules.ts'
import { callbackSecrets } from '../platform/pulsifi/settings.ts'
import { faultOf } from '../platform/secrets/guessable.ts'
import type { IngressConfig } from './config.ts'

type Settings = Pick<IngressConfig, 'INGRESS_HOST' | 'PULSIFI_WEBHOOK_SECRET' | 'SPOOL_KEY' | 'CANARY_SECRET'>

/** @throws ConfigFaults naming every secret that can be guessed, except on loopback with the sandbox */
export function refuseWeakSecrets(
  config: Settings,
  { all, pulsifiAccounts }: Pick<Connections, 'all' | 'pulsifiAccounts'>,
  { PULSIFI_BASE_URL }: Environment,
): void {
  const accounts = [...pulsifiAccounts.values()]
  if (isTrial(config.INGRESS_HOST, [PULSIFI_BASE_URL, ...accounts.map(({ baseUrl }) => baseUrl)])) return
  const { SPOOL_KEY: key } = config
  // It protects what lies on a disk, where nobody counts the tries.
  const keyFault = key === undefined ? null : faultOf(key)
  const faults = [
    ...(keyFault === null ? [] : [`SPOOL_KEY ${keyFault}`]),
    ...weaknessesOf([
      ['CANARY_SECRET', config.CANARY_SECRET],
      ...callbackSecrets(config, { all, pulsifiAccounts }),
      ...all.flatMap(({ source, tenant, secrets, signature }) => {
        const whose = `of ${source} for tenant ${tenant}`
        const own = source === PULSIFI ? [] : secrets.map(secret => [`the secret ${whose}`, secret] as const)
        return [...own, [`the signature's secret ${whose}`, signature?.secret] as const]
      }),
    ]),
  ]
  if (faults.length > 0) throw new ConfigFaults('secrets', faults)
}

import type { Connection, Connections } from '../platform/connections/connections.ts'
import type { Checks } from '../platform/process/health.ts'
import type { LogEvents } from '../platform/process/log-events.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import type { SecretProof } from './callback-secret.ts'
import type { SpoolingProducer } from './spool/producer-with-spool.ts'

/** Names every connection that refuses everything, once. */
export function warnOfMissingSecrets(
  connections: Pick<Connections, 'all'>,
  log: Pick<LogEvents, 'connectionWithoutSecret'>,
): void {
  for (const { source, tenant, secrets } of connections.all) {
    if (secrets.length === 0) log.connectionWithoutSecret({ source, tenant })
  }
}

/** The way to Kafka as metrics, read when somebody asks, and as checks: red only when no event could be accepted. */
export function watchProducer(
  producer: Pick<SpoolingProducer, 'state'>,
  metrics: Pick<Metrics, 'observeProducer' | 'observeSpool'>,
): Checks {
  metrics.observeProducer(() => producer.state())
  metrics.observeSpool(() => producer.state().spool)
  return {
    kafka() {
      const { isConnected, records } = producer.state()
      return {
        ok: true,
        detail: `${isConnected ? 'connected' : 'not connected'}, ${records} records wait`,
      }
    },
    spool() {
      const { records, bytes, bytesMax } = producer.state().spool
      return {
        ok: bytes < bytesMax * SPOOL_FULL_SHARE,
        detail: `${records} records, ${bytes} bytes of ${bytesMax}`,
      }
    },
  }
}

/** Above it there may be no room for the next event. */
const SPOOL_FULL_SHARE = 0.99

/** Counts and logs what the Kafka client gave up on. */
export const failureObserver =
  (metrics: Pick<Metrics, 'producerFailures'>, log: Pick<LogEvents, 'producerFailed'>) =>
  (error: unknown): void => {
    metrics.producerFailures.inc()
    log.producerFailed(error)
  }

/** Names each header that proved Pulsifi's secret, once, for the operator who will pin it. */
export function proofAnnouncer(
  log: Pick<LogEvents, 'callbackSecretSeen'>,
): (tenant: string, proof: SecretProof) => void {
  return once((tenant, proof) => log.callbackSecretSeen({ tenant, ...proof }))
}

/** Names each header that held a source's signature, once. */
export function signatureAnnouncer(
  log: Pick<LogEvents, 'signatureSeen'>,
): (connection: Pick<Connection, 'source' | 'tenant'>, proof: SecretProof) => void {
  const announce = once((address, { header, form }) => {
    const [source = '', tenant = ''] = address.split('/')
    log.signatureSeen({ source, tenant, header, form })
  })
  return ({ source, tenant }, proof) => announce(`${source}/${tenant}`, proof)
}

function once(announce: (whose: string, proof: SecretProof) => void): typeof announce {
  const announced = new Set<string>()
  return (whose, proof) => {
    const seen = `${whose} ${proof.header} ${proof.form}`
    if (announced.has(seen)) return
    announced.add(seen)
    announce(whose, proof)
  }
}

import type { Connections } from '../platform/connections.ts'
import type { Checks } from '../platform/health.ts'
import type { LogEvents } from '../platform/log-events.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { GroupCommitProducer } from '../platform/producer.ts'
import type { SecretProof } from './callback-secret.ts'

/** Names every connection that refuses everything, once. */
export function warnOfMissingSecrets(
  connections: Pick<Connections, 'all'>,
  log: Pick<LogEvents, 'connectionWithoutSecret'>,
): void {
  for (const { source, tenant, secrets } of connections.all) {
    if (secrets.length === 0) log.connectionWithoutSecret({ source, tenant })
  }
}

/** The producer's queue as metrics, read when somebody asks, and its connection as a check. */
export function watchProducer(
  producer: Pick<GroupCommitProducer, 'state'>,
  metrics: Pick<Metrics, 'observeProducer'>,
): Checks {
  metrics.observeProducer(producer.state)
  return {
    kafka() {
      const { isConnected, records } = producer.state()
      return {
        ok: isConnected,
        detail: `${isConnected ? 'connected' : 'not connected'}, ${records} records wait`,
      }
    },
  }
}

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
  const announced = new Set<string>()
  return (tenant, proof) => {
    const seen = `${tenant} ${proof.header} ${proof.form}`
    if (announced.has(seen)) return
    announced.add(seen)
    log.callbackSecretSeen({ tenant, ...proof })
  }
}

/** The way of events to Kafka, over the disk when Kafka is away. */
import { join } from 'node:path'
import type { KafkaClient } from '../platform/kafka/client.ts'
import { ConfigError } from '../platform/process/config.ts'
import { generatedSecret } from '../platform/process/generated-secret.ts'
import type { Checks } from '../platform/process/health.ts'
import type { LogEvents } from '../platform/process/log-events.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import type { IngressConfig } from './config.ts'
import { spoolKey } from './spool/format.ts'
import { SPOOLING_DEFAULTS, SpoolingProducer } from './spool/producer-with-spool.ts'
import { openSpool } from './spool/spool.ts'

export interface ProducerPorts {
  readonly kafka: Pick<KafkaClient, 'producer'>
  readonly config: Pick<IngressConfig, 'SPOOL_DIR' | 'SPOOL_KEY' | 'SPOOL_MAX_MIB'>
  /** Runs before each connection is used. */
  readonly check: () => Promise<void>
  readonly metrics: Metrics
  readonly log: LogEvents
  readonly fail: (error: unknown) => void
}

/** @throws ConfigError when the spool was written with another key. */
export async function openProducer(ports: ProducerPorts): Promise<SpoolingProducer> {
  const { kafka, config, check, metrics, log, fail } = ports
  const spool = await openSpool(config.SPOOL_DIR, {
    key: spoolKey(config.SPOOL_KEY ?? (await keyOf(config.SPOOL_DIR))),
    bytesMax: config.SPOOL_MAX_MIB * 1024 * 1024,
    onDamage(damage) {
      metrics.spoolDamagedRecords.inc(damage.records ?? 1)
      log.spoolDamaged(damage)
    },
    onLost: fail,
  })
  return new SpoolingProducer(kafka, spool, {
    ...SPOOLING_DEFAULTS,
    check,
    onFailure: failureObserver(metrics, log),
    onSpooling: log.spooling,
    onSpooled: records => metrics.spooledRecords.inc(records),
    onDrained: log.spoolDrained,
    onLost: fail,
  })
}

async function keyOf(directory: string): Promise<string> {
  const file = join(directory, 'key')
  const secret = await generatedSecret(file)
  if (secret === '') throw new ConfigError(`${file} is empty: put the key back, or remove the file`)
  return secret
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
const failureObserver =
  (metrics: Pick<Metrics, 'producerFailures'>, log: Pick<LogEvents, 'producerFailed'>) =>
  (error: unknown): void => {
    metrics.producerFailures.inc()
    log.producerFailed(error)
  }

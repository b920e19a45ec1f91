/** The way of events to Kafka, over the disk when Kafka is away. */
import { join } from 'node:path'
import type { KafkaClient } from '../platform/kafka/client.ts'
import { ConfigError } from '../platform/process/config.ts'
import { generatedSecret } from '../platform/process/generated-secret.ts'
import type { LogEvents } from '../platform/process/log-events.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import type { IngressConfig } from './config.ts'
import { failureObserver } from './observe.ts'
import { spoolKey } from './spool/format.ts'
import { openSpool } from './spool/open.ts'
import { SPOOLING_DEFAULTS, SpoolingProducer } from './spool/producer-with-spool.ts'

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
    key: spoolKey(config.SPOOL_KEY ?? keyOf(config.SPOOL_DIR)),
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

function keyOf(directory: string): string {
  const file = join(directory, 'key')
  const secret = generatedSecret(file)
  if (secret === '') throw new ConfigError(`${file} is empty: put the key back, or remove the file`)
  return secret
}

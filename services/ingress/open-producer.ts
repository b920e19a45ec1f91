/** The way of events to Kafka, over the disk when Kafka is away. */
import type { KafkaClient } from '../platform/kafka/client.ts'
import type { Checks } from '../platform/process/health.ts'
import type { LogEvents } from '../platform/process/log-events.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import type { IngressConfig } from './config.ts'
import { type SpoolKey, spoolKey, stretchedSpoolKey } from './spool/format.ts'
import { ProducerByTopic, type ProducersState } from './spool/producer-by-topic.ts'
import { SPOOLING_DEFAULTS, type TopicState } from './spool/producer-with-spool.ts'
import { refusalOf } from './spool/refusal.ts'
import { spoolSecret } from './spool/secret.ts'
import { openSpool } from './spool/spool.ts'

export interface ProducerPorts {
  readonly kafka: Pick<KafkaClient, 'producer'>
  readonly config: Pick<IngressConfig, 'SPOOL_DIR' | 'SPOOL_KEY' | 'SPOOL_KEY_COMMAND' | 'SPOOL_MAX_MIB'>
  /** Every topic that ingress writes. */
  readonly topics: readonly string[]
  /** Runs before each connection of a topic is used. */
  readonly check: (topic: string) => Promise<void>
  readonly metrics: Metrics
  readonly log: LogEvents
  readonly fail: (error: unknown) => void
}

const ADOPT_EVERY_MS = 30_000

/** @throws ConfigError when the spool was written with another key. */
export async function openProducer(ports: ProducerPorts): Promise<ProducerByTopic> {
  const { kafka, config, topics, check, metrics, log, fail } = ports
  const spool = await openSpool(config.SPOOL_DIR, {
    key: await configuredKey(config, log),
    bytesMax: config.SPOOL_MAX_MIB * 1024 * 1024,
    onDamage(damage) {
      metrics.spoolDamagedRecords.inc(damage.records ?? 1)
      log.spoolDamaged(damage)
    },
    onDisk: code => (code === null ? log.spoolDiskTakes() : log.spoolDiskRefuses({ code })),
    onForeign: file => log.spoolOfAnotherKey({ file }),
    onLost: fail,
  })
  return new ProducerByTopic(kafka, spool, {
    ...SPOOLING_DEFAULTS,
    topics,
    check,
    adoptEveryMs: ADOPT_EVERY_MS,
    onFailure: failureReporter(metrics, log),
    onRefusal: ({ topic, cause }) =>
      cause === null ? log.topicTaken({ topic }) : log.topicRefused({ topic, cause }),
    onSetAside: log.recordSetAside,
    onSpooling: topic => log.spooling({ topic }),
    onSpooled: records => metrics.spooledRecords.inc(records),
    onDrained: log.spoolDrained,
    onLost: fail,
  })
}

/** What was made here was drawn, and needs no stretching. */
async function configuredKey(config: ProducerPorts['config'], log: LogEvents): Promise<SpoolKey> {
  const secret = await spoolSecret(config, log)
  const isMade = config.SPOOL_KEY === undefined && config.SPOOL_KEY_COMMAND === undefined
  return isMade ? spoolKey(secret) : stretchedSpoolKey(secret)
}

/** The way to Kafka as metrics, read when somebody asks, and as checks: red only when no event could be accepted. */
export function watchProducer(
  producer: Pick<ProducerByTopic, 'state' | 'setAside'>,
  metrics: Pick<Metrics, 'collectProducer' | 'collectSpool' | 'collectRefused'>,
): Checks {
  metrics.collectProducer(() => sizeOf([...producer.state().byTopic.values()]))
  metrics.collectSpool(() => producer.state().spool)
  metrics.collectRefused({ topics: () => refusalsOf(producer.state()), setAside: () => producer.setAside() })
  return {
    kafka() {
      const state = producer.state()
      const topics = [...state.byTopic.values()]
      const connected = topics.filter(({ isConnected }) => isConnected).length
      const refused = [...refusalsOf(state)].map(([topic, cause]) => `${topic} is refused: ${cause}`)
      const sentence = `connected for ${connected} of ${topics.length} topics, ${sizeOf(topics).records} records wait`
      return { ok: true, detail: [sentence, ...refused].join('; ') }
    },
    spool() {
      const { byTopic, spool } = producer.state()
      const { records, bytes, bytesMax, failure } = spool
      const isOpen = failure === null && bytes < bytesMax * SPOOL_FULL_SHARE
      const isNeeded = ![...byTopic.values()].some(({ isDirect }) => isDirect)
      const aside = [...producer.setAside()].map(([topic, count]) => `${count} of ${topic} set aside`)
      const disk = failure === null ? [] : [`the disk takes nothing: ${failure}`]
      const sentence = `${records} records, ${bytes} bytes of ${bytesMax}`
      return { ok: isOpen || !isNeeded, detail: [sentence, ...disk, ...aside].join('; ') }
    },
  }
}

const sizeOf = (topics: readonly TopicState[]) => ({
  records: topics.reduce((sum, { records }) => sum + records, 0),
  bytes: topics.reduce((sum, { bytes }) => sum + bytes, 0),
})

/** Causes, by topic. */
const refusalsOf = ({ byTopic }: ProducersState): ReadonlyMap<string, string> =>
  new Map([...byTopic].flatMap(([topic, { refusal }]) => (refusal === null ? [] : [[topic, refusal]])))

/** Above it there may be no room for the next event. */
const SPOOL_FULL_SHARE = 0.99

/** Counts what the Kafka client gave up on, and logs it unless the topic is refused, which is said once. */
const failureReporter =
  (metrics: Pick<Metrics, 'producerFailures'>, log: Pick<LogEvents, 'producerFailed'>) =>
  (error: unknown): void => {
    metrics.producerFailures.inc()
    if (refusalOf(error)?.of !== 'topic') log.producerFailed(error)
  }

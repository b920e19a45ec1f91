/** Producers with a spool, one for each topic: what one topic has to wait for holds up no other. */
import type { KafkaClient } from '../../platform/kafka/client.ts'
import type { OutboundRecord } from '../../platform/kafka/producer-batch.ts'
import { SpoolingProducer, type SpoolingProducerOptions, type TopicState } from './producer-with-spool.ts'
import type { Spool, SpoolState } from './spool.ts'

export interface ProducerByTopicOptions
  extends Omit<
    SpoolingProducerOptions,
    'check' | 'onRefusal' | 'onSpooling' | 'onDrained' | 'setAside' | 'refusedBytesMax'
  > {
  /** Those that there will be records for; others get their producer with their first record. */
  readonly topics: readonly string[]
  /** Runs before each connection is used. @throws ConfigError when the topic is not as it must be. */
  readonly check: (topic: string) => Promise<void>
  /** How often to look for what an instance that is gone has left, and for what was put back. */
  readonly adoptEveryMs: number
  readonly onRefusal: (refusal: { readonly topic: string; readonly cause: string | null }) => void
  readonly onSetAside: (aside: {
    readonly topic: string
    readonly cause: string
    readonly file: string
  }) => void
  readonly onSpooling: (topic: string) => void
  readonly onDrained: (drained: {
    readonly topic: string
    readonly records: number
    readonly durationMs: number
  }) => void
}

export interface ProducersState {
  readonly byTopic: ReadonlyMap<string, TopicState>
  readonly spool: SpoolState
}

/** Of the spool, while a topic is refused: the others may need the rest when Kafka is away. */
const REFUSED_SHARE_MAX = 0.5

export class ProducerByTopic {
  private readonly kafka: Pick<KafkaClient, 'producer'>
  private readonly spool: Spool
  private readonly options: ProducerByTopicOptions
  private readonly producers = new Map<string, SpoolingProducer>()
  private readonly timer: NodeJS.Timeout
  private adopting: Promise<void> = Promise.resolve()

  constructor(kafka: Pick<KafkaClient, 'producer'>, spool: Spool, options: ProducerByTopicOptions) {
    this.kafka = kafka
    this.spool = spool
    this.options = options
    for (const topic of [...options.topics, ...spool.topics()]) this.producer(topic)
    this.timer = setInterval(() => {
      this.adopting = this.adopt().catch(options.onLost)
    }, options.adoptEveryMs)
  }

  /**
   * Resolves when all records are on all in-sync replicas or on this machine's disk. Rejects with `Overloaded`,
   * `SpoolFull` or `SpoolFailed`; some of the records may be kept then all the same.
   */
  async send(records: readonly OutboundRecord[]): Promise<void> {
    const byTopic = Map.groupBy(records, ({ topic }) => topic)
    await Promise.all([...byTopic].map(([topic, group]) => this.producer(topic).send(group)))
  }

  /** Takes no more; what waits goes to the broker or, when that takes long, to the spool. The spool is kept. */
  async close(): Promise<void> {
    clearInterval(this.timer)
    await this.adopting
    await Promise.all([...this.producers.values()].map(producer => producer.close()))
    await this.spool.close()
  }

  state(): ProducersState {
    const byTopic = new Map([...this.producers].map(([topic, producer]) => [topic, producer.state()]))
    return { byTopic, spool: this.spool.state() }
  }

  /** Files of records that were set aside, by topic. */
  setAside(): ReadonlyMap<string, number> {
    return this.spool.setAside.count()
  }

  private producer(topic: string): SpoolingProducer {
    const known = this.producers.get(topic)
    if (known !== undefined) return known
    const { options, spool } = this
    const producer = new SpoolingProducer(this.kafka, spool.lane(topic), {
      ...options,
      refusedBytesMax: spool.state().bytesMax * REFUSED_SHARE_MAX,
      check: () => options.check(topic),
      onRefusal: cause => options.onRefusal({ topic, cause }),
      onSpooling: () => options.onSpooling(topic),
      onDrained: drained => options.onDrained({ topic, ...drained }),
      setAside: async (record, cause) => {
        const file = await spool.setAside.keep(record, cause)
        options.onSetAside({ topic, cause, file })
      },
    })
    this.producers.set(topic, producer)
    return producer
  }

  private async adopt(): Promise<void> {
    await this.spool.adopt()
    for (const topic of this.spool.topics()) this.producer(topic).wakeUp()
  }
}

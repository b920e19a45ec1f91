/**
 * `atsflow-consume`: reads the topics of this project as typed records.
 *
 * It decodes with the schemas of the installed version, whichever version wrote a record, reads only what was
 * committed, and does not stand still on compacted topics, as a plain kafkajs consumer can. It runs outside this project,
 * in Node 20 too: what it imports is kept to the dependencies of its own `package.json`.
 *
 * @example
 * const consumption = await consume({
 *   brokers: ['127.0.0.1:9092'],
 *   registryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
 *   groupId: 'score-board',
 *   topics: ['pulsifi.score.v1'],
 *   onRecord: ({ record }) => console.log(record?.application_key, record?.score_type, record?.score_value),
 * })
 */
import type { Consumer, KafkaConfig } from 'kafkajs'
import type { AvroTopic } from '../../schemas/subjects.ts'
import { createCodec } from '../platform/avro/codec.ts'
import { createRegistryReader } from '../platform/avro/registry-reader.ts'
import '../platform/kafkajs/reading.ts'
import { loadKafkajs } from '../platform/kafkajs/exchange.ts'
import { type ConsumedRecordOf, deliver, type UndecodableRecord } from './deliver.ts'

export type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
export type * from '../../schemas/types.ts'
export type { ConsumedRecord, ConsumedRecordOf, UndecodableRecord } from './deliver.ts'

export interface ConsumeOptions<Topic extends AvroTopic> {
  readonly brokers: readonly string[]
  /** Confluent-compatible base; user and password may stand in it. */
  readonly registryUrl: string
  /** Offsets are kept under it: a group that comes back goes on where it was. */
  readonly groupId: string
  readonly topics: readonly Topic[]
  /** Where a group starts that has no offsets yet; the beginning unless said otherwise. */
  readonly from?: 'beginning' | 'end'
  /**
   * Called for one record after the other. The offset is committed after it resolves, so a record may come again after
   * a crash: drop repeats by `event_id`. When it rejects, the record is delivered again; `onError` is told.
   */
  readonly onRecord: (event: ConsumedRecordOf<Topic>) => Promise<void> | void
  /**
   * Called for a record that nobody can read: it is passed over once this resolves. Without it the consumption ends
   * there, and a group that comes back meets the record again.
   */
  readonly onUndecodable?: (record: UndecodableRecord) => Promise<void> | void
  /** Told of what ends the consumption for good; without it the error is thrown in the process. */
  readonly onError?: (error: Error) => void
  readonly ssl?: KafkaConfig['ssl']
  readonly sasl?: KafkaConfig['sasl']
}

export interface Consumption {
  /** Commits what was done, leaves the group and disconnects. */
  readonly stop: () => Promise<void>
}

/** Starts consuming and returns once the group is joined. @throws when broker or registry cannot be reached. */
export async function consume<Topic extends AvroTopic>(options: ConsumeOptions<Topic>): Promise<Consumption> {
  const { brokers, registryUrl, groupId, topics, ssl, sasl } = options
  const { Kafka, logLevel } = loadKafkajs()
  const kafka = new Kafka({
    clientId: groupId,
    brokers: [...brokers],
    logLevel: logLevel.ERROR,
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl }),
  })
  const codec = createCodec(createRegistryReader({ url: registryUrl }))
  const consumer = kafka.consumer({ groupId, readUncommitted: false })
  await consumer.connect()
  await consumer.subscribe({ topics: [...topics], fromBeginning: options.from !== 'end' })
  const joined = joinedOf(consumer)
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) fail(options, payload.error)
  })
  await consumer.run({
    eachBatchAutoResolve: false,
    eachBatch: payload =>
      deliver(payload, codec, {
        ...options,
        stop: error => void consumer.disconnect().finally(() => fail(options, error)),
      }),
  })
  await joined
  return { stop: () => consumer.disconnect() }
}

const joinedOf = (consumer: Consumer): Promise<void> =>
  new Promise(resolve => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve())
  })

function fail<Topic extends AvroTopic>({ onError }: ConsumeOptions<Topic>, error: Error): void {
  if (onError !== undefined) onError(error)
  else
    queueMicrotask(() => {
      throw error
    })
}

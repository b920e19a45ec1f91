/** What kafkajs 2.2.4 hands to the part of it that sends, and what it gets back. */
import type { RefreshedCluster, Retrier } from './retries.ts'

interface PartitionMetadata {
  readonly partitionId: number
  readonly leader: number
}

export interface ProduceRequest {
  readonly transactionalId: string | undefined
  readonly producerId: unknown
  readonly producerEpoch: number
  readonly acks: number
  readonly timeout: number | undefined
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly firstSequence: number
      readonly messages: readonly unknown[]
    }[]
  }[]
}

interface PartitionAnswer {
  readonly partition: number
  readonly errorCode: number
}

/** Nothing when no acknowledgement was asked for. */
export type ProduceAnswer =
  | {
      readonly topics: readonly {
        readonly topicName: string
        readonly partitions: readonly PartitionAnswer[]
      }[]
    }
  | undefined

export interface SendingCluster extends RefreshedCluster {
  readonly addMultipleTargetTopics: (topics: readonly string[]) => Promise<void>
  readonly refreshMetadataIfNecessary: () => Promise<void>
  readonly findTopicPartitionMetadata: (topic: string) => readonly PartitionMetadata[]
  readonly findBroker: (wanted: { readonly nodeId: number }) => Promise<{
    readonly produce: (request: ProduceRequest) => Promise<ProduceAnswer>
  }>
}

/** kafkajs's: who the producer is to the brokers, and how far it has counted. */
export interface ProducerIdentity {
  readonly isInitialized: () => boolean
  readonly isTransactional: () => boolean
  readonly getTransactionalId: () => string | undefined
  readonly getProducerId: () => unknown
  readonly getProducerEpoch: () => number
  readonly getSequence: (topic: string, partition: number) => number
  readonly updateSequence: (topic: string, partition: number, increment: number) => void
  readonly addPartitionsToTransaction: (topicData: ProduceRequest['topicData']) => Promise<void>
}

export interface SendingOptions {
  readonly logger: { readonly error: (message: string, fields: object) => void }
  readonly cluster: SendingCluster
  readonly partitioner: (of: {
    readonly topic: string
    readonly partitionMetadata: readonly PartitionMetadata[]
    readonly message: unknown
  }) => number
  readonly eosManager: ProducerIdentity
  readonly retrier: Retrier
  /** kafkajs's error for a code that is not 0. */
  readonly errorFor: (code: number) => Error
}

export interface BatchToSend {
  readonly acks: number
  readonly timeout?: number
  readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly unknown[] }[]
}

/** The broker's answer for one partition, as kafkajs's `RecordMetadata`. */
export type Acknowledgement = PartitionAnswer & { readonly topicName: string }

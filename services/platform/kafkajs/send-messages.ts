/**
 * How a batch of records is sent, in place of kafkajs 2.2.4's `producer/sendMessages`.
 *
 * kafkajs keeps one answer for each broker. When a batch spans two of them and one refuses, because the other leads its
 * partition now, the retry finds that the other has answered already: it sends nothing and reports success. And
 * it retries as soon as the first request fails, while others are still on their way, with the next sequence numbers: a
 * record then stands twice. It takes a partition of which it knows no leader for sent, shares the records out again at
 * each attempt, and gives the number of a record that may have been written to the next one.
 *
 * Here each partition of a batch keeps its records and its sequence number until a broker has acknowledged that very
 * partition, no attempt begins before all requests of the last one have ended, and a producer sends one batch after the
 * other. A producer that had to give up a record that may have been written sends nothing more.
 */
import { groupByPartition } from './partitioning.ts'
import { isPassing, RetriesError, refreshed } from './retries.ts'
import type {
  Acknowledgement,
  BatchToSend,
  ProduceAnswer,
  ProduceRequest,
  ProducerIdentity,
  SendingCluster,
  SendingOptions,
} from './sender-ports.ts'

/** What a batch holds for one partition, from the first attempt to the last. */
interface Shipment {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly unknown[]
  readonly firstSequence: number
  isDone: boolean
  acknowledgement: Acknowledgement | null
  /** Some attempt may have written it, though none was acknowledged. */
  mayBeWritten: boolean
}

/** Attempts after which a partition that nobody leads is taken for one that does not exist. */
const UNKNOWN_PARTITION_RETRIES = 5

interface ProducerState {
  /** Ends with the batch that was sent last. */
  last: Promise<unknown>
  spent: RetriesError | null
}

/** A transactional producer makes a sender for each transaction; its identity stays. */
const producers = new WeakMap<ProducerIdentity, ProducerState>()

export function createSendMessages(
  options: SendingOptions,
): (batch: BatchToSend) => Promise<readonly Acknowledgement[]> {
  const { eosManager } = options
  return batch => {
    // Without sequence numbers there is nothing that batches could confuse.
    if (!eosManager.isInitialized()) return new BatchInTransit(options, batch).send()
    const state = producers.get(eosManager) ?? { last: Promise.resolve(), spent: null }
    producers.set(eosManager, state)
    const sent = state.last.then(() => sendNumbered(options, batch, state))
    state.last = sent.catch(() => undefined)
    return sent
  }
}

async function sendNumbered(
  options: SendingOptions,
  batch: BatchToSend,
  state: ProducerState,
): Promise<readonly Acknowledgement[]> {
  if (state.spent !== null) throw state.spent
  const transit = new BatchInTransit(options, batch)
  try {
    return await transit.send()
  } catch (cause) {
    if (transit.mayBeWritten())
      state.spent = new RetriesError(
        'a record that was given up may have been written: make a new producer',
        {
          retriable: false,
          cause,
        },
      )
    throw cause
  }
}

class BatchInTransit {
  readonly #options: SendingOptions
  readonly #batch: BatchToSend
  #shipments: readonly Shipment[] = []

  constructor(options: SendingOptions, batch: BatchToSend) {
    this.#options = options
    this.#batch = batch
  }

  mayBeWritten(): boolean {
    return this.#open().some(shipment => shipment.mayBeWritten)
  }

  send(): Promise<readonly Acknowledgement[]> {
    const { cluster, logger, retrier } = this.#options
    const topics = this.#batch.topicMessages.map(({ topic }) => topic)
    return retrier(async (bail, retryCount, retryTime) => {
      try {
        await cluster.addMultipleTargetTopics(topics)
        return await this.#attempt(retryCount)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        logger.error(`Failed to send messages: ${message}`, { retryCount, retryTime })
        const reason = isPassing(error) ? await refreshed(cluster, error) : error
        if (isPassing(reason)) throw reason
        bail(reason)
        return undefined
      }
    })
  }

  #open(): readonly Shipment[] {
    return this.#shipments.filter(shipment => !shipment.isDone)
  }

  async #attempt(retryCount: number): Promise<readonly Acknowledgement[]> {
    const { cluster, eosManager } = this.#options
    await cluster.refreshMetadataIfNecessary()
    if (this.#shipments.length === 0)
      this.#shipments = this.#batch.topicMessages.flatMap(({ topic, messages }) =>
        this.#split(topic, messages),
      )
    if (eosManager.isTransactional()) await eosManager.addPartitionsToTransaction(topicData(this.#open()))
    const byLeader = Map.groupBy(this.#open(), ({ topic, partition }) => leaderOf(cluster, topic, partition))
    const outcomes = await Promise.allSettled(
      [...byLeader].map(async ([leader, shipments]) => {
        if (leader !== null) return await this.#produce(leader, shipments)
        const names = shipments.map(({ topic, partition }) => `${topic}/${partition}`).join(', ')
        const retriable = retryCount < UNKNOWN_PARTITION_RETRIES
        throw new RetriesError(`nobody is known to lead ${names}`, { retriable })
      }),
    )
    throwWorst(outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : [])))
    return this.#shipments.flatMap(({ acknowledgement }) => acknowledgement ?? [])
  }

  #split(topic: string, messages: readonly unknown[]): Shipment[] {
    const { cluster, partitioner, eosManager } = this.#options
    const partitionMetadata = cluster.findTopicPartitionMetadata(topic)
    if (partitionMetadata.length === 0)
      throw new RetriesError(`the partitions of ${topic} are not known`, { retriable: true })
    const groups = groupByPartition({ topic, partitionMetadata, messages, partitioner })
    return Object.entries(groups).map(([name, group]) => ({
      topic,
      partition: Number(name),
      messages: group,
      firstSequence: eosManager.getSequence(topic, Number(name)),
      isDone: false,
      acknowledgement: null,
      mayBeWritten: false,
    }))
  }

  async #produce(leader: number, shipments: readonly Shipment[]): Promise<void> {
    const { cluster, eosManager } = this.#options
    const broker = await cluster.findBroker({ nodeId: leader })
    const { acks, timeout } = this.#batch
    const request = {
      transactionalId: eosManager.isTransactional() ? eosManager.getTransactionalId() : undefined,
      producerId: eosManager.getProducerId(),
      producerEpoch: eosManager.getProducerEpoch(),
      ...{ acks, timeout },
      topicData: topicData(shipments),
    }
    const answer = await broker.produce(request).catch(error => {
      for (const shipment of shipments) shipment.mayBeWritten = true
      throw error
    })
    throwWorst(shipments.flatMap(shipment => this.#judge(shipment, answer) ?? []))
  }

  /** What is wrong with the answer for this partition; null when it is written. */
  #judge(shipment: Shipment, answer: ProduceAnswer): Error | null {
    const { topic, partition, messages } = shipment
    if (this.#batch.acks !== 0) {
      const found = answer?.topics
        .find(({ topicName }) => topicName === topic)
        ?.partitions.find(item => item.partition === partition)
      if (found?.errorCode !== 0) {
        const error = found
          ? this.#options.errorFor(found.errorCode)
          : new RetriesError(`no answer for ${topic}/${partition}`, { retriable: true })
        shipment.mayBeWritten ||= !isRefusal(error)
        return error
      }
      shipment.acknowledgement = { topicName: topic, ...found }
    }
    shipment.isDone = true
    this.#options.eosManager.updateSequence(topic, partition, messages.length)
    return null
  }
}

function topicData(shipments: readonly Shipment[]): ProduceRequest['topicData'] {
  const byTopic = Map.groupBy(shipments, ({ topic }) => topic)
  return [...byTopic].map(([topic, partitions]) => ({ topic, partitions }))
}

/** Null when it is not known. */
function leaderOf(cluster: SendingCluster, topic: string, partition: number): number | null {
  const found = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)
  return found?.leader ?? null
}

/** The broker judged the records and wrote nothing. What it would take again, it may have written already. */
const isRefusal = (error: Error): boolean => !isPassing(error) && Reflect.get(error, 'type') !== 'UNKNOWN'

/** @throws the first of `errors` that ends the batch, else the first, if there is one. */
function throwWorst(errors: readonly unknown[]): void {
  if (errors.length > 0) throw errors.find(error => !isPassing(error)) ?? errors[0]
}

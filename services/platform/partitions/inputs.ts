/** The inputs of one partition number during one tenure: where each stands, and how much of them is on its way. */
import type { Consumer } from 'kafkajs'
import type { FetchedBatch } from '../kafkajs/reading.ts'
import { InputCursor } from './input-cursor.ts'
import type { Positions } from './positions.ts'
import type { CountedAs, InputRecord } from './processor.ts'

/** Records that may wait for a fact: above that, their input is paused. */
const WAITING_MAX = 100

export interface PartitionInputsPorts {
  readonly consumer: PartitionConsumer
  readonly lookUp: (record: InputRecord) => Promise<unknown> | null
  readonly decide: (record: InputRecord) => CountedAs
}

export class PartitionInputs {
  readonly cursors: ReadonlyMap<string, InputCursor>
  readonly #partition: number
  readonly #ports: PartitionInputsPorts
  readonly #topicIds: ReadonlyMap<string, string>
  readonly #paused = new Set<string>()

  constructor(partition: number, positions: Positions['inputs'], ports: PartitionInputsPorts) {
    this.#partition = partition
    this.#ports = ports
    this.cursors = new Map(
      positions.map(({ topic, committed, metadata, low }) => [
        topic,
        new InputCursor(topic, committed, metadata, low),
      ]),
    )
    this.#topicIds = new Map(positions.map(({ topic, topicId }) => [topic, topicId]))
  }

  /** Reads on from the committed offsets. */
  begin(): void {
    for (const { topic, fetched } of this.cursors.values()) this.#ports.consumer.seek(topic, fetched)
    this.#ports.consumer.resume([...this.cursors.keys()])
  }

  /** @throws when the batch does not continue where the last one ended: it was fetched before a seek. */
  accept(batch: FetchedBatch): void {
    const cursor = this.cursors.get(batch.topic)
    if (cursor === undefined) return
    if (Number(batch.fetchedOffset) !== cursor.fetched) {
      throw new Error(`${batch.topic}: batch at ${batch.fetchedOffset}, expected ${cursor.fetched}`)
    }
    for (const message of batch.messages) this.#arrive(cursor, message)
    cursor.pass(Number(batch.lastOffset()) + 1)
  }

  /** Offsets from `from` up to `next` carry nothing. Ignored when they were fetched before a seek. */
  skip(topic: string, from: number, next: number): void {
    const cursor = this.cursors.get(topic)
    if (cursor?.fetched === from) cursor.pass(next)
  }

  /** Pauses inputs while too much is on its way, and resumes them. */
  regulate(isFull: boolean): void {
    for (const { topic, waiting } of this.cursors.values()) {
      const stop = isFull || waiting > WAITING_MAX
      if (stop && !this.#paused.has(topic)) {
        this.#paused.add(topic)
        this.#ports.consumer.pause([topic])
      } else if (!stop && this.#paused.delete(topic)) this.#ports.consumer.resume([topic])
    }
  }

  #arrive(cursor: InputCursor, message: FetchedBatch['messages'][number]): void {
    const record: InputRecord = {
      type: 'record',
      topic: cursor.topic,
      topicId: this.#topicIds.get(cursor.topic) ?? '',
      partition: this.#partition,
      offset: Number(message.offset),
      key: message.key,
      value: message.value,
      headers: message.headers ?? {},
      timestampMs: Number(message.timestamp),
      fact: null,
    }
    const { lookUp, decide } = this.#ports
    cursor.arrive(
      record.offset,
      () => lookUp(record),
      fact => decide(fact === null ? record : { ...record, fact }),
    )
  }
}

/** The group's consumer as one tenure of one partition number uses it: not at all once that tenure is over. */
export class PartitionConsumer {
  readonly #consumer: Pick<Consumer, 'seek' | 'pause' | 'resume'>
  readonly #partition: number
  readonly #isLive: () => boolean

  constructor(
    consumer: Pick<Consumer, 'seek' | 'pause' | 'resume'>,
    partition: number,
    isLive: () => boolean,
  ) {
    this.#consumer = consumer
    this.#partition = partition
    this.#isLive = isLive
  }

  seek(topic: string, offset: number): void {
    const [partition, isLive] = [this.#partition, this.#isLive()]
    if (isLive) this.#consumer.seek({ topic, partition, offset: String(offset) })
  }
  pause(topics: readonly string[]): void {
    if (this.#isLive()) this.#consumer.pause(this.#on(topics))
  }
  resume(topics: readonly string[]): void {
    if (this.#isLive()) this.#consumer.resume(this.#on(topics))
  }

  #on = (topics: readonly string[]) => topics.map(topic => ({ topic, partitions: [this.#partition] }))
}

import type { Consumer } from 'kafkajs'

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

/**
 * A consumer that outlives the absence of brokers, and of rights: they may be given back. When kafkajs gives one up it leaves the group and says whether it
 * starts it again; a lock that timed out because a broker hangs it takes for a bug.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Consumer, ConsumerRunConfig } from 'kafkajs'
import { isDenied } from '../kafkajs/denial.ts'

export interface LastingConsumerPorts {
  readonly consumer: Pick<Consumer, 'on' | 'events' | 'run' | 'stop'>
  readonly config: ConsumerRunConfig
  /** It starts again; told for those who do not want to wait. */
  readonly interrupted?: (error: unknown) => void
  /** Something that no new start of the consumer mends. */
  readonly crash: (error: unknown) => void
  readonly pause?: (ms: number) => Promise<unknown>
}

const START_AGAIN_MS = 1_000
/** A person must have given the right. */
const DENIED_AGAIN_MS = 5_000

export class LastingConsumer {
  readonly #ports: LastingConsumerPorts
  readonly #pause: (ms: number) => Promise<unknown>
  #startsAgain = false
  #isOver = false

  constructor(ports: LastingConsumerPorts) {
    this.#ports = ports
    this.#pause = ports.pause ?? (ms => delay(ms, undefined, { ref: false }))
  }

  /** Resolves when the group is joined, or could not be joined at once. */
  async run(): Promise<void> {
    const { consumer, config, interrupted, crash } = this.#ports
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (this.#isOver) return
      const waitMs = isDenied(error) ? DENIED_AGAIN_MS : START_AGAIN_MS
      if (!restart && !isPassing(error) && !isDenied(error)) return crash(error)
      interrupted?.(error)
      if (!restart) void this.#runAgain(() => this.#pause(waitMs))
    })
    await consumer.run(config)
  }

  /** Leaves the group and joins it anew. */
  joinAgain(): Promise<void> {
    return this.#runAgain(() => this.#ports.consumer.stop())
  }

  /** From now on nothing is started again. */
  end(): void {
    this.#isOver = true
  }

  async #runAgain(first: () => Promise<unknown>): Promise<void> {
    if (this.#startsAgain) return
    this.#startsAgain = true
    try {
      await first()
      if (!this.#isOver) await this.#ports.consumer.run(this.#ports.config)
    } catch (error) {
      this.#ports.crash(error)
    } finally {
      this.#startsAgain = false
    }
  }
}

/** What is not marked, although it passes: impatience, kafkajs's and ours, and a lock that a broker holds who hangs. */
const PASSING: ReadonlySet<string> = new Set([
  'NotAcknowledged',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
])

/** Whether the same may succeed later: the error, or what caused it, says so. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return Reflect.get(error, 'retriable') === true || PASSING.has(error.name) || isPassing(error.cause)
}

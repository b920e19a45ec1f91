/**
 * The member of the group: which partition numbers are ours, and one live tenure for each.
 *
 * `GROUP_JOIN` is the one reliable signal of a new assignment. Its listener runs synchronously, before kafkajs fetches
 * anything: it ends what was, pauses everything, and starts taking what is.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, Consumer } from 'kafkajs'
import { createAssigner } from './assigner.ts'
import type { InputCursor } from './input-cursor.ts'
import type { KafkaClient } from './kafka.ts'
import type { FetchedBatch } from './kafkajs.ts'
import type { Logger } from './logger.ts'
import { openPartitionStore, type PartitionStore } from './partition-store.ts'
import type { InputOutcome, Processor } from './processor.ts'
import { Tenure } from './tenure.ts'

/** A killed member's partitions wait this long. */
export const SESSION_TIMEOUT_MS = 10_000
const HEARTBEAT_INTERVAL_MS = 1_000
/** After a failure the coordinator must confirm this often that we are a member, so that a fenced owner does not fence back. */
const HEARTBEATS_BEFORE_RETAKING = 2
const OPEN_TRANSACTION_WAIT_MS = 2_000
const STOP_WAIT_MS = 5_000

export interface PartitionOwnerOptions<Internal, Effect> {
  readonly kafka: KafkaClient
  readonly process: Processor<Internal, Effect>
  readonly stateDirectory: string
  readonly log: Logger
  /** Called after each commit with what it settled. */
  readonly committed: (outcomes: readonly InputOutcome[]) => void
  /** Called with the numbers of each new assignment. */
  readonly assigned: (numbers: readonly number[]) => void
  /** Called at every heartbeat of the group. */
  readonly heartbeat: () => void
  readonly crash: (error: unknown) => never
}

export class PartitionOwner<Internal, Effect> {
  readonly #options: PartitionOwnerOptions<Internal, Effect>
  readonly #admin: Admin
  readonly #consumer: Consumer
  readonly #topics: readonly string[]
  readonly #tenures = new Map<number, Tenure<Internal, Effect>>()
  readonly #stores = new Map<number, PartitionStore>()
  readonly #closing = new Map<number, Promise<void>>()
  readonly #beats = new Set<() => void>()
  #assigned = false
  #stopping = false

  constructor(options: PartitionOwnerOptions<Internal, Effect>) {
    const { kafka, process } = options
    this.#options = options
    this.#topics = [...new Set([...process.inputs, ...process.tables.map(({ topic }) => topic)])]
    this.#admin = kafka.admin()
    this.#consumer = kafka.consumer({
      groupId: process.group,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: 20_000,
      // With everything paused, the fetch loop sleeps this long.
      maxWaitTimeInMs: 100,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 40 },
      partitionAssigners: [createAssigner(() => [...this.#tenures.keys()])],
    })
  }

  /** Partition numbers assigned to this member; null before the first assignment. */
  get numbers(): readonly number[] | null {
    return this.#assigned ? [...this.#tenures.keys()] : null
  }
  /** Whether every assigned number is restored and decides. */
  get ready(): boolean {
    return this.#assigned && [...this.#tenures.values()].every(tenure => tenure.ready && tenure.live)
  }
  *cursors(): Iterable<{ readonly partition: number; readonly cursor: InputCursor }> {
    for (const [partition, tenure] of this.#tenures)
      for (const cursor of tenure.cursors) yield { partition, cursor }
  }

  async start(): Promise<void> {
    const consumer = this.#consumer
    const { GROUP_JOIN, REBALANCING, START_BATCH_PROCESS, HEARTBEAT, CRASH } = consumer.events
    await Promise.all([this.#admin.connect(), consumer.connect()])
    await consumer.subscribe({ topics: [...this.#topics], fromBeginning: true })
    consumer.on(GROUP_JOIN, ({ payload }) => this.#take(payload.memberAssignment))
    consumer.on(REBALANCING, () => this.#hold())
    consumer.on(HEARTBEAT, () => this.#beat())
    consumer.on(CRASH, ({ payload }) => this.#options.crash(payload.error))
    consumer.on(START_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      if (batchSize === 0) this.#tenures.get(partition)?.skip(topic, Number(lastOffset) + 1)
    })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        await this.#options.process.prepare(batch.messages.map(({ value }) => value))
        const tenure = this.#tenures.get(batch.partition)
        // Stale: fetched before a seek that is still to come.
        if (tenure !== undefined && !isStale()) this.#accept(tenure, batch as FetchedBatch)
      },
    })
  }

  /** Leaves the group cleanly: open transactions end, stores close. */
  async stop(): Promise<void> {
    this.#stopping = true
    const tenures = [...this.#tenures.values()]
    for (const tenure of tenures) tenure.end()
    await Promise.race([Promise.allSettled(tenures.map(({ settled }) => settled)), delay(STOP_WAIT_MS)])
    await this.#consumer.disconnect()
    for (const [partition, tenure] of this.#tenures) this.#release(partition, tenure)
    await Promise.all(this.#closing.values())
    await this.#admin.disconnect()
  }

  /** Synchronous up to the last pause: kafkajs fetches as soon as this returns. */
  #take(memberAssignment: Readonly<Record<string, readonly number[]>>): void {
    if (this.#stopping) return
    const numbers = memberAssignment[this.#topics[0] ?? ''] ?? []
    this.#consumer.pause(
      Object.entries(memberAssignment).map(([topic, partitions]) => ({ topic, partitions: [...partitions] })),
    )
    this.#options.log.info({ event: 'partitions_assigned', numbers }, 'Partitions assigned.')
    for (const [partition, tenure] of this.#tenures) {
      tenure.end()
      if (!numbers.includes(partition)) this.#release(partition, tenure)
    }
    this.#assigned = true
    this.#options.assigned(numbers)
    for (const partition of numbers) void this.#takeOne(partition)
  }

  async #takeOne(partition: number): Promise<void> {
    const { kafka, process, log, committed, crash, stateDirectory } = this.#options
    const earlier = this.#tenures.get(partition)
    const ports = { kafka, admin: this.#admin, consumer: this.#consumer, log, committed, crash }
    const tenure = new Tenure<Internal, Effect>(partition, process, ports)
    this.#tenures.set(partition, tenure)
    // Let an open transaction finish, but do not depend on it: the fence ends it.
    await Promise.race([earlier?.settled.catch(() => undefined), delay(OPEN_TRANSACTION_WAIT_MS)])
    discard(earlier)
    await this.#closing.get(partition)
    if (!tenure.live || this.#stopping) return
    try {
      await tenure.take(this.#store(partition, join(stateDirectory, String(partition))))
    } catch (error) {
      await this.#failed(tenure, error)
    }
  }

  #store(partition: number, path: string): PartitionStore {
    const store = this.#stores.get(partition) ?? openPartitionStore(path, Date.now)
    this.#stores.set(partition, store)
    return store
  }

  #accept(tenure: Tenure<Internal, Effect>, batch: FetchedBatch): void {
    try {
      tenure.accept(batch)
    } catch (error) {
      void this.#failed(tenure, error)
    }
  }

  /** Any failure ends the tenure. What it left open is settled by the fence of the next one. */
  async #failed(tenure: Tenure<Internal, Effect>, error: unknown): Promise<void> {
    const { partition } = tenure
    this.#options.log.warn(
      { event: 'tenure_failed', partition, error: codeOf(error) },
      'Partition is taken again.',
    )
    if (!tenure.live) return
    tenure.end()
    this.#consumer.pause(this.#topics.map(topic => ({ topic, partitions: [partition] })))
    for (let beat = 0; beat < HEARTBEATS_BEFORE_RETAKING; beat++) await this.#nextBeat()
    if (this.#tenures.get(partition) === tenure && !this.#stopping) await this.#takeOne(partition)
  }

  #release(partition: number, tenure: Tenure<Internal, Effect>): void {
    this.#tenures.delete(partition)
    discard(tenure)
    const closing = this.#stores.get(partition)?.close()
    if (closing !== undefined) this.#closing.set(partition, closing)
    this.#stores.delete(partition)
  }

  #hold(): void {
    for (const tenure of this.#tenures.values()) tenure.hold()
  }
  #beat(): void {
    this.#options.heartbeat()
    for (const beat of this.#beats) beat()
    this.#beats.clear()
  }
  #nextBeat = () => new Promise<void>(resolve => this.#beats.add(resolve))
}

/** Its producer has been fenced or will be: whether the connection still closes politely does not matter. */
function discard(
  tenure: Tenure<never, never> | Pick<Tenure<unknown, unknown>, 'producer'> | undefined,
): void {
  tenure?.producer?.disconnect().catch(() => undefined)
}

const codeOf = (error: unknown): string =>
  error instanceof Error
    ? String(Reflect.get(error, 'type') ?? `${error.name}: ${error.message}`)
    : String(error)

/**
 * The member of the group: which partition numbers are ours, and one live tenure for each.
 *
 * `GROUP_JOIN` is the one reliable signal of a new assignment. Its listener runs synchronously, before kafkajs fetches
 * anything: it ends what was, pauses everything, and starts taking what is.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, Consumer } from 'kafkajs'
import { type AdminClient, createAdminClient } from '../kafka/admin.ts'
import { type KafkaClient, principalOf } from '../kafka/client.ts'
import { deniedSentence } from '../kafka/denied.ts'
import { waitForCoordinator } from '../kafka/group-coordinator.ts'
import { LastingConsumer } from '../kafka/lasting-consumer.ts'
import { deniedResource } from '../kafkajs/denial.ts'
import type { FetchedBatch } from '../kafkajs/reading.ts'
import type { Logger } from '../process/logger.ts'
import type { LimitOf } from '../topics/message-limits.ts'
import { createAssigner } from './group/assigner.ts'
import { Heartbeats } from './group/heartbeats.ts'
import { Membership, type MembershipAdvice } from './group/membership.ts'
import type { Losses } from './losses.ts'
import type { InputOutcome, Processor } from './processor.ts'
import { Course, type DecidedPlace, type Reading } from './progress.ts'
import { openPartitionStore, type PartitionStore } from './store.ts'
import { Tenure } from './tenure.ts'

/** A killed member's partitions wait this long. */
export const SESSION_TIMEOUT_MS = 10_000
const HEARTBEAT_INTERVAL_MS = 1_000
/** After a failure the coordinator must confirm this often that we are a member, so that a fenced owner does not fence back. */
const HEARTBEATS_BEFORE_RETAKING = 2
const STOP_WAIT_MS = 5_000

interface CourseOf {
  readonly partition: number
  readonly course: Reading
  readonly isTroubled: boolean
}

export interface PartitionOwnerOptions<Internal, Effect> {
  readonly kafka: KafkaClient
  readonly processor: Processor<Internal, Effect>
  readonly stateDirectory: string
  /** Unset: `SESSION_TIMEOUT_MS`. */
  readonly sessionTimeoutMs?: number
  readonly log: Logger
  readonly limitOf: LimitOf
  /** Called after each commit with what it decided. */
  readonly committed: (outcomes: readonly InputOutcome[]) => void
  /** Called with the numbers of each new assignment. */
  readonly assigned: (numbers: readonly number[]) => void
  /** Called at every taking of a number with the logs that know less than its state, and again while that stands. */
  readonly lost: (partition: number, losses: Losses) => void
  /** Called at every heartbeat of the group. */
  readonly heartbeat: () => void
  readonly crash: (error: unknown) => never
}

export class PartitionOwner<Internal, Effect> {
  readonly #options: PartitionOwnerOptions<Internal, Effect>
  readonly #admin: AdminClient
  readonly #consumer: Consumer
  readonly #topics: readonly string[]
  readonly #tenures = new Map<number, Tenure<Internal, Effect>>()
  readonly #stores = new Map<number, PartitionStore>()
  readonly #closing = new Map<number, Promise<void>>()
  readonly #heartbeats = new Heartbeats()
  readonly #membership = new Membership()
  readonly #running: LastingConsumer
  readonly #courses = new Map<number, Course>()
  #hasBegun = false
  #denied: string | null = null
  #deniedWrite: { readonly partition: number; readonly sentence: string } | null = null
  #assigned = false
  #stopping = false

  constructor(options: PartitionOwnerOptions<Internal, Effect>) {
    const { kafka, processor } = options
    this.#options = options
    this.#topics = [...new Set([...processor.inputs, ...processor.tables.map(({ topic }) => topic)])]
    this.#admin = createAdminClient(kafka)
    this.#consumer = kafka.consumer({
      groupId: processor.group,
      sessionTimeout: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: 20_000,
      // With everything paused, the fetch loop sleeps this long.
      maxWaitTimeInMs: 100,
      // What is fetched lives past V8's young generation: with a megabyte each, the default, that is 100 MiB more.
      maxBytesPerPartition: 256 * 1024,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 40 },
      partitionAssigners: [createAssigner(() => [...this.#tenures.keys()])],
    })
    this.#running = new LastingConsumer({
      consumer: this.#consumer,
      config: {
        autoCommit: false,
        eachBatch: async ({ batch, isStale }) => {
          await processor.prepare(batch.messages.map(({ value }) => value))
          const tenure = this.#tenures.get(batch.partition)
          // Stale: fetched before a seek that is still to come.
          if (tenure !== undefined && !isStale()) this.#accept(tenure, batch as FetchedBatch)
        },
      },
      interrupted: error => this.#interrupted(error),
      crash: options.crash,
    })
  }

  /** Which right the cluster denies us, in words; null while it denies none. */
  get denied(): string | null {
    const write = this.#deniedWrite
    const isDenied = write !== null && this.#course(write.partition).isTroubled(Date.now())
    return this.#denied ?? (isDenied ? write.sentence : null)
  }
  /** Partition numbers assigned to this member; null before the first assignment. */
  get numbers(): readonly number[] | null {
    return this.#assigned ? [...this.#tenures.keys()] : null
  }
  /** Whether every assigned number is restored and decides. */
  get ready(): boolean {
    return this.#assigned && [...this.#tenures.values()].every(tenure => tenure.ready && tenure.live)
  }
  /** Logs whose loss a person must accept before their number decides: `<topic>/<number>`. */
  get lost(): readonly string[] {
    return [...this.#tenures].flatMap(([partition, { lost }]) => lost.map(topic => `${topic}/${partition}`))
  }
  /** Numbers that do not decide yet, and how many offsets each has still to restore (infinite: not known yet). */
  *behind(): Iterable<{ readonly partition: number; readonly behind: number }> {
    for (const [partition, { behind }] of this.#tenures) if (behind !== null) yield { partition, behind }
  }
  /** How many records of each topic and number nobody can read. */
  *setAside(): Iterable<{ readonly topic: string; readonly partition: number; readonly records: number }> {
    for (const [partition, tenure] of this.#tenures)
      for (const [topic, all] of Map.groupBy(tenure.setAside, each => each.topic))
        yield { topic, partition, records: all.length }
  }
  /** Where an input of one of our numbers stands; null while that number does not decide. */
  placeOf(topic: string, partition: number): DecidedPlace | null {
    return this.#tenures.get(partition)?.placeOf(topic) ?? null
  }
  /** How the commits of each of our numbers get on. */
  *courses(nowMs: number): Iterable<CourseOf> {
    for (const [partition, tenure] of this.#tenures) {
      const course = this.#course(partition)
      const isTroubled = course.isTroubled(nowMs)
      yield { partition, course: course.reading(tenure.hasOpenSteps, nowMs), isTroubled }
    }
  }
  /** Whether the group was asked for an assignment that has not come, and that no right stands in the way of. */
  get awaitsAssignment(): boolean {
    return this.#hasBegun && !this.#assigned && this.#denied === null
  }

  /** Returns when the group is joined. @throws when its coordinator does not answer within a minute. */
  async start(): Promise<void> {
    const { kafka, processor } = this.#options
    const [consumer, { group, inputs }] = [this.#consumer, processor]
    await consumer.connect()
    const fetchOffsets: Admin['fetchOffsets'] = wanted => this.#admin.use(admin => admin.fetchOffsets(wanted))
    await waitForCoordinator({ fetchOffsets }, group, inputs, { principal: principalOf(kafka) })
    this.#hasBegun = true
    await consumer.subscribe({ topics: [...this.#topics], fromBeginning: true })
    this.#listen()
    await this.#running.run()
  }

  #listen(): void {
    const consumer = this.#consumer
    const { GROUP_JOIN, REBALANCING, START_BATCH_PROCESS, HEARTBEAT, STOP } = consumer.events
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#membership.joined()
      this.#take(payload.memberAssignment)
    })
    consumer.on(REBALANCING, () => {
      this.#membership.announced()
      for (const tenure of this.#tenures.values()) tenure.hold()
    })
    consumer.on(HEARTBEAT, ({ payload: { memberId, groupGenerationId } }) => {
      this.#options.heartbeat()
      this.#heartbeats.beat()
      if (this.ready) this.#denied = null
      this.#follow(this.#membership.beat(`${memberId}/${groupGenerationId}`))
    })
    // Out of the group, and without a consumer to pause: nothing may be read or decided until the next assignment.
    consumer.on(STOP, () => {
      this.#assigned = false
      for (const tenure of this.#tenures.values()) tenure.end()
    })
    consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, batchSize, firstOffset, lastOffset } = payload
      if (batchSize > 0) return
      this.#tenures.get(partition)?.skip(topic, Number(firstOffset), Number(lastOffset) + 1)
    })
  }

  #interrupted(error: unknown): void {
    const { kafka, processor, log } = this.#options
    const resource = deniedResource(error)
    if (resource === null) return
    const right = resource === 'GROUP' ? `group "${processor.group}"` : `topics ${this.#topics.join(', ')}`
    const before = this.#denied
    this.#denied = deniedSentence(`Read on the ${right}`, principalOf(kafka))
    if (before !== this.#denied) log.error({ event: 'right_missing' }, `Nothing is read: ${this.#denied}`)
  }

  #follow(advice: MembershipAdvice): void {
    if (advice === 'none' || this.#stopping) return
    this.#options.log.warn(
      { event: 'no_join_followed', advice },
      'A rebalance was announced and did not come.',
    )
    if (advice === 'join-again') void this.#running.joinAgain()
    else for (const tenure of this.#tenures.values()) tenure.release()
  }

  /** Leaves the group cleanly: open transactions end, stores close. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#running.end()
    const tenures = [...this.#tenures.values()]
    for (const tenure of tenures) tenure.end()
    await Promise.race([Promise.allSettled(tenures.map(({ ended }) => ended)), delay(STOP_WAIT_MS)])
    await this.#consumer.disconnect()
    for (const [partition, tenure] of this.#tenures) this.#release(partition, tenure)
    await Promise.all(this.#closing.values())
    await this.#admin.close()
  }

  /** Synchronous up to the last pause: kafkajs fetches as soon as this returns. */
  #take(memberAssignment: Readonly<Record<string, readonly number[]>>): void {
    if (this.#stopping) return
    const numbers = [...new Set(Object.values(memberAssignment).flat())]
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
    const { kafka, processor, log, limitOf, committed, lost, crash, stateDirectory } = this.#options
    const earlier = this.#tenures.get(partition)
    const ports = {
      ...{ kafka, admin: this.#admin, consumer: this.#consumer, log, limitOf, lost, crash },
      committed: (outcomes: readonly InputOutcome[]) => {
        this.#course(partition).committed(outcomes.length > 0)
        committed(outcomes)
      },
    }
    const tenure = new Tenure<Internal, Effect>(partition, processor, ports)
    this.#tenures.set(partition, tenure)
    await earlier?.windUp()
    await this.#closing.get(partition)
    if (!tenure.live || this.#stopping) return
    try {
      await tenure.take(this.#store(partition, join(stateDirectory, String(partition))))
    } catch (error) {
      await this.#failed(tenure, error)
    }
  }

  /** Kept while the number comes and goes: whoever fails at it again is in the same trouble. */
  #course(partition: number): Course {
    const course = this.#courses.get(partition) ?? new Course()
    this.#courses.set(partition, course)
    return course
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

  /** Any failure ends the tenure. What it left open is ended by the fence of the next one. */
  async #failed(tenure: Tenure<Internal, Effect>, error: unknown): Promise<void> {
    const { partition } = tenure
    if (!tenure.live) return
    tenure.end()
    this.#course(partition).failed(Date.now())
    const line = { event: 'tenure_failed', partition, error: codeOf(error) }
    this.#options.log.warn(line, 'Partition is taken again.')
    if (deniedResource(error) === 'TOPIC') this.#writeDenied(partition, error)
    this.#consumer.pause(this.#topics.map(topic => ({ topic, partitions: [partition] })))
    await this.#heartbeats.next(HEARTBEATS_BEFORE_RETAKING)
    if (this.#tenures.get(partition) === tenure && !this.#stopping) await this.#takeOne(partition)
  }

  #writeDenied(partition: number, error: unknown): void {
    const { kafka, log } = this.#options
    const topic: unknown = error instanceof Error ? Reflect.get(error, 'topic') : undefined
    const right = typeof topic === 'string' ? `Write on the topic ${topic}` : 'Write on a topic'
    const sentence = deniedSentence(right, principalOf(kafka))
    const before = this.denied
    this.#deniedWrite = { partition, sentence }
    if (before === sentence) return
    log.error({ event: 'right_missing', partition }, `Nothing is committed: ${sentence}`)
  }

  #release(partition: number, tenure: Tenure<Internal, Effect>): void {
    this.#tenures.delete(partition)
    void tenure.windUp()
    const closing = this.#stores.get(partition)?.close()
    if (closing !== undefined) this.#closing.set(partition, closing)
    this.#stores.delete(partition)
  }
}

/** What kafkajs calls the error, else its message: errors of ours name topics and offsets, nothing else. */
const codeOf = (error: unknown): string =>
  error instanceof Error
    ? String(Reflect.get(error, 'type') ?? `${error.name}: ${error.message}`)
    : String(error)

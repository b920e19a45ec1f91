/**
 * One tenure of partition number p by this process: from the fence to the first failure or the next assignment.
 * Every `await` may outlive the tenure: whoever comes later fences what this one still does, and may hold the store.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Producer } from 'kafkajs'
import { discard, fence } from '../kafka/fence.ts'
import type { FetchedBatch } from '../kafkajs/reading.ts'
import { Backlog } from './backlog.ts'
import { PartitionConsumer, PartitionInputs } from './inputs.ts'
import { judgeLosses } from './losses.ts'
import { type Positions, positionsOf, type TenurePorts } from './positions.ts'
import {
  type CountedAs,
  type Decision,
  type InputRecord,
  type PartitionProcessor,
  type Processor,
  writtenBy,
} from './processor.ts'
import type { DecidedPlace } from './progress.ts'
import { Restore } from './restore.ts'
import { type SetAside, setAside } from './set-aside.ts'
import { withinLimits } from './steps/oversized.ts'
import { type Step, Steps } from './steps/steps.ts'
import { StepWriter } from './steps/writer.ts'
import type { PartitionStore } from './store.ts'
import { WriteBehind } from './write-behind.ts'

/** Steps that may wait for their commit: above that, inputs are paused. */
const QUEUED_STEPS_MAX = 8
const OPEN_TRANSACTION_WAIT_MS = 2_000
/** Until it is asked again whether somebody has accepted a loss. */
const LOSS_LOOK_MS = 10_000

export class Tenure<Internal, Effect> {
  readonly partition: number
  live = true
  ready = false
  producer: Producer | undefined
  /** Topics whose loss somebody must accept before anything is decided. */
  lost: readonly string[] = []
  /** Resolves when nothing of it runs any more: neither the taking nor a transaction. */
  ended: Promise<void> = Promise.resolve()
  readonly #process: Processor<Internal, Effect>
  readonly #ports: TenurePorts
  readonly #consumer: PartitionConsumer
  readonly #ended = Promise.withResolvers<void>()
  readonly #abort = new AbortController()
  #restore: Restore | undefined
  #inputs: PartitionInputs | undefined
  #steps: Steps<Effect> | undefined
  #writer: StepWriter<Effect> | undefined
  #processor: PartitionProcessor<Internal, Effect> | undefined
  #isLedgerCut = false
  readonly #writable: ReadonlySet<string>
  readonly #backlog = new Backlog<Internal>({
    decide: input => void this.#submit(input),
    isFull: () => this.#isFull,
    isLive: () => this.live,
  })

  constructor(partition: number, process: Processor<Internal, Effect>, ports: TenurePorts) {
    this.partition = partition
    this.#process = process
    this.#ports = ports
    this.#consumer = new PartitionConsumer(ports.consumer, partition, () => this.live)
    this.#writable = writtenBy(process)
  }

  /** Decisions wait for their commit. */
  get hasOpenSteps(): boolean {
    return this.live && (this.#steps?.length ?? 0) > 0
  }
  /** Where an input stands; null while nothing is decided. */
  placeOf(topic: string): DecidedPlace | null {
    const cursor = this.#inputs?.cursors.get(topic)
    if (!this.live || !this.ready || cursor === undefined) return null
    return { decided: cursor.decided, waiting: cursor.waiting, hasOpenSteps: this.hasOpenSteps }
  }
  /** Offsets still to be restored before the first decision; null once it decides, or while a person is waited for. */
  get behind(): number | null {
    if (this.live && (this.ready || this.lost.length > 0)) return null
    return this.#restore?.behind ?? Number.POSITIVE_INFINITY
  }

  /** Resolves when the tenure is over. @throws when something failed: the partition must be taken again. */
  take(store: PartitionStore): Promise<void> {
    this.ended = this.#run(store)
    return this.ended
  }

  /** The order matters: fence; then bounds and committed offsets; then state; then the first decision. */
  async #run(store: PartitionStore): Promise<void> {
    const { partition } = this
    const producer = await fence(this.#ports.kafka, `${this.#process.group}-${partition}`)
    this.producer = producer
    if (!this.live) return discard(producer)
    const positions = await this.#positions(store)
    if (positions === null) return
    await this.#restoreState(store, positions)
    if (!this.live) return
    await this.#start(store, producer, positions).run()
  }

  /** Null when the tenure ended meanwhile: it waits for a person while the ledger has lost what the store knows of it. */
  async #positions(store: PartitionStore): Promise<Positions | null> {
    const { partition } = this
    const { admin, lost } = this.#ports
    for (;;) {
      const positions = await admin.use(own => positionsOf(own, this.#process, partition))
      if (!this.live) return null
      const known = { lost: store.losses(positions.tables), knownAtMs: store.knownAtMs }
      const losses = await admin.use(own => judgeLosses(own, this.#process, partition, known, Date.now()))
      if (!this.live) return null
      lost(partition, losses)
      this.lost = losses.open
      if (losses.rebuilt.length > 0 && losses.open.length === 0) store.giveUp()
      this.#isLedgerCut = losses.isLedgerCut
      if (losses.open.length === 0) return positions
      await Promise.race([delay(LOSS_LOOK_MS, undefined, { ref: false }), this.#ended.promise])
    }
  }

  async #restoreState(store: PartitionStore, positions: Positions): Promise<void> {
    const { tables } = this.#process
    const restore = new Restore(store, tables, positions.tables)
    const { pending, behind } = restore
    this.#restore = restore
    for (const { topic, position } of pending) this.#consumer.seek(topic, position)
    this.#consumer.resume(pending.map(({ topic }) => topic))
    await Promise.race([restore.done, this.#ended.promise])
    this.#consumer.pause(tables.map(({ topic }) => topic))
    this.#ports.log.debug({ event: 'partition_restored', partition: this.partition, behind }, 'Restored.')
  }

  #start(store: PartitionStore, producer: Producer, positions: Positions): StepWriter<Effect> {
    const { partition } = this
    const { group, tables } = this.#process
    const behind = new WriteBehind(store)
    const steps = new Steps<Effect>(partition, tables, behind, positions.tables)
    const inputs = new PartitionInputs(partition, positions.inputs, {
      consumer: this.#consumer,
      lookUp: record => this.#lookUp(record),
      decide: record => this.#decideRecord(record),
    })
    const isLive = () => this.live
    const committed = (step: Step<Effect>) => this.#committed(step)
    const { cursors } = inputs
    const writer = new StepWriter({
      ...{ steps, behind, producer, cursors, group, partition, tables, isLive, committed },
      limitOf: this.#ports.limitOf,
    })
    this.#sayWhatIsLost(positions)
    this.#sayWhatIsSetAside(steps)
    this.#processor = this.#process.open({
      partition,
      submit: input => this.#submit(input),
      submitAll: inputs => this.#backlog.add(inputs),
    })
    this.#inputs = inputs
    this.#steps = steps
    this.#writer = writer
    this.#restore = undefined
    this.ready = true
    this.#guard(() => this.#processor?.started(steps, this.#isLedgerCut))
    inputs.begin()
    this.#ports.log.debug({ event: 'partition_taken', partition }, 'Partition taken.')
    return writer
  }

  #sayWhatIsLost({ inputs }: Positions): void {
    for (const { topic, committed, low } of inputs) {
      if (committed < 0 || low <= committed) continue
      const line = { event: 'offsets_lost', topic, partition: this.partition, from: committed, to: low }
      this.#ports.log.error(line, 'Records were gone from the topic before they were read.')
    }
  }

  /** Records that nobody can read and that nothing has replaced yet. */
  get setAside(): Iterable<SetAside> {
    return this.live && this.#steps !== undefined ? setAside(this.#steps) : []
  }

  #sayWhatIsSetAside(steps: Steps<Effect>): void {
    for (const { topic, offset } of setAside(steps)) {
      const line = { event: 'record_set_aside', topic, partition: this.partition, offset }
      this.#ports.log.error(
        line,
        'Nobody can read this record: look at it, then "npm run ops -- topics skip".',
      )
    }
  }

  /** @throws when the batch was fetched before a seek; the tenure then ends. */
  accept(batch: FetchedBatch): void {
    if (!this.live) return
    if (this.#restore?.reads(batch.topic)) {
      this.#restore.accept(batch)
      if (!this.#restore.reads(batch.topic)) this.#consumer.pause([batch.topic])
      return
    }
    this.#inputs?.accept(batch)
    this.#regulate()
  }

  /** Offsets from `from` up to `next` carry nothing: kafkajs moved on without delivering anything. */
  skip(topic: string, from: number, next: number): void {
    if (!this.live) return
    if (this.#restore?.reads(topic)) this.#restore.skip(topic, from, next)
    else this.#inputs?.skip(topic, from, next)
  }

  hold(): void {
    this.#writer?.hold()
  }
  release(): void {
    this.#writer?.release()
  }

  end(): void {
    if (!this.live) return
    this.live = false
    this.#abort.abort()
    this.#ended.resolve()
    this.#writer?.stop()
    this.#processor?.stopped()
  }

  /** After the end: lets an open transaction finish, but does not depend on it, since the next fence ends it. */
  async windUp(): Promise<void> {
    await Promise.race([this.ended.catch(() => undefined), delay(OPEN_TRANSACTION_WAIT_MS)])
    discard(this.producer)
  }

  #lookUp(record: InputRecord): Promise<unknown> | null {
    if (!this.live) return null
    const fact = this.#guard(() => this.#processor?.lookUp(record, this.#abort.signal) ?? null)
    return fact?.catch((error: unknown) => (this.live ? this.#bug(error) : null)) ?? null
  }

  #decideRecord(record: InputRecord): CountedAs {
    // Ended while the fact was awaited: nothing of it will be committed.
    if (!this.live) return 'skipped'
    const { outcome } = this.#decide(record)
    return outcome?.name ?? this.#bug(new Error(`a record of ${record.topic} was left without outcome`))
  }

  #submit(input: Internal): boolean {
    if (!this.live || !this.ready) return false
    this.#decide({ type: 'internal', input })
    return true
  }

  #decide(input: Parameters<PartitionProcessor<Internal, Effect>['decide']>[0]): Decision<Effect> {
    const [steps, writer, processor] = [this.#steps, this.#writer, this.#processor]
    if (!steps || !writer || !processor) throw new Error('decided before the partition was taken')
    return this.#guard(() => {
      const step = writer.open()
      if (input.type === 'record') steps.read(step, input)
      const decision = withinLimits(
        processor.decide(input, steps),
        this.#ports.limitOf,
        (oversized, refused) => {
          const line = { event: 'record_too_large', partition: this.partition, ...oversized }
          this.#ports.log.warn(line, 'A record is larger than its topic takes: it is not written.')
          return processor.refuse(input, oversized, refused)
        },
      )
      const undeclared = decision.outputs.find(({ topic }) => !this.#writable.has(topic))
      if (undeclared) throw new Error(`nobody has declared that ${undeclared.topic} is written`)
      steps.add(step, decision)
      writer.wake()
      return decision
    })
  }

  #committed(step: Step<Effect>): void {
    this.#guard(() => {
      this.#ports.committed(step.outcomes)
      this.#processor?.perform(step.effects)
    })
    this.#regulate()
  }

  /** An exception in what a process brings along is a bug: stop before anything more is committed. */
  #guard<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      return this.#bug(error)
    }
  }
  #bug(error: unknown): never {
    this.end()
    return this.#ports.crash(error)
  }

  get #isFull(): boolean {
    return (this.#steps?.length ?? 0) > QUEUED_STEPS_MAX
  }
  #regulate(): void {
    this.#inputs?.regulate(this.#isFull)
    this.#backlog.goOn()
  }
}

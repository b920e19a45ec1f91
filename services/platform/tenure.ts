/**
 * One tenure of partition number p by this process: from the fence to the first failure or the next assignment.
 * Every `await` may outlive the tenure: whoever comes later fences what this one still does.
 */
import type { Producer } from 'kafkajs'
import { InputCursor } from './input-cursor.ts'
import type { FetchedBatch } from './kafkajs.ts'
import type { PartitionStore } from './partition-store.ts'
import type { Decision, InputRecord, OutcomeName, PartitionProcessor, Processor } from './processor.ts'
import { Restore } from './restore.ts'
import { StepWriter } from './step-writer.ts'
import { Steps } from './steps.ts'
import { fence, positionsOf, type TenurePorts } from './taking.ts'

type Message = FetchedBatch['messages'][number]

/** Decisions in one transaction; steps that may wait for their commit; records that may wait for a fact. */
const LIMITS = { stepSize: 500, queuedSteps: 8, waitingFacts: 100 }

export class Tenure<Internal, Effect> {
  readonly partition: number
  live = true
  ready = false
  producer: Producer | undefined
  /** Settles when an open transaction, if there is one, has ended. */
  settled: Promise<void> = Promise.resolve()
  readonly #process: Processor<Internal, Effect>
  readonly #ports: TenurePorts
  readonly #cursors = new Map<string, InputCursor>()
  readonly #ended = Promise.withResolvers<void>()
  readonly #abort = new AbortController()
  readonly #paused = new Set<string>()
  #restore: Restore | undefined
  #steps: Steps<Effect> | undefined
  #writer: StepWriter<Effect> | undefined
  #processor: PartitionProcessor<Internal, Effect> | undefined

  constructor(partition: number, process: Processor<Internal, Effect>, ports: TenurePorts) {
    this.partition = partition
    this.#process = process
    this.#ports = ports
  }

  get cursors(): Iterable<InputCursor> {
    return this.#cursors.values()
  }

  /** The order matters: fence; then bounds and committed offsets; then state; then the first decision. */
  async take(store: PartitionStore): Promise<void> {
    const { partition } = this
    this.producer = await fence(this.#ports.kafka, `${this.#process.group}-${partition}`)
    const positions = await positionsOf(this.#ports.admin, this.#process, partition)
    const restore = await Restore.begin(store, this.#process.tables, positions.tables)
    this.#restore = restore
    for (const { topic, position } of restore.pending) this.#seek(topic, position)
    this.#resume(restore.pending.map(({ topic }) => topic))
    await Promise.race([restore.done, this.#ended.promise])
    if (!this.live) return
    this.#pause(this.#process.tables.map(({ topic }) => topic))
    this.#restore = undefined

    const steps = new Steps<Effect>(partition, this.#process.tables, store)
    const processor = this.#process.open({ partition, submit: input => this.#submit(input) })
    for (const { topic, committed, metadata, low } of positions.inputs) {
      const cursor = new InputCursor(topic, committed, metadata, low)
      this.#cursors.set(topic, cursor)
      this.#seek(topic, cursor.fetched)
    }
    this.#steps = steps
    this.#processor = processor
    this.#writer = new StepWriter({
      steps,
      store,
      producer: this.producer,
      cursors: this.#cursors,
      group: this.#process.group,
      partition,
      tables: this.#process.tables,
      isLive: () => this.live,
      committed: step => {
        this.#ports.committed(step.outcomes)
        processor.perform(step.effects)
        this.#flow()
      },
    })
    this.ready = true
    processor.started(steps)
    this.#resume(this.#process.inputs)
    this.#ports.log.debug(
      { event: 'partition_taken', partition, restored: restore.behind },
      'Partition taken.',
    )
    this.settled = this.#writer.run()
    await this.settled
  }

  /** @throws when the batch was fetched before a seek; the tenure then ends. */
  accept(batch: FetchedBatch): void {
    if (!this.live) return
    if (this.#restore?.reads(batch.topic)) {
      this.#restore.accept(batch)
      return
    }
    const cursor = this.#cursors.get(batch.topic)
    if (!this.ready || cursor === undefined) return
    if (Number(batch.fetchedOffset) !== cursor.fetched) {
      throw new Error(`${batch.topic}: batch at ${batch.fetchedOffset}, expected ${cursor.fetched}`)
    }
    for (const message of batch.messages) this.#arrive(cursor, message)
    cursor.pass(Number(batch.lastOffset()) + 1)
    this.#flow()
  }

  /** Offsets before `next` carry nothing: kafkajs moved on without delivering anything. */
  skip(topic: string, next: number): void {
    if (!this.live) return
    if (this.#restore?.reads(topic)) this.#restore.skip(topic, next)
    else if (this.ready) this.#cursors.get(topic)?.pass(next)
  }

  hold(): void {
    this.#writer?.hold()
  }

  end(): void {
    if (!this.live) return
    this.live = false
    this.#abort.abort()
    this.#ended.resolve()
    this.#writer?.stop()
    this.#processor?.stopped()
  }

  #arrive(cursor: InputCursor, message: Message): void {
    const record: InputRecord = {
      type: 'record',
      topic: cursor.topic,
      partition: this.partition,
      offset: Number(message.offset),
      key: message.key,
      value: message.value,
      headers: message.headers ?? {},
      timestampMs: Number(message.timestamp),
      fact: null,
    }
    const fact = this.#guard(() => this.#processor?.lookUp(record, this.#abort.signal) ?? null)
    cursor.arrive(record.offset, fact, known =>
      this.#decideRecord(fact === null ? record : { ...record, fact: known }),
    )
  }

  #decideRecord(record: InputRecord): OutcomeName {
    // Ended while the fact was awaited: nothing of it will be committed.
    if (!this.live) return 'skipped'
    const decision = this.#decide(record)
    if (decision.outcome === null)
      this.#ports.crash(new Error(`a record of ${record.topic} was left without outcome`))
    return decision.outcome?.name ?? 'skipped'
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
      const step = writer.open(LIMITS.stepSize)
      const decision = processor.decide(input, steps)
      steps.add(step, decision)
      // A topic that is both input and table: what it says is kept once it is decided.
      if (input.type === 'record') steps.keep(step, input.topic, input.key, input.value)
      writer.wake()
      return decision
    })
  }

  /** An exception in a decision is a bug: stop before anything is committed. */
  #guard<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      this.end()
      return this.#ports.crash(error)
    }
  }

  /** Pauses inputs while too much is on its way, and resumes them. */
  #flow(): void {
    const full = (this.#steps?.length ?? 0) > LIMITS.queuedSteps
    for (const { topic, waiting } of this.#cursors.values()) {
      const stop = full || waiting > LIMITS.waitingFacts
      if (stop && !this.#paused.has(topic)) {
        this.#paused.add(topic)
        this.#pause([topic])
      } else if (!stop && this.#paused.delete(topic)) this.#resume([topic])
    }
  }

  #seek = (topic: string, offset: number) =>
    this.#ports.consumer.seek({ topic, partition: this.partition, offset: String(offset) })
  #on = (topics: readonly string[]) => topics.map(topic => ({ topic, partitions: [this.partition] }))
  #pause(topics: readonly string[]): void {
    this.#ports.consumer.pause(this.#on(topics))
  }
  #resume(topics: readonly string[]): void {
    if (this.live) this.#ports.consumer.resume(this.#on(topics))
  }
}

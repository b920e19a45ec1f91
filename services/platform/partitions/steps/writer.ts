/** Commits steps in order, one transaction at a time, while the next one fills. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Producer } from 'kafkajs'
import { BATCH_BYTES_MAX } from '../../kafka/producer-batch.ts'
import type { LimitOf } from '../../topics/message-limits.ts'
import type { InputCursor } from '../input-cursor.ts'
import type { Table } from '../processor.ts'
import type { WriteBehind } from '../write-behind.ts'
import type { Step, Steps } from './steps.ts'
import { commitStep, endOf, type OffsetCommit, Offsets, type SentRequest } from './transaction.ts'

/** When a step is full: one that a decision has made larger goes in several requests. */
const STEP_LIMITS = { size: 500, bytes: 512 * 1024 }
/** A step that is not full waits for what the same fetch has brought. */
const LINGER_MS = 1
/**
 * From one begin to the next while steps are not full. Each transaction costs five requests, however little it holds:
 * without a pace, all partitions write as many as the processors bear, and everything waits for the processors.
 */
const PACE_MS = 40
/**
 * Inputs move without a decision, past markers of transactions and past what retention took: for as long after the last
 * commit that is not committed. Never committed, it would count as lost once retention takes it.
 */
const QUIET_MS = 30_000

export interface StepWriterPorts<Effect> {
  readonly steps: Steps<Effect>
  readonly behind: WriteBehind
  readonly producer: Producer
  readonly cursors: ReadonlyMap<string, InputCursor>
  readonly group: string
  readonly partition: number
  readonly tables: readonly Table[]
  readonly limitOf: LimitOf
  readonly isLive: () => boolean
  readonly committed: (step: Step<Effect>) => void
}

export class StepWriter<Effect> {
  readonly #ports: StepWriterPorts<Effect>
  readonly #offsets = new Map<Step<Effect>, readonly OffsetCommit[]>()
  readonly #inputs: Offsets
  #held = false
  #begunAtMs = Number.NEGATIVE_INFINITY
  #wakeUp: () => void = () => {}

  constructor(ports: StepWriterPorts<Effect>) {
    this.#ports = ports
    this.#inputs = new Offsets(ports.cursors)
  }

  /** The step that takes the next decision. A full one is closed first: its offsets are those of now. */
  open(): Step<Effect> {
    const { steps } = this.#ports
    const last = steps.last
    if (last !== undefined && !last.closed && isFull(last)) this.#close(last)
    return steps.open(performance.now())
  }

  wake(): void {
    this.#wakeUp()
  }
  /** A rebalance was announced: finish what is open, start nothing new. A courtesy; exactness comes from the fence. */
  hold(): void {
    this.#held = true
  }
  /** The partition has stayed ours. */
  release(): void {
    this.#held = false
    this.wake()
  }
  stop(): void {
    this.#held = true
    this.wake()
  }

  /** Until the tenure ends. @throws when a transaction failed: the partition must be taken again. */
  async run(): Promise<void> {
    const { steps, behind, isLive } = this.#ports
    // Not after the tenure: a later one may hold the store by then, and restores what it lacks from the topics.
    while (isLive()) {
      if (behind.dueMs <= performance.now()) behind.store(true)
      if (steps.first === undefined && !this.#held && this.#isQuiet()) this.open()
      const step = steps.first
      if (step === undefined || this.#held) {
        await this.#sleep(Math.min(behind.dueMs - performance.now(), QUIET_MS))
        continue
      }
      const dueMs = Math.max(step.sinceMs + LINGER_MS, this.#begunAtMs + PACE_MS)
      const lingerMs = step.closed || isFull(step) ? 0 : dueMs - performance.now()
      if (lingerMs > 0) await delay(lingerMs)
      else await this.#commit(step)
    }
  }

  #isQuiet = (): boolean => this.#inputs.hasMoved && performance.now() - this.#begunAtMs >= QUIET_MS

  /** Until it is woken, or for so long. */
  async #sleep(ms: number): Promise<void> {
    const woken = Promise.withResolvers<void>()
    this.#wakeUp = woken.resolve
    const timer = setTimeout(woken.resolve, ms)
    await woken.promise
    clearTimeout(timer)
  }

  #close(step: Step<Effect>): void {
    step.closed = true
    this.#offsets.set(step, this.#inputs.take(step.records.size > 0))
  }

  async #commit(step: Step<Effect>): Promise<void> {
    this.#begunAtMs = performance.now()
    if (!step.closed) this.#close(step)
    const { producer, group, partition, steps, behind, committed, limitOf } = this.#ports
    const offsets = this.#offsets.get(step) ?? []
    const batchBytesMax = (topic: string) => Math.min(BATCH_BYTES_MAX, limitOf(topic))
    const sent = await commitStep(producer, group, partition, step.records, offsets, batchBytesMax)
    this.#offsets.delete(step)
    behind.add(step.entries, this.#checkpoints(sent, offsets), performance.now())
    steps.committed()
    committed(step)
  }

  *#checkpoints(
    sent: readonly SentRequest[],
    offsets: readonly OffsetCommit[],
  ): Iterable<readonly [string, number]> {
    const { tables, partition, steps, cursors } = this.#ports
    for (const { topic } of tables) {
      const moved = offsets.find(offset => offset.topic === topic)
      const read = moved === undefined ? null : Number(moved.offset)
      const end = cursors.has(topic) ? read : endOf(sent, topic, partition)
      if (end !== null) yield [topic, Math.max(end, steps.restoredTo(topic))]
    }
  }
}

const isFull = ({ size, bytes }: Pick<Step<never>, 'size' | 'bytes'>): boolean =>
  size >= STEP_LIMITS.size || bytes >= STEP_LIMITS.bytes

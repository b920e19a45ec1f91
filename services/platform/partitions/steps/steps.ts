/**
 * Decisions on their way to a commit. A step is what one transaction will write: outputs, offsets, the entries of the
 * store. Until it is committed, an overlay shows its entries to later decisions.
 */
import type { IHeaders } from 'kafkajs'
import { recordBytes } from '../../kafka/producer-batch.ts'
import type { Decision, InputOutcome, InputRecord, Output, State, StoreEntry, Table } from '../processor.ts'
import { namesOf, setAsideKey } from '../set-aside.ts'
import type { Bounds } from '../store.ts'

export interface OutgoingRecord {
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly partition: number
  readonly headers?: IHeaders
  /** What it takes in a request. */
  readonly bytes: number
}

export interface Step<Effect> {
  readonly sinceMs: number
  /** Decisions in it. */
  size: number
  /** Keys, values and headers that it writes. */
  bytes: number
  readonly records: Map<string, OutgoingRecord[]>
  readonly entries: Map<string, unknown>
  readonly outcomes: InputOutcome[]
  readonly effects: Effect[]
  /** It takes no more decisions. */
  closed: boolean
}

export interface CommittedState {
  get(key: string): unknown
  scan(prefix: string): Iterable<StoreEntry>
}

/** Where each table ended when the partition was taken: up to there the store knows it. */
export type Restored = ReadonlyMap<string, Pick<Bounds, 'end'>>

export class Steps<Effect> implements State {
  readonly #partition: number
  readonly #tables: ReadonlyMap<string, Table>
  readonly #committed: CommittedState
  readonly #restored: Restored
  readonly #overlay = new Map<string, { readonly value: unknown; readonly step: Step<Effect> }>()
  readonly #setAside: Set<string>
  /** Oldest first; the last one may still fill. */
  readonly #queue: Step<Effect>[] = []

  constructor(partition: number, tables: readonly Table[], committed: CommittedState, restored: Restored) {
    this.#partition = partition
    this.#restored = restored
    this.#tables = new Map(tables.map(table => [table.topic, table]))
    this.#committed = committed
    this.#setAside = namesOf(committed)
  }

  get length(): number {
    return this.#queue.length
  }
  get first(): Step<Effect> | undefined {
    return this.#queue[0]
  }

  get(key: string): unknown {
    const pending = this.#overlay.get(key)
    return pending === undefined ? this.#committed.get(key) : pending.value
  }

  /** What is decided or committed while somebody walks through it may show or not, and never twice. */
  *scan(prefix: string): Iterable<StoreEntry> {
    const pending = new Map([...this.#overlay].filter(([key]) => key.startsWith(prefix)))
    for (const entry of this.#committed.scan(prefix)) if (!pending.has(entry[0])) yield entry
    for (const [key, { value }] of pending) if (value !== undefined) yield [key, value]
  }

  get last(): Step<Effect> | undefined {
    return this.#queue.at(-1)
  }

  /** The step that takes the next decision: the last one, unless it is closed. */
  open(nowMs: number): Step<Effect> {
    const { last } = this
    if (last !== undefined && !last.closed) return last
    const step: Step<Effect> = {
      sinceMs: nowMs,
      size: 0,
      bytes: 0,
      records: new Map(),
      entries: new Map(),
      outcomes: [],
      effects: [],
      closed: false,
    }
    this.#queue.push(step)
    return step
  }

  add(step: Step<Effect>, decision: Decision<Effect>): void {
    for (const output of decision.outputs) this.#write(step, output)
    step.effects.push(...decision.effects)
    if (decision.outcome !== null) step.outcomes.push(decision.outcome)
    step.size++
  }

  #write(step: Step<Effect>, output: Output): void {
    const partition = output.partition ?? this.#partition
    const records = step.records.get(output.topic) ?? []
    const bytes = recordBytes(output)
    records.push({
      key: output.key,
      value: output.value,
      partition,
      bytes,
      ...(output.headers && { headers: output.headers }),
    })
    step.records.set(output.topic, records)
    step.bytes += bytes
    if (partition === this.#partition)
      this.#keep(step, output.topic, output.key, output.value, output.entries)
  }

  /**
   * Before an input is decided: of a topic that is a table, too, its record is known then. What stood there when the
   * partition was taken is known already, and so is what came after it: whoever is behind decides by the newest.
   */
  read(step: Step<Effect>, { topic, key, value, offset }: InputRecord): void {
    if (offset >= this.restoredTo(topic)) this.#keep(step, topic, key, value)
  }

  /** First offset of a table that the store did not know when the partition was taken. */
  restoredTo(topic: string): number {
    return this.#restored.get(topic)?.end ?? 0
  }

  /** Puts what a table keeps of a record into the overlay; a topic that is no table of ours keeps nothing. */
  #keep(
    step: Step<Effect>,
    topic: string,
    key: Buffer | string | null,
    value: Buffer | null,
    known?: readonly StoreEntry[],
  ): void {
    const table = this.#tables.get(topic)
    if (table === undefined || key === null) return
    for (const [name, kept] of known ?? table.entries(key.toString(), value, this))
      this.#put(step, name, kept)
    const aside = setAsideKey(topic, key.toString())
    if (this.#setAside.size > 0 && this.#setAside.delete(aside)) this.#put(step, aside, undefined)
  }

  #put(step: Step<Effect>, name: string, value: unknown): void {
    step.entries.set(name, value)
    this.#overlay.set(name, { value, step })
  }

  /** The oldest step has been committed, and what is committed knows its entries. */
  committed(): void {
    const step = this.#queue.shift()
    if (step === undefined) return
    for (const key of step.entries.keys())
      if (this.#overlay.get(key)?.step === step) this.#overlay.delete(key)
  }
}

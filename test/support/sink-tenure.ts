/** One tenure of a partition of the sink in memory: the runtime's own steps and cursors, and topics that are arrays. */
import { InputCursor } from '../../services/platform/partitions/input-cursor.ts'
import type { InputRecord, StoreEntry, Table } from '../../services/platform/partitions/processor.ts'
import { type Step, Steps } from '../../services/platform/partitions/steps/steps.ts'
import type { Effect, Internal } from '../../services/pulsifi-sink/decide/effects.ts'
import { type PartitionPorts, SinkPartition } from '../../services/pulsifi-sink/partition.ts'

export interface LogRecord {
  readonly key: Buffer
  readonly value: Buffer | null
  readonly headers: InputRecord['headers']
}

/** Topics with all their partitions, by `topic/partition`: what survives every process. */
export class Topics {
  readonly #logs = new Map<string, LogRecord[]>()

  of(topic: string, partition: number): LogRecord[] {
    const name = `${topic}/${partition}`
    const log = this.#logs.get(name) ?? []
    this.#logs.set(name, log)
    return log
  }
}

/** What a partition number leaves to its next owner: what is committed. */
export interface Committed {
  store: Map<string, unknown>
  offsets: Map<string, number>
  /** Those of the step before the last. */
  offsetsBefore: Map<string, number>
}

export const storeOf = (entries: Map<string, unknown>) => ({
  get: (key: string) => entries.get(key),
  *scan(prefix: string): Iterable<StoreEntry> {
    for (const entry of entries) if (entry[0].startsWith(prefix)) yield entry
  },
})

export function apply(store: Map<string, unknown>, entries: Iterable<StoreEntry>): void {
  for (const [key, value] of entries) {
    if (value === undefined) store.delete(key)
    else store.set(key, value)
  }
}

export class SimulatedTenure {
  readonly partition: number
  readonly #topics: Topics
  readonly #committed: Committed
  readonly #steps: Steps<Effect>
  readonly #cursors: readonly InputCursor[]
  readonly #offsets = new Map<Step<Effect>, Map<string, number>>()
  readonly #abort = new AbortController()
  readonly #sink: SinkPartition
  #live = true

  constructor(
    partition: number,
    inputs: readonly string[],
    tables: readonly Table[],
    topics: Topics,
    committed: Committed,
    ports: PartitionPorts,
  ) {
    this.partition = partition
    this.#topics = topics
    this.#committed = committed
    const restored = this.#restore(tables, inputs)
    this.#steps = new Steps<Effect>(partition, tables, storeOf(committed.store), restored)
    this.#cursors = inputs.map(topic => new InputCursor(topic, committed.offsets.get(topic) ?? 0, null, 0))
    const submit = (input: Internal) => this.submit(input)
    const submitAll = (inputs: Iterable<Internal>) => {
      for (const input of inputs) submit(input)
    }
    this.#sink = new SinkPartition({ partition, submit, submitAll }, ports)
  }

  /** What stands in a table that is an input, too, is known when the partition is taken, decided or not. */
  #restore(tables: readonly Table[], inputs: readonly string[]): ReadonlyMap<string, { end: number }> {
    const { store, offsets } = this.#committed
    const ends = new Map<string, { end: number }>()
    for (const table of tables.filter(({ topic }) => inputs.includes(topic))) {
      const log = this.#topics.of(table.topic, this.partition)
      for (const { key, value } of log.slice(offsets.get(table.topic) ?? 0))
        apply(store, table.entries(key.toString(), value, storeOf(store)))
      ends.set(table.topic, { end: log.length })
    }
    return ends
  }

  start(isLedgerCut: boolean): void {
    this.#sink.started(this.#steps, isLedgerCut)
  }

  submit(input: Internal): boolean {
    if (!this.#live) return false
    this.#decide({ type: 'internal', input })
    return true
  }

  /** Reads everything there is. Says whether there was anything. */
  deliver(): boolean {
    let isNew = false
    for (const cursor of this.#cursors) {
      const log = this.#topics.of(cursor.topic, this.partition)
      while (cursor.fetched < log.length) {
        isNew = true
        this.#arrive(cursor, cursor.fetched)
      }
    }
    return isNew
  }

  /** Later decisions go into a transaction of their own. */
  closeStep(): void {
    const { last } = this.#steps
    if (last !== undefined && !last.closed) this.#close(last)
  }

  /** The oldest transaction, committed. Returns how to perform its effects; null when there was none. */
  commit(): (() => void) | null {
    const step = this.#steps.first
    if (step === undefined) return null
    if (!step.closed) this.#close(step)
    for (const [topic, records] of step.records) {
      for (const { key, value, partition, headers } of records)
        this.#topics.of(topic, partition).push({ key: Buffer.from(key ?? ''), value, headers: headers ?? {} })
    }
    apply(this.#committed.store, step.entries)
    this.#committed.offsetsBefore = this.#committed.offsets
    this.#committed.offsets = new Map([...this.#committed.offsets, ...(this.#offsets.get(step) ?? [])])
    this.#steps.committed()
    return () => this.#sink.perform(step.effects)
  }

  end(): void {
    if (!this.#live) return
    this.#live = false
    this.#abort.abort()
    this.#sink.stopped()
  }

  #close(step: Step<Effect>): void {
    step.closed = true
    this.#offsets.set(step, new Map(this.#cursors.map(({ topic, decided }) => [topic, decided])))
  }

  #arrive(cursor: InputCursor, offset: number): void {
    const { key, value, headers } = this.#topics.of(cursor.topic, this.partition)[offset] as LogRecord
    const record: InputRecord = {
      ...{ type: 'record', topic: cursor.topic, partition: this.partition, offset },
      ...{ key, value, headers, timestampMs: 0, fact: null },
    }
    cursor.arrive(
      offset,
      () => this.#sink.lookUp(record, this.#abort.signal),
      fact => (this.#live ? this.#decide({ ...record, fact }) : 'skipped'),
    )
  }

  #decide(input: Parameters<SinkPartition['decide']>[0]) {
    const step = this.#steps.open(0)
    if (input.type === 'record') this.#steps.read(step, input)
    const decision = this.#sink.decide(input, this.#steps)
    this.#steps.add(step, decision)
    return decision.outcome?.name ?? 'skipped'
  }
}

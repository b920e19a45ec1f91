/**
 * The contract between a process and the runtime that owns its partitions.
 *
 * A process says what it reads, what it keeps of which topic, and how an input becomes a decision. The runtime reads,
 * restores, commits and fences. A decision is a value: what it changes becomes visible only when its transaction has
 * been committed, and its effects are performed only after that.
 */
import type { IHeaders } from 'kafkajs'

export interface Processor<Internal, Effect> {
  /** Consumer group, and prefix of the transactional ids `<group>-<p>`. */
  readonly group: string
  /** Topics read from the group's committed offsets; their outcomes are counted. */
  readonly inputs: readonly string[]
  /** Topics that it writes beside its tables; nothing is written elsewhere. Rights and limits follow from this list. */
  readonly outputs: readonly string[]
  /** Topics of which the store of p keeps partition p. One of them may be an input too. */
  readonly tables: readonly Table[]
  /** Fetches what `decide` and `Table.entries` need to read these values synchronously, such as writer schemas. */
  prepare(values: readonly (Buffer | null)[]): Promise<void>
  /** Opens partition p for one tenure. */
  open(context: PartitionContext<Internal>): PartitionProcessor<Internal, Effect>
}

type Topics = Pick<Processor<never, never>, 'inputs' | 'outputs' | 'tables'>

/** Every topic that a process may write: a table that is an input is somebody else's. */
export const writtenBy = ({ inputs, outputs, tables }: Topics): ReadonlySet<string> =>
  new Set([...outputs, ...tables.map(({ topic }) => topic).filter(topic => !inputs.includes(topic))])

/** Every topic that a process reads or writes. */
export const topicsOf = ({ inputs, outputs, tables }: Topics): readonly string[] => [
  ...new Set([...inputs, ...tables.map(({ topic }) => topic), ...outputs]),
]

export interface Table {
  readonly topic: string
  /** Without one of its records something would be done twice that cannot be undone. */
  readonly isLedger?: boolean
  /** What the store keeps of one record; a null value is a tombstone. Pure. */
  entries(key: string, value: Buffer | null, state: State): readonly StoreEntry[]
}

/** An undefined value deletes the entry. */
export type StoreEntry = readonly [key: string, value: unknown]

export interface PartitionContext<Internal> {
  readonly partition: number
  /** Hands in something that did not come from a topic. False when this tenure is over: nothing was taken. */
  submit(input: Internal): boolean
  /** Hands in many, which are drawn and decided a few at a time. None is decided any more when this tenure is over. */
  submitAll(inputs: Iterable<Internal>): void
}

export interface PartitionProcessor<Internal, Effect> {
  /**
   * State is restored; nothing has been decided yet.
   * @param isLedgerCut a person has given up what the ledger lost: inputs may have been decided of which it says nothing
   */
  started(state: State, isLedgerCut: boolean): void
  /** A fact from outside without which the record cannot be decided; null when none is needed. Must not reject. */
  lookUp(record: InputRecord, signal: AbortSignal): Promise<unknown> | null
  /** Pure but for the state it reads. An exception is a bug: it stops the process before anything is committed. */
  decide(input: InputRecord | InternalInput<Internal>, state: State): Decision<Effect>
  /**
   * What is decided in the place of a decision of which one record is larger than its topic takes: smaller records, and
   * no effect that rests on the ones that are not written.
   */
  refuse(
    input: InputRecord | InternalInput<Internal>,
    oversized: Oversized,
    decision: Decision<Effect>,
  ): Decision<Effect>
  /** The transaction of these effects has been committed. */
  perform(effects: readonly Effect[]): void
  /** The tenure is over. */
  stopped(): void
}

export interface InputRecord {
  readonly type: 'record'
  readonly topic: string
  /** Kafka's own id of the topic, within which offsets count; absent or empty where nobody can tell. */
  readonly topicId?: string
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: IHeaders
  readonly timestampMs: number
  /** What `lookUp` found. */
  readonly fact: unknown
}

export interface InternalInput<Internal> {
  readonly type: 'internal'
  readonly input: Internal
}

export interface Decision<Effect> {
  /** What became of the input; null for internal inputs, which are counted nowhere. */
  readonly outcome: InputOutcome | null
  readonly outputs: readonly Output[]
  readonly effects: readonly Effect[]
}

/** A record that is larger than the largest batch that its topic takes. Bytes. */
export interface Oversized {
  readonly topic: string
  readonly bytes: number
  readonly limit: number
}

export const OUTCOMES = ['published', 'duplicate', 'skipped', 'dead_lettered'] as const
export type OutcomeName = (typeof OUTCOMES)[number]
/** `void`: the offset holds nothing of anybody, as a canary does. It is accounted for as one that has no record is. */
export type CountedAs = OutcomeName | 'void'

export interface InputOutcome {
  readonly name: CountedAs
  /** Null when the record is no event from outside but one of our own: then it is accounted for, and not in the metric. */
  readonly source: string | null
  readonly tenant: string
  /** Why, where the name does not say it all; empty otherwise. */
  readonly reason: string
  /** First receipt of the event, where it led to a record: how long that took is measured. */
  readonly receivedAtMs?: number
  /** Set where it was a canary that came through: then it is in no other figure. */
  readonly canary?: { readonly source: string; readonly postedMs: number }
}

export interface Output {
  readonly topic: string
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers?: IHeaders
  /** Defaults to the partition that decided. */
  readonly partition?: number
  /** What the store keeps of it, when the decision knows; else the table of the topic is asked. */
  readonly entries?: readonly StoreEntry[]
}

/** The store of one partition number as decisions see it: what is committed, and what is decided and not yet committed. */
export interface State {
  get(key: string): unknown
  /** Entries whose key starts with `prefix`, in no particular order. */
  scan(prefix: string): Iterable<StoreEntry>
}

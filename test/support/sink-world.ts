/** Two processes of the sink, two partitions, and a Pulsifi, all in memory and under a clock that a test turns. */
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_CLAIM,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
} from '../../services/core/topics.ts'
import { createCodec } from '../../services/platform/avro/codec.ts'
import { createPartitionOf } from '../../services/platform/kafka/partition-of.ts'
import { answerName } from '../../services/pulsifi-sink/decide/effects.ts'
import { fromInbox, type InboxMessage, toInbox } from '../../services/pulsifi-sink/decide/inbox.ts'
import type { SinkPolicy } from '../../services/pulsifi-sink/decide/policy.ts'
import { fitCandidate } from '../../services/pulsifi-sink/fit/candidate.ts'
import {
  bindingTableEntries,
  createTables,
  findBinding,
  keysOfChanged,
} from '../../services/pulsifi-sink/ledger/tables.ts'
import {
  findClaimant,
  findReference,
  findWitness,
  referenceTableEntries,
} from '../../services/pulsifi-sink/ledger/witness.ts'
import type { PartitionPorts } from '../../services/pulsifi-sink/partition.ts'
import { loadLexicon } from '../../services/pulsifi-sink/policy-from-config.ts'
import type { Account } from '../../services/pulsifi-sink/turns/account.ts'
import type { Turns } from '../../services/pulsifi-sink/turns/turns.ts'
import { noSettings, type Source } from '../../services/sources/source.ts'
import { FakePulsifi } from './sink-pulsifi.ts'
import { apply, type Committed, SimulatedTenure, storeOf, Topics } from './sink-tenure.ts'
import { turnsOf } from './sink-turns.ts'

export const PARTITIONS = [0, 1] as const
export const TENANTS = ['default', 'other'] as const
export const CONCURRENCY = 2
export const codec = createCodec({ idOf: () => 1, writerSchema: async () => null })
export const partitionOf = createPartitionOf(PARTITIONS.length)
export const POLICY: SinkPolicy = {
  inviteSinceMs: 0,
  inviteOnClosed: false,
  inviteOncePer: 'person-and-job',
  appliedWithinMs: 36_500 * 86_400_000,
  jobWaitsMs: [60_000, 300_000],
  jobWaitMaxMs: 86_400_000,
  ambiguousJobRetries: 1,
  pollWaitsMs: [900_000, 3_600_000, 21_600_000],
  callDeadlineMs: 35_000,
  answerGraceMs: 15_000,
  retryHorizonMs: 86_400_000,
  retry503: 'with-retry-after',
  jobFit: { lexicon: loadLexicon(), descriptionMax: null, allowEmptySkills: false },
}
const SOURCE: Source = {
  ...{ name: 'direct', bodyBytesMax: 1, settings: noSettings, kinds: {} },
  split: () => ({ type: 'ok', value: [] }),
  trigger: () => 'invite',
}
const TABLES = createTables(codec)
const INPUTS = [CANONICAL_JOB, CANONICAL_CANDIDATE, PULSIFI_RAW, PULSIFI_INBOX]

/** One process: its accounts, and its copies of the whole tables, which may lag. */
class SimulatedProcess {
  isAlive = true
  /** By tenant. */
  readonly accounts: ReadonlyMap<string, Account>
  readonly bindings = new Map<string, unknown>()
  readonly references = new Map<string, unknown>()
  readonly #listeners = new Set<(jobKeys: readonly string[]) => void>()
  readonly #read = new Map<string, number>()
  readonly #topics: Topics

  constructor(topics: Topics, pulsifi: FakePulsifi, tenants: readonly string[]) {
    this.#topics = topics
    this.accounts = new Map(
      tenants.map(tenant => {
        const turns = turnsOf({ ratePerSecond: 2, concurrencyMax: CONCURRENCY })
        return [tenant, { client: pulsifi.client(tenant, () => this.isAlive), turns }]
      }),
    )
    this.readTables()
  }

  readTables(): boolean {
    const changed = this.#follow(PULSIFI_JOB_BINDING, (key, value) =>
      apply(this.bindings, bindingTableEntries(codec, key, value)),
    )
    const referred = this.#follow(PULSIFI_REFERENCE, (key, value) =>
      apply(this.references, referenceTableEntries(codec, key, value, storeOf(this.references))),
    )
    const jobKeys = keysOfChanged(this.bindings, changed)
    if (jobKeys.length > 0) for (const listener of this.#listeners) listener(jobKeys)
    return changed.length + referred.length > 0
  }

  ports(outbox: (message: InboxMessage, partition: number) => void): PartitionPorts {
    return {
      sink: {
        codec,
        sources: new Map([['direct', SOURCE]]),
        settingsOf: () => ({}),
        policy: POLICY,
        fitCandidate: ({ candidate, application }, jobId, nowMs) =>
          fitCandidate(candidate, application, jobId, {
            ...{
              anonymous: false,
              onMissingIdentity: 'block',
              inviteDeadlineDays: null,
              jobLastDay: null,
              nowMs,
            },
            responsibilityFieldName: 'responsibility_achievement',
          }),
        findBinding: job => findBinding(this.bindings, job),
        findWitness: (application, partition) => findWitness(this.references, application, partition),
        findClaimant: claim => findClaimant(this.references, claim),
        partitionOf,
        partitions: PARTITIONS.length,
      },
      accounts: this.accounts,
      findReference: reference => findReference(this.references, reference),
      untilReferencesLevel: async () => void this.readTables(),
      onJobsChanged: listener => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      sendToInbox: (message, partition) => {
        if (this.isAlive) outbox(message, partition)
      },
      countInvitation: () => undefined,
      countResult: () => undefined,
      callbackWindowMs: 30_000,
      nowMs: Date.now,
      delay: (ms, signal) =>
        new Promise((resolve, reject) => {
          setTimeout(() => (signal.aborted ? reject(signal.reason) : resolve(null)), ms)
        }),
    }
  }

  #follow(topic: string, keep: (key: string, value: Buffer | null) => void): string[] {
    return PARTITIONS.flatMap(partition => {
      const name = `${topic}/${partition}`
      const news = this.#topics.of(topic, partition).slice(this.#read.get(name) ?? 0)
      this.#read.set(name, (this.#read.get(name) ?? 0) + news.length)
      for (const { key, value } of news) keep(key.toString(), value)
      return news.map(({ key }) => key.toString())
    })
  }
}

export const placeOf = (partition: number, key: string): string => `${partition} ${key}`

interface Crash {
  readonly afterCommit: boolean
  readonly losesState: boolean
  readonly readsOldOffsets: boolean
  /** Those with an account that the next process knows of; unset: all. */
  readonly tenants?: readonly string[]
  /** What becomes of the topics before the next owner reads them. */
  readonly meanwhile?: () => void
}

export class SinkWorld {
  readonly pulsifi = new FakePulsifi()
  readonly topics = new Topics()
  /** Applications, and jobs by their `external_id`, whose intent was open, with no answer on Kafka, when a process died. */
  readonly interrupted = new Set<string>()
  /** Applications of which the ledger has lost a record, and whether that was noticed the last time. */
  readonly lostTails = new Map<string, boolean>()
  /** Partitions whose owners are told that the ledger has lost its end. */
  readonly #cut = new Set<number>()
  readonly #committed: readonly Committed[] = PARTITIONS.map(() => ({
    ...{ store: new Map(), offsets: new Map(), offsetsBefore: new Map() },
  }))
  readonly #processes = PARTITIONS.map(() => new SimulatedProcess(this.topics, this.pulsifi, TENANTS))
  readonly #tenures: { tenure: SimulatedTenure; owner: number }[] = []

  constructor() {
    for (const partition of PARTITIONS) this.#take(partition, partition)
  }

  get turns(): readonly Turns[] {
    return this.#processes.flatMap(({ accounts }) => [...accounts.values()].map(({ turns }) => turns))
  }

  produce<T extends AvroTopic>(
    topic: T,
    key: string,
    record: RecordOf[T],
    partition = partitionOf(key),
  ): void {
    this.topics
      .of(topic, partition)
      .push({ key: Buffer.from(key), value: codec.encode(topic, record), headers: {} })
  }
  tell(message: InboxMessage, partition: number): void {
    const record = toInbox(message, Date.now())
    this.produce(PULSIFI_INBOX, record.entity_key, record, partition)
  }
  callback(tenant: string, body: object): void {
    const key = Buffer.from(String(Date.now()))
    const value = Buffer.from(JSON.stringify(body))
    this.topics.of(PULSIFI_RAW, 0).push({ key, value, headers: { ce_source: `/hooks/pulsifi/${tenant}` } })
  }

  deliver = (partition: number) => this.#tenureOf(partition).deliver()
  closeStep = (partition: number) => this.#tenureOf(partition).closeStep()
  readTables = (owner: number) => this.#processOf(owner).readTables()
  submit = (partition: number, input: Parameters<SimulatedTenure['submit']>[0]) =>
    this.#tenureOf(partition).submit(input)
  commit(partition: number): boolean {
    const perform = this.#tenureOf(partition).commit()
    perform?.()
    return perform !== null
  }

  /**
   * The process dies: what it has not committed is gone, and effects of its last commit may be. The coordinator of the
   * next owner may not know the offsets of that commit yet, although its records are there.
   */
  crash(owner: number, how: Crash): void {
    const own = this.#tenures.filter(item => item.owner === owner)
    if (how.afterCommit) for (const { tenure } of own) tenure.commit()
    this.#processOf(owner).isAlive = false
    this.#interrupt()
    for (const { tenure } of own) this.#end(tenure)
    how.meanwhile?.()
    for (const { turns } of this.#processOf(owner).accounts.values()) void turns.stop()
    this.#processes[owner] = new SimulatedProcess(this.topics, this.pulsifi, how.tenants ?? TENANTS)
    for (const { tenure } of own) {
      const committed = this.#committed[tenure.partition] as Committed
      if (how.readsOldOffsets) committed.offsets = committed.offsetsBefore
      if (how.losesState) committed.store = this.storeFromTopics(tenure.partition)
      this.#take(tenure.partition, owner)
    }
  }

  /** Every process is started again with all accounts. */
  mendAccounts(): void {
    const how = { afterCommit: true, losesState: false, readsOldOffsets: false }
    for (const owner of PARTITIONS)
      if (this.#processOf(owner).accounts.size < TENANTS.length) this.crash(owner, how)
  }

  /** Somebody sets the offsets of these inputs back to the beginning, with a tool, while nobody runs. */
  setBack(topics: readonly string[]): void {
    const meanwhile = () => {
      for (const { offsets } of this.#committed) for (const topic of topics) offsets.delete(topic)
    }
    const how = { afterCommit: true, losesState: false, readsOldOffsets: false, meanwhile }
    for (const owner of PARTITIONS) this.crash(owner, how)
  }

  /**
   * The ledger's log loses its last records.
   * @param isNoticed the owner's state knew more, and a person has given that up; else nobody has state of it
   */
  loseTail(partition: number, records: number, isNoticed: boolean): void {
    const meanwhile = () => {
      const log = this.topics.of(PULSIFI_INVITATION, partition)
      for (const { key } of log.splice(Math.max(0, log.length - records)))
        this.lostTails.set(key.toString(), isNoticed)
    }
    if (isNoticed) this.#cut.add(partition)
    const { owner } = this.#tenures[partition] as { owner: number }
    const how = { afterCommit: false, losesState: true, readsOldOffsets: false }
    this.crash(owner, { ...how, meanwhile })
  }

  /** An upgrade from a version that knew no claims, and wrote all that there is. Every process is started again. */
  upgrade(): void {
    for (const partition of PARTITIONS) {
      const log = this.topics.of(PULSIFI_INVITATION, partition)
      for (const record of log) {
        if (record.value === null) continue
        const known = codec.decode(PULSIFI_INVITATION, record.value)
        const older = { ...known, claims: [], claimed_at: null }
        log.splice(log.indexOf(record), 1, { ...record, value: codec.encode(PULSIFI_INVITATION, older) })
      }
      this.topics.of(PULSIFI_CLAIM, partition).splice(0)
    }
    const how = { afterCommit: false, losesState: true, readsOldOffsets: false }
    for (const owner of PARTITIONS) this.crash(owner, how)
  }

  /** To another process, or to the same one; the effects of the last commit may be performed after the move. */
  move(partition: number, owner: number, commitsLate: boolean): void {
    const tenure = this.#tenureOf(partition)
    const perform = commitsLate ? tenure.commit() : null
    this.#end(tenure)
    this.#take(partition, owner)
    perform?.()
  }

  /** The store, made again from the topics alone. */
  storeFromTopics(partition: number): Map<string, unknown> {
    const store = new Map<string, unknown>()
    for (const table of TABLES) {
      for (const { key, value } of this.topics.of(table.topic, partition))
        apply(store, table.entries(key.toString(), value, storeOf(store)))
    }
    return store
  }
  storeOf = (partition: number): ReadonlyMap<string, unknown> =>
    (this.#committed[partition] as Committed).store

  invitations = () => this.newest(PULSIFI_INVITATION)
  /** By their key alone. */
  bindings = () =>
    new Map([...this.newest(PULSIFI_JOB_BINDING).values()].map(record => [record.job_key, record]))
  /** The newest record of each key that has one, by partition and key: two candidates may name one application. */
  newest<T extends AvroTopic>(topic: T): Map<string, RecordOf[T]> {
    const newest = new Map<string, RecordOf[T]>()
    for (const partition of PARTITIONS)
      for (const { key, value } of this.topics.of(topic, partition)) {
        const name = placeOf(partition, key.toString())
        if (value === null) newest.delete(name)
        else newest.set(name, codec.decode(topic, value))
      }
    return newest
  }

  /** Any open intent may be one of the process that dies, also in a partition that it no longer owns. */
  #interrupt(): void {
    const heard = this.#answersInInbox()
    for (const { application_key: key, outcome, attempt } of this.invitations().values())
      if (outcome === 'INTENDED' && !heard.has(`${key} ${attempt}`)) this.interrupted.add(key)
    for (const [key, { external_id, state, attempt }] of this.bindings())
      if (state === 'PENDING' && !heard.has(`job ${key} ${attempt}`)) this.interrupted.add(external_id)
  }

  /** By their `answerName`. */
  #answersInInbox(): ReadonlySet<string> {
    const records = PARTITIONS.flatMap(partition => this.topics.of(PULSIFI_INBOX, partition))
    const names = records.flatMap(({ value }) => {
      const message = fromInbox(codec.decode(PULSIFI_INBOX, value as Buffer))
      if (message.type !== 'ok' || !('verdict' in message.value)) return []
      const answer = message.value
      if (answer.verdict.type === 'ambiguous') return []
      return answer.kind === 'JOB_ANSWER'
        ? answerName({ type: 'job-answer', ...answer })
        : answerName({ type: 'invitation-answer', ...answer })
    })
    return new Set(names)
  }

  #tenureOf = (partition: number) => (this.#tenures[partition] as { tenure: SimulatedTenure }).tenure
  #processOf = (owner: number) => this.#processes[owner] as SimulatedProcess

  #end(tenure: SimulatedTenure): void {
    tenure.end()
  }

  #take(partition: number, owner: number): void {
    const ports = this.#processOf(owner).ports((message, to) => this.tell(message, to))
    const committed = this.#committed[partition] as Committed
    const tenure = new SimulatedTenure(partition, INPUTS, TABLES, this.topics, committed, ports)
    this.#tenures[partition] = { tenure, owner }
    tenure.start(this.#cut.has(partition))
  }
}

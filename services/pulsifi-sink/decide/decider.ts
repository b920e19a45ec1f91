/**
 * One decision of the sink in the making: what it reads, and what it writes. A decider lives for one input; what it
 * has written becomes one `Decision`.
 */
import type { AvroTopic, RecordOf } from '../../../schemas/subjects.ts'
import type {
  PulsifiAccess,
  PulsifiClaim,
  PulsifiInvitation,
  PulsifiJobBinding,
  PulsifiReference,
  ReferenceKind,
  ResultTrigger,
} from '../../../schemas/types.ts'
import { alarmsIn } from '../../core/reasons.ts'
import {
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
  PULSIFI_STATUS,
} from '../../core/topics.ts'
import type { Codec } from '../../platform/avro/codec.ts'
import type { Sources } from '../../platform/connections/discover-sources.ts'
import type {
  Decision,
  InputOutcome,
  Output,
  State,
  StoreEntry,
} from '../../platform/partitions/processor.ts'
import { setAsideKey } from '../../platform/partitions/set-aside.ts'
import type { CreateCandidateRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import type { SourceSettings } from '../../sources/source.ts'
import type { Fit } from '../fit/fit.ts'
import { type Cause, tell } from '../history/changes.ts'
import { accessBeside, withoutAccess } from '../ledger/access.ts'
import { letsGo, mayHold, type Told, tellFree, toldOfChange, withoutNeedless } from '../ledger/claims.ts'
import {
  accessKey,
  accessOf,
  bindingEntries,
  bindingKey,
  claimKey,
  followersOf,
  invitationEntries,
  invitationKey,
  invitationOf,
  isFollowed,
  resultOf,
} from '../ledger/state.ts'
import type { NamedJob } from '../ledger/tables.ts'
import { type Claimant, unknownTo, type Witness } from '../ledger/witness.ts'
import { type Effect, isCall, type LedgerNews } from './effects.ts'
import type { Applicant } from './eligibility.ts'
import { type InboxMessage, toInbox } from './inbox.ts'
import type { SinkPolicy } from './policy.ts'

/** What decisions may ask besides the state of their partition. */
export interface SinkPorts {
  readonly codec: Codec
  readonly sources: Sources
  readonly settingsOf: (source: string, tenant: string) => SourceSettings
  readonly policy: SinkPolicy
  readonly hasAccount: (tenant: string) => boolean
  readonly fitCandidate: (
    applicant: Applicant,
    pulsifiJobId: string,
    nowMs: number,
  ) => Fit<CreateCandidateRequest>
  readonly findBinding: (job: NamedJob) => PulsifiJobBinding | undefined
  /** Whose identifier it is, as far as the table of all partitions knows. */
  readonly findReference: (reference: string) => PulsifiReference | undefined
  /** What references say of an application, whatever the ledger does. */
  readonly findWitness: (applicationKey: string, partition: number) => Witness | undefined
  /** Who was called for under a claim, whatever the claims say. */
  readonly findClaimant: (claim: string) => Claimant | undefined
  readonly partitionOf: (key: string) => number
  /** How many there are. */
  readonly partitions: number
  /** Whether every record of the partition's ledger can be read. */
  readonly isLedgerWhole: () => boolean
  /** Takes a turn at the tenant's account at once, if one is free. */
  readonly tryTurn: (tenant: string) => boolean
}

export const GROUP = 'pulsifi-sink'

export class Decider {
  readonly state: State
  readonly ports: SinkPorts
  readonly partition: number
  readonly nowMs: number
  /** Whose doing it is, where nothing else is said. */
  actor: Cause['actor'] = 'pipeline'
  /** Receipt of the candidate's record that is decided. */
  receivedAtMs: number | null = null
  /** Why Pulsifi was asked, where it said for the first time that somebody has finished. */
  finishedBy: ResultTrigger | null = null
  readonly #outputs: Output[] = []
  readonly #effects: Effect[] = []
  readonly #news: LedgerNews[] = []
  readonly #kept: StoreEntry[] = []
  /** What this decision wrote, for its own later steps. */
  readonly #written = new Map<string, unknown>()

  constructor(state: State, ports: SinkPorts, partition: number, nowMs: number) {
    this.ports = ports
    this.partition = partition
    this.nowMs = nowMs
    this.state = {
      get: key => (this.#written.has(key) ? this.#written.get(key) : state.get(key)),
      scan: prefix => this.#scan(state, prefix),
    }
  }

  *#scan(state: State, prefix: string): Iterable<StoreEntry> {
    for (const entry of state.scan(prefix)) if (!this.#written.has(entry[0])) yield entry
    for (const [key, value] of this.#written)
      if (key.startsWith(prefix) && value !== undefined) yield [key, value]
  }

  /** What others know of a call for this application that its record does not; null when they do not. */
  witnessOf(applicationKey: string, record: PulsifiInvitation | undefined): Witness | null {
    const referred = this.ports.findWitness(applicationKey, this.partition)
    return unknownTo(record, referred, () => resultOf(this.state, applicationKey))
  }

  /** What the ledger was made to say, once a record. */
  get news(): readonly LedgerNews[] {
    return this.#news
  }
  get hasWritten(): boolean {
    return this.#outputs.length > 0
  }

  /** @param by what led to it, where it is Pulsifi's answer */
  invitation(next: PulsifiInvitation | null, by: Partial<Pick<Cause, 'actor' | 'askedAtMs'>> = {}): void {
    if (next === null) return
    const key = next.application_key
    const known = invitationOf(this.state, key)
    const needed = withoutNeedless(next, () => isFollowed(this.state, key))
    const { record, changes } = tell(known, needed, { ...this.#cause(), ...by })
    const kept = withoutAccess(record)
    const entries = invitationEntries(key, kept, known)
    this.#written.set(invitationKey(key), kept)
    this.write(PULSIFI_INVITATION, key, kept, { entries })
    this.#access(key, accessBeside(record, accessOf(this.state, key), this.nowMs))
    for (const change of changes) this.write(PULSIFI_STATUS, change.status_key, change)
    const reasons = record.reasons.filter(reason => !known?.reasons.includes(reason))
    this.#news.push({ applicationKey: key, outcome: record.outcome, alarms: alarmsIn(reasons) })
    this.tell(toldOfChange(known, record, { partition: this.partition, partitionOf: this.ports.partitionOf }))
    if (letsGo(known, record)) this.#dismissFollowers(key)
  }

  /** @param access null: there is none any more; undefined: it is as it was */
  #access(key: string, access: PulsifiAccess | null | undefined): void {
    if (access === undefined) return
    const name = accessKey(key)
    this.#written.set(name, access ?? undefined)
    const entries: StoreEntry[] = [[name, access ?? undefined]]
    if (access === null) this.output({ topic: PULSIFI_ACCESS, key, value: null, entries })
    else this.write(PULSIFI_ACCESS, key, access, { entries })
  }

  #cause(): Cause {
    const { actor, nowMs, receivedAtMs, partition } = this
    return { actor, nowMs, receivedAtMs, partition, askedAtMs: null }
  }

  #dismissFollowers(applicationKey: string): void {
    for (const [key, follower] of followersOf(this.state, applicationKey)) {
      this.claim(key, null)
      this.tell([tellFree(follower)])
    }
  }

  /** @param record null: nobody has it any more */
  claim(key: string, record: Omit<PulsifiClaim, 'claim_key' | 'updated_at'> | null): void {
    const full = record && { ...record, claim_key: key, updated_at: this.nowMs }
    const name = claimKey(key)
    this.#written.set(name, full ?? undefined)
    const entries: StoreEntry[] = [[name, full ?? undefined]]
    if (full === null) this.output({ topic: PULSIFI_CLAIM, key, value: null, entries })
    else this.write(PULSIFI_CLAIM, key, full, { entries })
  }

  binding(record: PulsifiJobBinding | null): void {
    if (record === null) return
    this.#written.set(bindingKey(record.job_key), record)
    this.write(PULSIFI_JOB_BINDING, record.job_key, record, {
      entries: bindingEntries(record.job_key, record),
    })
  }

  /** Makes an identifier of Pulsifi lead to its application, for whoever hears of it. */
  reference(kind: ReferenceKind, reference: string | null, invitation: PulsifiInvitation): void {
    if (reference === null) return
    const { application_key, attempt, claims } = invitation
    const record: PulsifiReference = {
      reference,
      kind,
      application_key,
      attempt,
      partition: this.partition,
      // Whoever follows another has asked for its claims, and holds none.
      claims: kind === 'EXT_REFERENCE_ID' && mayHold(invitation) ? claims : [],
      updated_at: this.nowMs,
    }
    this.write(PULSIFI_REFERENCE, reference, record)
  }

  /** It leads nowhere any more. */
  forgetReference(reference: string | null): void {
    if (reference !== null) this.output({ topic: PULSIFI_REFERENCE, key: reference, value: null })
  }

  /** To the owner of the entity's partition. */
  send(message: InboxMessage, partition: number): void {
    const record = toInbox(message, this.nowMs)
    this.write(PULSIFI_INBOX, record.entity_key, record, { partition })
  }

  tell(told: readonly Told[]): void {
    for (const [message, partition] of told) this.send(message, partition)
  }

  effect(effect: Effect): void {
    this.#effects.push(effect)
  }

  write<T extends AvroTopic>(
    topic: T,
    key: string,
    record: RecordOf[T],
    rest: Pick<Output, 'partition' | 'entries'> = {},
  ): void {
    this.#outputs.push({ topic, key, value: this.ports.codec.encode(topic, record), ...rest })
  }

  output(output: Output): void {
    this.#outputs.push(output)
  }

  /** What stood in its place could not be read: for what follows in this decision it is gone. */
  replace(output: Output & { readonly key: string }): void {
    this.#written.set(setAsideKey(output.topic, output.key), undefined)
    this.output(output)
  }

  /** A redriven record stands in no table of its own: the store has it from the first decision that follows from it. */
  keep(entry: StoreEntry): void {
    this.#kept.push(entry)
  }

  /** Whether a request to Pulsifi follows, which takes a turn. */
  get hasCall(): boolean {
    return this.#effects.some(isCall)
  }

  /** @param outcome null for inputs that come from no topic */
  decision(outcome: InputOutcome | null): Decision<Effect> {
    const outputs = this.#outputs.map(output =>
      output.entries === undefined ? output : { ...output, entries: [...output.entries, ...this.#kept] },
    )
    return { outcome, outputs, effects: this.#effects }
  }
}

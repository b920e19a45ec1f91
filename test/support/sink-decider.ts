/** Single decisions of the sink over a state that is a map. */
import type { Candidate, Job, PulsifiInvitation, PulsifiJobBinding } from '../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
} from '../../services/core/topics.ts'
import type { InputRecord, Output } from '../../services/platform/partitions/processor.ts'
import { setAside } from '../../services/platform/partitions/set-aside.ts'
import { decideInternal, decideRecord } from '../../services/pulsifi-sink/decide/decide.ts'
import { Decider, type SinkPorts } from '../../services/pulsifi-sink/decide/decider.ts'
import type { Effect, Internal } from '../../services/pulsifi-sink/decide/effects.ts'
import { fromInbox, type InboxMessage, toInbox } from '../../services/pulsifi-sink/decide/inbox.ts'
import { fitCandidate } from '../../services/pulsifi-sink/fit/candidate.ts'
import {
  bindingEntries,
  candidateKey,
  invitationEntries,
  invitationOf,
  jobKey,
} from '../../services/pulsifi-sink/ledger/state.ts'
import { createTables } from '../../services/pulsifi-sink/ledger/tables.ts'
import { findClaimant, findReference, findWitness } from '../../services/pulsifi-sink/ledger/witness.ts'
import { noSettings, type Source } from '../../services/sources/source.ts'
import { apply, storeOf } from './sink-tenure.ts'
import { codec, POLICY } from './sink-world.ts'

interface Known {
  readonly candidates?: readonly Candidate[]
  readonly jobs?: readonly Job[]
  readonly invitations?: readonly PulsifiInvitation[]
  readonly bindings?: readonly PulsifiJobBinding[]
}

const SOURCE: Source = {
  ...{ name: 'jobylon', bodyBytesMax: 1, settings: noSettings, kinds: {} },
  split: () => ({ type: 'ok', value: [] }),
  trigger: () => 'invite',
}

export class SinkDecisions {
  readonly state = new Map<string, unknown>()
  readonly bindings = new Map<string, PulsifiJobBinding>()
  readonly references = new Map<string, unknown>()
  nowMs = 5_000
  freeTurns = 1
  source = SOURCE
  hasAccount = true
  /** Candidates and their applications live here, jobs and persons elsewhere. */
  partitionOf = (key: string) => (key.startsWith('person:') || key === 'jobylon:default:42' ? 1 : 0)

  constructor(known: Known) {
    for (const item of known.candidates ?? []) this.state.set(candidateKey(item.candidate_key), item)
    for (const item of known.jobs ?? []) this.state.set(jobKey(item.job_key), item)
    for (const item of known.invitations ?? []) this.#keepInvitation(item)
    for (const item of known.bindings ?? []) {
      this.bindings.set(item.job_key, item)
      apply(this.state, bindingEntries(item.job_key, item))
    }
  }

  internal(input: Internal) {
    const decider = this.#decider()
    decideInternal(decider, input)
    return { hasUsedTurn: decider.hasCall, ...this.#settle(decider) }
  }

  record(record: Pick<InputRecord, 'topic' | 'value'> & Partial<InputRecord>) {
    const given = {
      partition: 0,
      offset: 0,
      key: Buffer.from(keyOf(record) ?? 'jobylon:default:7'),
      headers: {},
      timestampMs: 0,
      fact: null,
    }
    const input: InputRecord = { type: 'record', ...given, ...record }
    apply(this.state, kept(input.topic)?.entries(String(input.key), input.value, storeOf(this.state)) ?? [])
    const decider = this.#decider()
    const outcome = decideRecord(decider, input)
    return { outcome, ...this.#settle(decider) }
  }

  message(message: InboxMessage) {
    const record = toInbox(message, this.nowMs)
    return this.record({ topic: PULSIFI_INBOX, value: codec.encode(PULSIFI_INBOX, record) })
  }

  #decider = () => new Decider(storeOf(this.state), this.#ports(), 0, this.nowMs)

  /** What the decision wrote, read; the state takes it over. */
  #settle(decider: Decider) {
    const { outputs, effects } = decider.decision(null)
    for (const { topic, key, value, partition, entries } of outputs)
      if (partition === undefined)
        apply(this.state, entries ?? kept(topic)?.entries(String(key), value, storeOf(this.state)) ?? [])
    const read = <T extends typeof PULSIFI_INVITATION | typeof PULSIFI_JOB_BINDING>(topic: T) =>
      outputs.flatMap(output =>
        output.topic === topic && output.value ? [codec.decode(topic, output.value)] : [],
      )
    return {
      invitations: read(PULSIFI_INVITATION),
      bindings: read(PULSIFI_JOB_BINDING),
      messages: outputs.flatMap(messageOf),
      effects: effects as readonly Effect[],
      news: decider.news,
      finishedBy: decider.finishedBy,
      outputs,
    }
  }

  #keepInvitation(item: PulsifiInvitation): void {
    const known = invitationOf(storeOf(this.state), item.application_key)
    apply(this.state, invitationEntries(item.application_key, item, known))
  }

  #ports = (): SinkPorts => ({
    codec,
    sources: new Map([['jobylon', this.source]]),
    settingsOf: () => ({}),
    policy: POLICY,
    hasAccount: () => this.hasAccount,
    fitCandidate: ({ candidate, application }, pulsifiJobId, nowMs) =>
      fitCandidate(candidate, application, pulsifiJobId, {
        ...{
          anonymous: false,
          onMissingIdentity: 'block',
          inviteDeadlineDays: null,
          jobLastDay: null,
          nowMs,
        },
        responsibilityFieldName: 'responsibility_achievement',
      }),
    findBinding: job => this.bindings.get(job.job_key),
    findReference: reference => findReference(this.references, reference),
    findWitness: (application, partition) => findWitness(this.references, application, partition),
    findClaimant: claim => findClaimant(this.references, claim),
    partitionOf: this.partitionOf,
    partitions: 2,
    isLedgerWhole: () =>
      setAside(storeOf(this.state), PULSIFI_INVITATION)[Symbol.iterator]().next().done === true,
    tryTurn: () => this.freeTurns-- > 0,
  })
}

function keyOf({ topic, value }: Pick<InputRecord, 'topic' | 'value'>): string | null {
  try {
    if (value === null) return null
    if (topic === CANONICAL_JOB) return codec.decode(topic, value).job_key
    return topic === CANONICAL_CANDIDATE ? codec.decode(topic, value).candidate_key : null
  } catch {
    return null
  }
}

const kept = (name: string) => createTables(codec).find(({ topic }) => topic === name)

function messageOf({ topic, value, partition }: Output) {
  if (topic !== PULSIFI_INBOX || value === null) return []
  const message = fromInbox(codec.decode(PULSIFI_INBOX, value))
  return message.type === 'ok' ? [{ partition, ...message.value }] : []
}

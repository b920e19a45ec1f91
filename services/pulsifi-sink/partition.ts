/** One partition of the sink: decisions in, calls and timers out. The shell around `decide.ts`. */
import type { PulsifiReference, ResultTrigger } from '../../schemas/types.ts'
import { partsOfKey } from '../core/identity.ts'
import { HEADER, PULSIFI_INVITATION, PULSIFI_RAW } from '../core/topics.ts'
import { headerText } from '../platform/kafka/record-headers.ts'
import type {
  Decision,
  InputRecord,
  InternalInput,
  Oversized,
  PartitionContext,
  PartitionProcessor,
  State,
} from '../platform/partitions/processor.ts'
import { setAside } from '../platform/partitions/set-aside.ts'
import type { Answer } from './calls/answer-outbox.ts'
import { type Delay, type LookupPorts, type LookWindows, lookUpCallback } from './calls/callback-lookup.ts'
import { type Calls, createCalls } from './calls/calls.ts'
import { tenantOfCallback } from './decide/callback.ts'
import { decideInternal, decideRecord, refuseOversized, topicOf } from './decide/decide.ts'
import { Decider, type SinkPorts } from './decide/decider.ts'
import {
  answerName,
  type CallbackFact,
  type Effect,
  type Internal,
  type LedgerNews,
} from './decide/effects.ts'
import { leftOpen } from './decide/left-open.ts'
import { LastCandidate } from './ledger/last-candidate.ts'
import { allCandidates, dependingOnJob } from './ledger/state.ts'
import type { Accounts } from './turns/account.ts'
import { HeldTurns } from './turns/held-turns.ts'
import { LookWindow } from './turns/look-window.ts'

export interface PartitionPorts {
  readonly sink: Omit<SinkPorts, 'tryTurn' | 'hasAccount' | 'findReference' | 'isLedgerWhole'>
  readonly accounts: Accounts
  readonly findReference: (reference: string) => PulsifiReference | undefined
  /** Rejects when the brokers do not answer. */
  readonly untilReferencesLevel: LookupPorts['untilReferencesLevel']
  /** Calls back with the keys of jobs whose binding has changed. Returns how to stop. */
  readonly onJobsChanged: (listener: (jobKeys: readonly string[]) => void) => () => void
  /** To the owner of a partition that is no longer ours. */
  readonly sendToInbox: (answer: Answer, partition: number) => void
  readonly countInvitation: (news: LedgerNews) => void
  readonly countResult: (trigger: ResultTrigger) => void
  /** A candidate is looked at once in so long, however many callbacks name it. */
  readonly callbackWindowMs: number
  readonly nowMs: () => number
  readonly delay: Delay
}

/** So long a callback of the same bytes is the same one again. */
const EVENT_WINDOW_MS = 86_400_000

/** So long one account's trouble holds up the callbacks of others. */
const LOOKUP_PATIENCE_MS = 10_000
/** What was put off waits among its like, and costs a record each time that it is put off again. */
const LATER_LOOKUP_PATIENCE_MS = 60_000
/** A timer cannot be set further ahead. */
const TIMER_MS_MAX = 2 ** 31 - 1

export class SinkPartition implements PartitionProcessor<Internal, Effect> {
  readonly #context: PartitionContext<Internal>
  readonly #ports: PartitionPorts
  readonly #sink: SinkPorts
  readonly #turns: HeldTurns
  readonly #calls: Calls
  /** By what is decided then: several wishes for it are one, at the earliest time. */
  readonly #timers = new Map<string, { readonly atMs: number; readonly timer: NodeJS.Timeout }>()
  /** Jobs whose applications are still to be decided again. */
  readonly #changedJobs = new Set<string>()
  readonly #candidates = new LastCandidate()
  readonly #windows: LookWindows
  #unsubscribe = () => {}
  #state: State | undefined
  #isWhole = false
  #isOver = false

  constructor(context: PartitionContext<Internal>, ports: PartitionPorts) {
    const { partition, submit } = context
    this.#context = context
    this.#ports = ports
    this.#turns = new HeldTurns(ports.accounts)
    this.#windows = {
      events: new LookWindow(EVENT_WINDOW_MS),
      candidates: new LookWindow(ports.callbackWindowMs),
    }
    this.#calls = createCalls({ ...ports, partition, submit, retry503: ports.sink.policy.retry503 })
    this.#sink = {
      ...ports.sink,
      hasAccount: tenant => ports.accounts.has(tenant),
      findReference: ports.findReference,
      isLedgerWhole: () => this.#isLedgerWhole(),
      tryTurn: tenant => this.#turns.tryTake(tenant),
    }
  }

  started(state: State, isLedgerCut: boolean): void {
    const { submitAll } = this.#context
    this.#state = state
    this.#unsubscribe = this.#ports.onJobsChanged(jobKeys => {
      for (const jobKey of jobKeys) this.#changedJobs.add(jobKey)
      submitAll(this.#dependents(state))
    })
    submitAll(this.#leftOpen(state))
    if (isLedgerCut) submitAll(candidatesIn(state))
  }

  /** A job that changes again while its applications are walked through comes again, once. */
  *#dependents(state: State): Iterable<Internal> {
    for (const jobKey of this.#changedJobs) {
      this.#changedJobs.delete(jobKey)
      for (const applicationKey of dependingOnJob(state, jobKey))
        yield { type: 'decide-application', applicationKey, hasTurn: false }
    }
  }

  /** Records that nobody can read are found when the partition is taken: once there is none, there is none. */
  #isLedgerWhole(): boolean {
    const [first] =
      this.#isWhole || this.#state === undefined ? [] : setAside(this.#state, PULSIFI_INVITATION)
    this.#isWhole = first === undefined
    return this.#isWhole
  }

  *#leftOpen(state: State): Iterable<Internal> {
    for (const { atMs, input } of leftOpen(state, this.#sink.policy.answerGraceMs, this.#ports.nowMs())) {
      if (atMs === null) yield input
      else this.#wake(atMs, input)
    }
  }

  lookUp(record: InputRecord, signal: AbortSignal): Promise<CallbackFact> | null {
    if (topicOf(record) !== PULSIFI_RAW) return null
    const tenant = tenantOfCallback(record)
    const account = this.#ports.accounts.get(tenant)
    const name = `${record.topic}/${record.partition}/${record.offset}`
    const { findReference, untilReferencesLevel, delay, nowMs } = this.#ports
    const isNew = record.topic === PULSIFI_RAW
    const patienceMs = isNew ? LOOKUP_PATIENCE_MS : LATER_LOOKUP_PATIENCE_MS
    const eventId = isNew ? (headerText(record.headers, HEADER.id) ?? null) : null
    const ports = {
      ...{ name, tenant, account, findReference, untilReferencesLevel, delay, nowMs, patienceMs },
      ...{ eventId, windows: this.#windows },
    }
    return lookUpCallback(record.value, ports, signal)
  }

  decide(input: InputRecord | InternalInput<Internal>, state: State): Decision<Effect> {
    if (input.type === 'record') this.#candidates.forget()
    const reading = this.#candidates.over(state)
    const decider = new Decider(reading, this.#sink, this.#context.partition, this.#ports.nowMs())
    const outcome =
      input.type === 'record' ? decideRecord(decider, input) : this.#decideInternal(decider, input.input)
    for (const news of decider.news) decider.effect({ type: 'count', ...news })
    const { finishedBy: trigger } = decider
    if (trigger !== null) decider.effect({ type: 'count-result', trigger })
    return decider.decision(outcome)
  }

  #decideInternal(decider: Decider, input: Internal): null {
    decideInternal(decider, input)
    const name = answerName(input)
    if (name !== '') decider.effect({ type: 'answered', name })
    const tenant = tenantOfTurn(input)
    if (tenant !== null && !decider.hasCall) decider.effect({ type: 'return-turn', tenant })
    return null
  }

  /** Turns of calls that will not start go back. */
  refuse(
    input: InputRecord | InternalInput<Internal>,
    oversized: Oversized,
    { effects }: Decision<Effect>,
  ): Decision<Effect> {
    const kept = effects.flatMap(withoutRecords)
    if (input.type === 'internal') return { outcome: null, outputs: [], effects: kept }
    return { ...refuseOversized(input, oversized), effects: kept }
  }

  perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#perform(effect)
  }

  stopped(): void {
    this.#isOver = true
    this.#unsubscribe()
    for (const { timer } of this.#timers.values()) clearTimeout(timer)
    this.#turns.giveAllBack()
    this.#calls.handOver()
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'await-turn':
        return this.#turns.wait(effect, () => this.#context.submit(effect.input))
      case 'return-turn':
        return this.#turns.giveBack(effect.tenant)
      case 'wake':
        return this.#wake(effect.atMs, effect.input)
      case 'decide-open':
        if (this.#state !== undefined) this.#context.submitAll(this.#leftOpen(this.#state))
        return
      case 'answered':
        return this.#calls.answered(effect.name)
      case 'count':
        return this.#ports.countInvitation(effect)
      case 'count-result':
        return this.#ports.countResult(effect.trigger)
      default:
        this.#turns.use(effect.tenant)
        return this.#calls.start(effect)
    }
  }

  #wake(atMs: number, input: Internal): void {
    // Effects of a last commit come after the end; the next owner sets its own timers.
    if (this.#isOver) return
    const key = JSON.stringify(input)
    const earlier = this.#timers.get(key)
    if (earlier !== undefined && earlier.atMs <= atMs) return
    clearTimeout(earlier?.timer)
    const waitMs = Math.min(TIMER_MS_MAX, Math.max(0, atMs - this.#ports.nowMs()))
    const timer = setTimeout(() => {
      this.#timers.delete(key)
      this.#context.submit(input)
    }, waitMs)
    this.#timers.set(key, { atMs, timer })
  }
}

function* candidatesIn(state: State): Iterable<Internal> {
  for (const candidateKey of allCandidates(state)) yield { type: 'decide-candidate', candidateKey }
}

/** What is left of an effect when nothing is written. */
function withoutRecords(effect: Effect): readonly Effect[] {
  switch (effect.type) {
    case 'invite':
    case 'create-job':
    case 'look':
      return [{ type: 'return-turn', tenant: effect.tenant }]
    case 'count':
    case 'count-result':
      return []
    default:
      return [effect]
  }
}

/** Of an input that comes with a turn, whose turn it is; null for the others. */
function tenantOfTurn(input: Internal): string | null {
  if (!('hasTurn' in input && input.hasTurn)) return null
  return partsOfKey(input.type === 'decide-job' ? input.jobKey : input.applicationKey).tenant
}

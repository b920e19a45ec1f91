/**
 * From webhooks to what the sink decides of them: every step is the one of production, with one partition, in memory, and a
 * Pulsifi that takes whatever it is sent.
 */
import type { Candidate, Job, PulsifiInvitation } from '../../schemas/types.ts'
import { partsOfKey } from '../../services/core/identity.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
} from '../../services/core/topics.ts'
import { decideRecord as decideRaw } from '../../services/normalizer/decide.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import type { InputRecord, Output } from '../../services/platform/partitions/processor.ts'
import { receive } from '../../services/platform/raw-events/receive.ts'
import { decideInternal, decideRecord } from '../../services/pulsifi-sink/decide/decide.ts'
import { Decider, type SinkPorts } from '../../services/pulsifi-sink/decide/decider.ts'
import type { Effect, Internal } from '../../services/pulsifi-sink/decide/effects.ts'
import { fitCandidate } from '../../services/pulsifi-sink/fit/candidate.ts'
import { dependingOnJob } from '../../services/pulsifi-sink/ledger/state.ts'
import {
  bindingTableEntries,
  createTables,
  findBinding,
  keysOfChanged,
} from '../../services/pulsifi-sink/ledger/tables.ts'
import { aReply } from '../unit/pulsifi-sink/ledger-records.ts'
import { apply, storeOf } from './sink-tenure.ts'
import { codec, POLICY } from './sink-world.ts'

const DAY_MS = 86_400_000
const sources = await discoverSources()
const TABLES = createTables(codec)

/** A delivery of one source. `at`: its receipt, a day or a time of ISO 8601. */
export interface Webhook {
  readonly source: string
  readonly body: unknown
  readonly settings?: Readonly<Record<string, unknown>>
  readonly at: string
  readonly headers?: Readonly<Record<string, string>>
}

type Call = Extract<Effect, { type: 'invite' | 'create-job' }>

export class WebhookStory {
  readonly candidates = new Map<string, Candidate>()
  readonly jobs = new Map<string, Job>()
  /** By application; the newest decision. */
  readonly invitations = new Map<string, PulsifiInvitation>()
  /** What Pulsifi was sent, in order. */
  readonly calls: Call[] = []
  /** Code of every event that was not published, and of every delivery that nobody could cut into events. */
  readonly refused: string[] = []
  readonly #raw = new Map<string, unknown>()
  readonly #sink = new Map<string, unknown>()
  readonly #bindings = new Map<string, unknown>()
  readonly #settings = new Map<string, Readonly<Record<string, unknown>>>()
  #nowMs = 0
  #offset = 0

  receive({ source: name, body, settings = {}, at, headers = {} }: Webhook): this {
    const source = sources.get(name)
    if (source === undefined) throw new Error(`there is no source ${name}`)
    this.#nowMs = Date.parse(at)
    this.#settings.set(name, source.settings.parse(settings))
    const bytes =
      body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const arrival = {
      ...{ source: name, tenant: 'default', auth: 'bearer', receivedAtMs: this.#nowMs, traceParent: '' },
      ...{ contentType: headers['content-type'] ?? 'application/json', contentEncoding: null },
      settings: this.#settingsOf(name),
    }
    const receipt = receive(source, { headers, body: bytes }, arrival)
    if (receipt.type !== 'routed') {
      this.refused.push(receipt.type === 'unroutable' ? receipt.code : receipt.type)
      return this
    }
    for (const { record } of receipt.records) this.#normalize(record)
    return this
  }

  /** What became of each application, by its key without source and tenant. */
  outcomes = (): Record<string, string> =>
    Object.fromEntries(
      [...this.invitations].map(([key, { outcome, reasons }]) => [
        partsOfKey(key).externalId,
        [outcome, reasons.filter(reason => !reason.startsWith('ADJUSTED')).join(',')]
          .filter(Boolean)
          .join(' '),
      ]),
    )

  #settingsOf = (source: string) =>
    this.#settings.get(source) ?? sources.get(source)?.settings.parse({}) ?? {}

  #input = (record: Pick<InputRecord, 'topic' | 'key' | 'value' | 'headers'>): InputRecord => ({
    ...{ type: 'record', partition: 0, offset: this.#offset++, timestampMs: this.#nowMs, fact: null },
    ...record,
  })

  #normalize({
    topic,
    key,
    value,
    headers,
  }: {
    topic: string
    key: string
    value: Buffer | null
    headers: Record<string, string>
  }): void {
    const input = this.#input({ topic, key: Buffer.from(key), value, headers })
    const { outcome, outputs } = decideRaw(input, storeOf(this.#raw), {
      ...{ sources, settingsOf: this.#settingsOf, personKeySecret: 'secret', companyName: () => null },
      ...{ partitionOf: () => 0, normalizerVersion: 'test', hostsOf: () => [], codec },
    })
    if (outcome?.name !== 'published') this.refused.push(outcome?.reason ?? '')
    for (const output of outputs) {
      apply(this.#raw, output.entries ?? [])
      if (output.value === null || output.key === null) continue
      if (output.topic === CANONICAL_CANDIDATE)
        this.candidates.set(String(output.key), codec.decode(CANONICAL_CANDIDATE, output.value))
      else if (output.topic === CANONICAL_JOB)
        this.jobs.set(String(output.key), codec.decode(CANONICAL_JOB, output.value))
      else continue
      this.#decide(
        this.#input({
          topic: output.topic,
          key: Buffer.from(String(output.key)),
          value: output.value,
          headers: {},
        }),
      )
    }
  }

  /** The record, and all that follows from it. */
  #decide(first: InputRecord | Internal): void {
    const inputs = [first]
    for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
      if (input.type === 'record') this.#store(input.topic, String(input.key), input.value)
      const decider = new Decider(storeOf(this.#sink), this.#ports(), 0, this.#nowMs)
      if (input.type === 'record') decideRecord(decider, input)
      else decideInternal(decider, input)
      const { outputs, effects } = decider.decision(null)
      const inbox = outputs.filter(output => this.#keep(output))
      inputs.push(
        ...inbox.map(({ topic, key, value }) =>
          this.#input({ topic, key: Buffer.from(String(key)), value, headers: {} }),
        ),
        // Cast: the decider of the sink has no other effects.
        ...(effects as readonly Effect[]).flatMap(effect => this.#answer(effect)),
        ...this.#waitingFor(outputs),
      )
    }
  }

  /** Whose decision depends on a job that has changed, as every process hears it. */
  #waitingFor = (outputs: readonly Output[]): readonly Internal[] =>
    outputs
      .filter(({ topic }) => topic === PULSIFI_JOB_BINDING)
      .flatMap(({ key }) => keysOfChanged(this.#bindings, [String(key)]))
      .flatMap(key => [...dependingOnJob(storeOf(this.#sink), key)])
      .map(applicationKey => ({ type: 'decide-application', applicationKey, hasTurn: false }))

  #store(topic: string, key: string, value: Buffer | null): void {
    const table = TABLES.find(({ topic: of }) => of === topic)
    apply(this.#sink, table?.entries(key, value, storeOf(this.#sink)) ?? [])
  }

  /** @returns whether it is a message */
  #keep({ topic, key, value, entries }: Output): boolean {
    if (topic === PULSIFI_INBOX) return true
    const name = String(key)
    if (entries === undefined) this.#store(topic, name, value)
    else apply(this.#sink, entries)
    if (topic === PULSIFI_JOB_BINDING) apply(this.#bindings, bindingTableEntries(codec, name, value))
    if (topic === PULSIFI_INVITATION && value !== null)
      this.invitations.set(name, codec.decode(PULSIFI_INVITATION, value))
    return false
  }

  #answer(effect: Effect): readonly Internal[] {
    if (effect.type !== 'create-job' && effect.type !== 'invite') return []
    this.calls.push(effect)
    const id = `pulsifi-${this.calls.length}`
    const { attempt } = effect
    if (effect.type === 'create-job') {
      const body = { id, status: 'active', external_id: effect.request.external_id }
      return [
        {
          type: 'job-answer',
          jobKey: effect.jobKey,
          attempt,
          verdict: { type: 'done', body, httpStatus: 201 },
        },
      ]
    }
    const { ext_reference_id, job_id } = effect.request
    const body = aReply({ candidate_id: id, ext_reference_id, job_id })
    const verdict = { type: 'done', body, httpStatus: 201 } as const
    return [{ type: 'invitation-answer', applicationKey: effect.applicationKey, attempt, verdict }]
  }

  #ports = (): SinkPorts => ({
    ...{ codec, sources, settingsOf: this.#settingsOf, hasAccount: () => true, partitions: 1 },
    policy: { ...POLICY, inviteSinceMs: Date.UTC(2026, 0, 1), appliedWithinMs: 90 * DAY_MS },
    fitCandidate: ({ candidate, application, binding }, pulsifiJobId, nowMs) =>
      fitCandidate(candidate, application, pulsifiJobId, {
        ...{ anonymous: false, onMissingIdentity: 'block', inviteDeadlineDays: null, nowMs },
        ...{
          jobLastDay: binding?.valid_through ?? null,
          responsibilityFieldName: 'responsibility_achievement',
        },
      }),
    findBinding: job => findBinding(this.#bindings, job),
    ...{ findReference: () => undefined, findWitness: () => undefined },
    ...{ findClaimant: () => undefined, partitionOf: () => 0 },
    ...{ isLedgerWhole: () => true, tryTurn: () => true },
  })
}

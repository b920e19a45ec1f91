/** What becomes of a raw record. Pure but for the state that it reads. */
import type { Company } from '../../schemas/types.ts'
import type { CanonicalRecord } from '../core/canonical.ts'
import { type EntityType, partsOfKey } from '../core/identity.ts'
import { isFromOperator } from '../core/operator-event.ts'
import { andThen, type Outcome } from '../core/outcome.ts'
import { type RawEventHeaders, readRawEventHeaders } from '../core/raw-event.ts'
import { CANONICAL_CANDIDATE, CANONICAL_COMPANY, CANONICAL_JOB, HEADER } from '../core/topics.ts'
import type { Codec } from '../platform/avro/codec.ts'
import { deadLetter, deadLetterOfOversized } from '../platform/dead-letters/letter.ts'
import { headerText } from '../platform/kafka/record-headers.ts'
import type {
  Decision,
  InputOutcome,
  InputRecord,
  Output,
  Oversized,
  State,
} from '../platform/partitions/processor.ts'
import { decideCanary } from './canary.ts'
import { type CompanyRecord, movedAway } from './complete.ts'
import { type HostsOf, isPending, pendingOf, storedIn, withResults } from './files/wanted-files.ts'
import type { Effect, Internal } from './follow-up.ts'
import { destinationOf, forwarded, heldOf, keyOf, moved, withoutHold } from './held.ts'
import { keptEntries } from './kept-entries.ts'
import { knownVersion } from './known-versions.ts'
import { type NormalizeContext, normalize } from './normalize.ts'
import {
  type Arrival,
  compare,
  keepClock,
  meantBy,
  OF_A_DELIVERY,
  type Version,
  versionOf,
  withHistory,
} from './version-of.ts'

export const GROUP = 'normalizer'
const REFUSED_HERE = { process: GROUP, group: GROUP, stage: 'normalize' } as const

export interface DecidePorts extends Omit<NormalizeContext, 'event' | 'raw'> {
  readonly codec: Codec
  readonly hostsOf: HostsOf
  readonly partitionOf: (key: string) => number
}

export const TOPIC = { job: CANONICAL_JOB, candidate: CANONICAL_CANDIDATE } as const

/** The record as it is published, and what is remembered of it. */
export function written(codec: Codec, canonical: CanonicalRecord): { value: Buffer; version: Version } {
  const meant = meantBy(canonical)
  const { value, digest } =
    canonical.type === 'job'
      ? codec.encodeWithDigest(CANONICAL_JOB, canonical.record, OF_A_DELIVERY.job, meant)
      : codec.encodeWithDigest(CANONICAL_CANDIDATE, canonical.record, OF_A_DELIVERY.candidate, meant)
  return { value, version: versionOf(canonical, digest) }
}

const encode = (codec: Codec, canonical: CanonicalRecord): Buffer =>
  canonical.type === 'job'
    ? codec.encode(CANONICAL_JOB, canonical.record)
    : codec.encode(CANONICAL_CANDIDATE, canonical.record)

export const decode = (codec: Codec, type: EntityType, value: Buffer): CanonicalRecord =>
  type === 'job'
    ? { type, record: codec.decode(CANONICAL_JOB, value) }
    : { type, record: codec.decode(CANONICAL_CANDIDATE, value) }

/** A raw record: published, or why not. */
export function decideRecord(input: InputRecord, state: State, ports: DecidePorts): Decision<Effect> {
  const headers = readRawEventHeaders(name => headerText(input.headers, name))
  const label = labelOf(headers, input)
  const normalized = andThen(headers, event => normalize(bodyOf(input), contextOf(event, input, ports)))
  const event = headers.type === 'ok' ? headers.value : null
  if (event?.canaryPostedMs !== undefined) {
    const encoded = (canonical: CanonicalRecord) => encode(ports.codec, canonical)
    return decideCanary(normalized, { event, postedMs: event.canaryPostedMs }, { ...ports, encode: encoded })
  }
  switch (normalized.type) {
    case 'skip':
      return decided({ ...label, name: 'skipped', reason: normalized.reason })
    case 'reject': {
      const { code, detail } = normalized
      const letter = deadLetter(input, { ...REFUSED_HERE, code, detail })
      return decided({ ...label, name: 'dead_lettered', reason: code }, letter)
    }
    case 'ok':
      return decideCompleted(normalized.value, input, label, state, ports)
  }
}

function decideCompleted(
  completed: CanonicalRecord | CompanyRecord,
  input: InputRecord,
  label: Pick<InputOutcome, 'source' | 'tenant'>,
  state: State,
  ports: DecidePorts,
): Decision<Effect> {
  if (completed.type === 'company') return publishCompany(completed.record, input, label, ports)
  const tenant = destinationOf(completed, ports.settingsOf)
  if (tenant !== null) {
    const output = forwarded(input, keyOf(completed), tenant)
    const partition = ports.partitionOf(String(output.key))
    return decided({ ...label, name: 'published', reason: '' }, { ...output, partition })
  }
  const fault = faultOf(completed, input, ports.codec)
  if (fault !== null) return decided({ ...label, name: 'dead_lettered', reason: 'PAYLOAD_INVALID' }, fault)
  return publish(completed, input, label, state, ports)
}

/** What an operator's event holds is checked by the schema of the record alone. */
function faultOf(canonical: CanonicalRecord, input: InputRecord, codec: Codec): Output | null {
  if (!isFromOperator(name => headerText(input.headers, name))) return null
  try {
    encode(codec, canonical)
    return null
  } catch {
    return deadLetter(input, { ...REFUSED_HERE, code: 'PAYLOAD_INVALID', detail: 'does not fit the record' })
  }
}

/** Whatever a company says replaces what it said. */
function publishCompany(
  record: Company,
  input: InputRecord,
  label: Pick<InputOutcome, 'source' | 'tenant'>,
  { codec }: DecidePorts,
): Decision<Effect> {
  const value = codec.encode(CANONICAL_COMPANY, record)
  const output = { topic: CANONICAL_COMPANY, key: record.company_key, value, headers: tracing(input) }
  const receivedAtMs = record.provenance.received_at
  return decided({ ...label, name: 'published', reason: '', receivedAtMs }, output)
}

/** A raw record of which the canonical one, or its dead letter, is too large. */
export function refuseOversized(input: InputRecord, oversized: Oversized): Decision<Effect> {
  const label = labelOf(
    readRawEventHeaders(name => headerText(input.headers, name)),
    input,
  )
  const letter = deadLetterOfOversized(input, oversized, REFUSED_HERE)
  return decided({ ...label, name: 'dead_lettered', reason: 'RECORD_TOO_LARGE' }, letter)
}

function publish(
  completed: CanonicalRecord,
  input: InputRecord,
  label: Pick<InputOutcome, 'source' | 'tenant'>,
  state: State,
  ports: DecidePorts,
): Decision<Effect> {
  const key = keyOf(completed)
  const known = knownVersion(state, completed.type, key)
  const isOurs = known !== undefined && !known.deleted && heldOf(state, completed.type, key) === undefined
  const incoming = isOurs ? withoutHold(completed) : completed
  // Before it takes over the known clock: a deletion without one is as old as its receipt.
  const { value, version: received } = written(ports.codec, incoming)
  const arrival = arrivalOf(incoming, input, ports.sources)
  const comparison = compare(received, known, arrival)
  if (comparison.type !== 'newer') return decided({ ...label, name: 'duplicate', reason: comparison.type })
  const canonical = withHistory(keepClock(incoming, known), known, arrival.repeatsWithinMs)
  const { provenance } = canonical.record
  const { source_updated_at: clockMs, superseded } = provenance
  const version = { ...received, clockMs, superseded: Object.entries(superseded) }
  const output = {
    topic: TOPIC[canonical.type],
    key,
    value: canonical === incoming ? value : encode(ports.codec, canonical),
    headers: tracing(input),
    entries: keptEntries(
      { type: canonical.type, key },
      { canonical, version },
      known !== undefined,
      ports.hostsOf,
    ),
  }
  const effects: Effect[] = version.deleted
    ? [{ do: 'erase-blobs', key, storedBeforeMs: storedBefore(version.deletedAtMs ?? 0) }]
    : canonical.type === 'candidate' && isPending(canonical.record, ports.hostsOf)
      ? [{ do: 'fetch-files', key }]
      : []
  return {
    outcome: { ...label, name: 'published', reason: '', receivedAtMs: provenance.received_at },
    outputs: [output],
    effects,
  }
}

/** How far the clocks of ingress instances and of the store may differ. */
const CLOCKS_DIFFER_MS = 60_000

/**
 * Of a person who came back the files may be there already, and their event not decided yet: they were put after the
 * deletion was received. What was put shortly before it goes with the marker.
 */
export const storedBefore = (deletedAtMs: number): number => deletedAtMs - CLOCKS_DIFFER_MS

/** Ingress writes what it receives within 3 s; what took longer was kept by a spool, or sent again by an operator. */
const LATE_AFTER_MS = 5_000

function arrivalOf(canonical: CanonicalRecord, input: InputRecord, sources: DecidePorts['sources']): Arrival {
  const { provenance } = canonical.record
  const source = sources.get(provenance.source)
  return {
    clock: source?.clocks?.[canonical.type] ?? 'versions',
    repeatsWithinMs: source?.repeatsWithinMs ?? 0,
    isLate: input.timestampMs - provenance.received_at > LATE_AFTER_MS,
    isAside: canonical.type === 'job' && canonical.isAside === true,
  }
}

/** The marker of a deletion has been there for all who read late: a tombstone lets compaction forget the key. */
export function entomb(
  { type, key }: Omit<Internal & { do: 'entomb' }, 'do'>,
  state: State,
  ports: Pick<DecidePorts, 'hostsOf'>,
  dueMs: number,
): Decision<Effect> {
  const known = knownVersion(state, type, key)
  const isDue = known !== undefined && known.deletedAtMs !== null && known.deletedAtMs <= dueMs
  if (!isDue) return { outcome: null, outputs: [], effects: [] }
  const entries = keptEntries({ type, key }, null, true, ports.hostsOf)
  // By now no event refers to what was put before the marker was due.
  const effects: Effect[] = [{ do: 'erase-blobs', key, storedBeforeMs: dueMs }]
  return { outcome: null, outputs: [{ topic: TOPIC[type], key, value: null, entries }], effects }
}

/** Its company has got a tenant: it goes on there, and a marker stays. */
export function move(
  { type, key }: Internal & { do: 'move' },
  state: State,
  ports: DecidePorts,
  nowMs: number,
): Decision<Effect> {
  const held = heldOf(state, type, key)
  const tenant = held === undefined ? null : destinationOf(held, ports.settingsOf)
  if (held === undefined || tenant === null) return { outcome: null, outputs: [], effects: [] }
  const event = moved(held, tenant)
  const marker = movedAway(held, nowMs)
  const { value, version } = written(ports.codec, marker)
  const entries = keptEntries({ type, key }, { canonical: marker, version }, true, ports.hostsOf)
  return {
    outcome: null,
    outputs: [
      { ...event, partition: ports.partitionOf(String(event.key)) },
      { topic: TOPIC[type], key, value, entries },
    ],
    effects: [{ do: 'erase-blobs', key, storedBeforeMs: storedBefore(nowMs) }],
  }
}

/** What became of files: the same version of the candidate, which now says where they are or why not. */
export function recordFiles(
  { key, results }: Internal & { do: 'record-files' },
  state: State,
  ports: Pick<DecidePorts, 'codec' | 'hostsOf'>,
): Decision<Effect> {
  const known = knownVersion(state, 'candidate', key)
  // Deleted while they were fetched: what has been stored since must go too.
  if (known === undefined || known.deleted)
    return {
      outcome: null,
      outputs: [],
      effects: [{ do: 'drop-blobs', uris: storedIn(partsOfKey(key).tenant, key, results) }],
    }
  const pending = pendingOf(state, key)
  const record = pending === undefined ? null : withResults(pending, results)
  if (record === null) return { outcome: null, outputs: [], effects: [] }
  const output = {
    topic: CANONICAL_CANDIDATE,
    key,
    value: ports.codec.encode(CANONICAL_CANDIDATE, record),
    headers: { [HEADER.id]: record.provenance.event_id },
    entries: keptEntries(
      { type: 'candidate', key },
      { canonical: { type: 'candidate', record }, version: known },
      true,
      ports.hostsOf,
    ),
  }
  return { outcome: null, outputs: [output], effects: [] }
}

const decided = (outcome: InputOutcome, ...outputs: readonly Output[]): Decision<Effect> => ({
  outcome,
  outputs,
  effects: [],
})

const bodyOf = ({ value, fact }: InputRecord): Uint8Array | null =>
  fact instanceof Uint8Array ? fact : value

const contextOf = (event: RawEventHeaders, input: InputRecord, ports: DecidePorts): NormalizeContext => ({
  ...ports,
  event,
  raw: input,
})

/** Whose event it was, also when its headers cannot be read. */
function labelOf(
  headers: Outcome<RawEventHeaders>,
  input: InputRecord,
): Pick<InputOutcome, 'source' | 'tenant'> {
  return headers.type === 'ok'
    ? { source: headers.value.source, tenant: headers.value.tenant }
    : { source: input.topic.replace(/^ats\.raw\./, ''), tenant: 'unknown' }
}

/** The trace and the event go on with the record. */
function tracing({ headers }: InputRecord): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of [HEADER.id, HEADER.traceParent]) {
    const text = headerText(headers, name)
    if (text !== undefined) kept[name] = text
  }
  return kept
}

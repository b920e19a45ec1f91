/**
 * The contract of a source: everything the pipeline knows of one applicant tracking system, in one folder.
 *
 * A source is data and pure functions. It never reads the clock, the environment, the network or Kafka, and it never
 * throws on bad data: a fixture pins its whole behaviour. `split` runs in ingress before an event is stored and reads
 * only what routing needs, so that a changed payload still reaches the raw topic; `kinds` runs in the normalizer;
 * `trigger` in the sink.
 */
import { z } from 'zod'
import type { Application, Candidate } from '../../schemas/types.ts'
import type { CandidateDraft, CompanyDraft, JobDraft } from '../core/canonical.ts'
import type { EntityType } from '../core/identity.ts'
import { type Outcome, ok, reject, skip } from '../core/outcome.ts'
import { checkLeniently } from './check.ts'
import { readPerson } from './person.ts'

export interface Source {
  /** The folder's name, a segment of the webhook path and of the raw topic, and the prefix of its variables. */
  readonly name: string
  /** Largest body of the route, bytes; above it the answer is 413. */
  readonly bodyBytesMax: number
  /** What an operator may set for one connection. In the environment: `<NAME>_<SETTING>`, for tenant `default`. */
  readonly settings: z.ZodType<SourceSettings>
  /** Headers that `split` reads besides content-type, in lower case: it gets no others, and a dead letter keeps them. */
  readonly splitHeaders?: readonly string[]
  /** Cuts a delivery into events about one entity each, every one with the text that will be stored. */
  readonly split: (request: WebhookRequest) => Outcome<readonly RawEvent[]>
  /**
   * Where the format is ours, its senders can mend it: what is wrong with a delivery. One that has faults is refused whole,
   * 422, with what this says. Absent: whatever comes is taken, since a vendor could only send the same again.
   */
  readonly faultsOf?: (request: WebhookRequest) => readonly string[]
  /** One entry for each event kind that we consume; `null` for those that we know and do not consume. */
  readonly kinds: Readonly<Record<string, Kind | null>>
  /**
   * What the source's clock of an entity means: `versions`, the default, moves with each change and never back. That of
   * an `activity` is the time of the last thing that was done, which may be planned, or be undone.
   */
  readonly clocks?: Partial<Readonly<Record<EntityType, ClockMeaning>>>
  /** How long after a delivery the vendor may still repeat it, ms; absent where nobody says that it does. */
  readonly repeatsWithinMs?: number
  /**
   * Body of a delivery about one made-up candidate of this id, as the vendor would send it, without an address and without
   * anything else that more events would be cut from. What it says is published nowhere.
   */
  readonly canary?: (id: string) => string
  /** Whether an application asks for an invitation, by the source's own rule. The general rules are the sink's. */
  readonly trigger: (application: Application, context: TriggerContext) => TriggerVerdict
}

export type ClockMeaning = 'versions' | 'activity'

/** The kind of an element of a delivery that names no entity although its neighbours may; no mapping reads it. */
export const UNROUTABLE = 'unroutable'

/** Settings of one connection by their names in lower case; each source narrows them with its own schema. */
export type SourceSettings = Readonly<Record<string, unknown>>
export const noSettings: z.ZodType<SourceSettings> = z.strictObject({})

/** A webhook as it arrived: bytes first, because signatures and hashes are computed over bytes. */
export interface WebhookRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

/** One thing that happened to one entity. */
export interface RawEvent {
  /** The source's own name of the event (`ce_type`), such as `candidate.update`; an index into `kinds`. */
  readonly kind: string
  /** What the event is about; null when it is about no job, no candidate and no company. */
  readonly entity: { readonly type: EntityType | 'company'; readonly externalId: string } | null
  /**
   * JSON text of the event: the body as received, or the part of it that speaks of this entity. A file that came
   * inside it is replaced by its `placeholder`, so that it never carries bytes.
   */
  readonly text: string
  readonly deliveryId: string | null
  /** Id of the company that it speaks of, where the source serves several through one endpoint. */
  readonly company?: string | null
  /** Files taken out of the text (claim check); stored before the event is. */
  readonly files?: readonly InlineFile[]
}

/** A file that came inside a body, decoded. It belongs to the event's entity: `blobUri` says where it is kept. */
export interface InlineFile {
  readonly bytes: Uint8Array
  /** What the bytes show, never what the sender says: `application/octet-stream` when they show nothing. */
  readonly contentType: string
  readonly fileName: string | null
  /** Hex. */
  readonly sha256: string
  readonly sizeBytes: number
  /** The JSON value that stands in the event's text instead. */
  readonly placeholder: string
}

/** What a mapping may know besides the payload. The clock is read by ingress and passed on. */
export interface MapContext {
  readonly tenant: string
  readonly receivedAtMs: number
  readonly deliveryId: string | null
  readonly settings: SourceSettings
}

/** Turns the parsed JSON of one event into what it says. Made by `mapping`. */
export type Kind = (body: unknown, context: MapContext) => Outcome<Mapped>

/** What one raw event says about its entity: a whole snapshot, or that it is gone. */
export type Mapped = MappedJob | MappedCandidate | MappedCompany | MappedDeletion

interface Snapshot {
  readonly change: 'created' | 'updated'
  /** The source's own clock, ms since the epoch; null when the payload has none. */
  readonly clockMs: number | null
  /** Codes of tolerant readings that fired, such as `EMAIL_INVALID` or `NAIVE_TIME`. */
  readonly warnings: readonly string[]
}
export interface MappedJob extends Snapshot {
  readonly type: 'job'
  readonly draft: JobDraft
  /** Set when the job came along with something else: vendors shorten it there. */
  readonly isAside?: true
}
export interface MappedCandidate extends Snapshot {
  readonly type: 'candidate'
  readonly draft: CandidateDraft
}
/** A company that has signed up, where the source serves several through one endpoint. */
export interface MappedCompany extends Snapshot {
  readonly type: 'company'
  readonly draft: CompanyDraft
}
export interface MappedDeletion {
  readonly type: 'deletion'
  readonly of: EntityType
  readonly externalId: string
  readonly clockMs: number | null
}

/**
 * Checks a body against `payload`, then maps it. The schema names every field that `map` reads; one that it cannot read
 * is left out, with a warning that names it, unless the schema requires it or something is decided by it. It is compiled
 * at the first event: ingress, which maps nothing, need not wait for it.
 * @param decisive paths of fields without which something else would be decided, such as `data.status`
 */
export function mapping<Payload>(
  payload: z.ZodType<Payload>,
  map: (payload: Payload, context: MapContext) => Mapped,
  decisive: ReadonlySet<string> = NO_NAMES,
): Kind {
  let compiled: z.ZodType<Payload> | undefined
  return function checkAndMap(body, context) {
    compiled ??= z.compile(payload)
    const { value, dropped, error } = checkLeniently(body, compiled, decisive)
    if (error !== null) return reject('PAYLOAD_INVALID', faultsOf(error, payload))
    return ok(
      withWarnings(
        withPerson(map(value, context)),
        dropped.map(path => `FIELD_DROPPED:${pathOf(path, payload)}`),
      ),
    )
  }
}

const NO_NAMES: ReadonlySet<string> = new Set()

/** Names and addresses are repaired, or marked, alike for every source. */
function withPerson(mapped: Mapped): Mapped {
  if (mapped.type !== 'candidate') return mapped
  const { person, warnings } = readPerson(mapped.draft)
  if (warnings.length === 0) return mapped
  return withWarnings({ ...mapped, draft: { ...mapped.draft, ...person } }, warnings)
}

function withWarnings(mapped: Mapped, warnings: readonly string[]): Mapped {
  if (warnings.length === 0 || mapped.type === 'deletion') return mapped
  return { ...mapped, warnings: [...new Set([...mapped.warnings, ...warnings])] }
}

/** Maps one event by its kind. */
export function mapEvent(source: Source, kind: string, body: unknown, context: MapContext): Outcome<Mapped> {
  // hasOwn, because a kind named 'constructor' would otherwise find Object's.
  if (!Object.hasOwn(source.kinds, kind)) return reject('KIND_UNKNOWN', 'no version knows this event')
  const map = source.kinds[kind]
  return map ? map(body, context) : skip('KIND_NOT_CONSUMED')
}

/** Paths and rules, never values: `data.id: invalid_type`. */
export const faultsOf = (error: z.ZodError, schema: z.ZodType): string =>
  error.issues
    .slice(0, 5)
    .map(issue => `${pathOf(issue.path, schema) || '(body)'}: ${issue.code}`)
    .join('; ')

/** A name that the schema does not know is the sender's own, and may say anything: `*` stands for it. */
function pathOf(path: readonly PropertyKey[], schema: z.ZodType): string {
  const known = namesIn(schema)
  return path
    .map(part => (typeof part === 'number' || known.has(String(part)) ? String(part) : '*'))
    .join('.')
}

const namesOfSchemas = new WeakMap<z.ZodType, ReadonlySet<string>>()

/** Names of all members that a schema has, at any depth. */
function namesIn(schema: z.ZodType): ReadonlySet<string> {
  const known = namesOfSchemas.get(schema)
  if (known !== undefined) return known
  const names = new Set<string>()
  // What is read before it is checked shows in the schema of the output, what is changed after it in that of the input.
  for (const io of ['input', 'output'] as const) {
    JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' }), (key, value: unknown) => {
      if (key === 'properties' && typeof value === 'object' && value !== null)
        for (const name of Object.keys(value)) names.add(name)
      return value
    })
  }
  namesOfSchemas.set(schema, names)
  return names
}

export interface TriggerContext {
  readonly candidate: Candidate
  readonly settings: SourceSettings
  /** Whether the ledger already knows this application. */
  readonly applicationSeen: boolean
  /** Whether the ledger already knows any application of this candidate. */
  readonly candidateSeen: boolean
  /** Nothing applied for before it is invited. */
  readonly inviteSinceMs: number
  /** When its job was made, ms since the epoch; null while that is not known. */
  readonly jobPostedMs: number | null
}

export type TriggerVerdict =
  | 'invite'
  /** The source asked for this very person, so a job that has closed since is no objection. */
  | 'invite-although-closed'
  | 'BEFORE_INVITE_SINCE'
  | 'NOT_APPLICANT_STATUS'
  | 'APPLICATION_CLOSED'
  /** Nobody knows when the person applied: waits until an operator or the job says more. */
  | 'APPLIED_AT_UNKNOWN'
  /** The same, where the connection says that nobody is to wait. */
  | 'SKIP_APPLIED_AT_UNKNOWN'
  /** The connection does not say whose the company is: waits until it does. */
  | 'COMPANY_UNKNOWN'

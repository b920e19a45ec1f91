/**
 * What the normalizer remembers of a canonical key, and what a later snapshot means beside it.
 *
 * It is derived from the last record on the canonical topic alone, so that the state is a cache of the topic.
 */
import type { Attachment, Job, Provenance } from '../../schemas/types.ts'
import { attachmentsOf, type CanonicalRecord } from '../core/canonical.ts'
import { withoutQuery } from '../core/reading/url.ts'
import type { ClockMeaning } from '../sources/source.ts'
import { UNDATED } from './complete.ts'
import { isReadAgain } from './read-again.ts'

export interface Version {
  /** Hash of what the record says, whoever sent it and when. */
  readonly content: string
  /** The source's clock, ms; null when its payload has none. */
  readonly clockMs: number | null
  readonly receivedAtMs: number
  readonly deleted: boolean
  /** When its deletion was received, ms; null while it lives. */
  readonly deletedAtMs: number | null
  /** Whether it is a deletion of which the source does not say when it was: `clockMs` is then the known one's. */
  readonly isUndated: boolean
  /** Of the whole body that it came in. */
  readonly bodySha256: string
  /** Bodies that versions before came in, and when each was received, ms. */
  readonly superseded: readonly Superseded[]
  /** Of a job: which of its fields say something, a bit each. */
  readonly said: number
  /** Kafka's id of the topic that it was read from; empty where nobody can tell. */
  readonly topicId: string
  /** Its offset there. */
  readonly offset: number
}

/** A list of pairs: an object with digests as names has a shape of its own, which V8 keeps for each. */
export type Superseded = readonly [bodySha256: string, receivedAtMs: number]

export type Comparison =
  | { readonly type: 'newer' }
  /** Says what is known already. */
  | { readonly type: 'same' }
  /** Older than what is known. */
  | { readonly type: 'stale' }

/** How a version came. */
export interface Arrival {
  readonly clock: ClockMeaning
  /** How long after a delivery the vendor may still repeat it, ms. */
  readonly repeatsWithinMs: number
  /** Whether it was held up on the way here, by a spool or an operator: others may have overtaken it. */
  readonly isLate: boolean
  readonly isAside: boolean
}

/** @param digest of the record without the fields of `OF_A_DELIVERY`, and of what `meantBy` says, hex */
export function versionOf(canonical: CanonicalRecord, digest: string): Version {
  const { provenance, lifecycle, deleted_at } = canonical.record
  return {
    content: digest.slice(0, 32),
    clockMs: provenance.source_updated_at,
    receivedAtMs: provenance.received_at,
    deleted: lifecycle === 'DELETED',
    deletedAtMs: deleted_at,
    isUndated: provenance.warnings.includes(UNDATED),
    bodySha256: provenance.body_sha256,
    superseded: Object.entries(provenance.superseded),
    said: canonical.type === 'job' ? saidBy(canonical.record) : 0,
    topicId: provenance.raw_topic_id ?? '',
    offset: provenance.raw_offset ?? 0,
  }
}

/** The fields of a job in one order, without those that every record has. */
const saidBy = (job: Job): number =>
  JOB_FIELDS.reduce((bits, name, at) => (isSilent(job[name]) ? bits : bits | (1 << at)), 0)

const JOB_FIELDS = [
  'reference',
  'title',
  'description',
  'description_sections',
  'skills',
  'language',
  'hiring_organization',
  'locations',
  'date_posted',
  'valid_through',
  'job_start_date',
  'salary',
  'experience_level',
  'education_level',
  'categories',
  'posting_url',
  'apply_url',
  'contacts',
  'contract_end_date',
  'closed_at',
  'workplace_type_raw',
] as const satisfies readonly (keyof Job)[]

const isSilent = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)

/** A late older snapshot never replaces a newer one, and a redelivery changes nothing. */
export function compare(incoming: Version, known: Version | undefined, arrival: Arrival): Comparison {
  if (known === undefined) return { type: 'newer' }
  if (incoming.deleted && known.deleted) return { type: 'same' }
  if (isStale(incoming, known, arrival)) return { type: 'stale' }
  return incoming.content === known.content && incoming.deleted === known.deleted
    ? { type: 'same' }
    : { type: 'newer' }
}

/** What the clocks of two ingress instances may differ by. */
const SKEW_MS = 60_000
/** In which deliveries overtake each other. */
const OVERTAKING_MS = 600_000

function isStale(incoming: Version, known: Version, arrival: Arrival): boolean {
  if (isRepeated(incoming, known, arrival) || isReadAgain(incoming, known, arrival.clock)) return true
  if (known.deleted) return staysDeleted(incoming, known, arrival)
  if (incoming.deleted && incoming.clockMs === null)
    return arrival.isLate && incoming.receivedAtMs < known.receivedAtMs - SKEW_MS
  if (arrival.isAside && (known.said & ~incoming.said) !== 0) return true
  const isOlder = incoming.clockMs !== null && known.clockMs !== null && incoming.clockMs < known.clockMs
  if (arrival.clock === 'versions' && incoming.clockMs !== null && known.clockMs !== null) return isOlder
  // What was not held up arrives in its order, whatever the clocks of those who received it show.
  if (arrival.isLate && incoming.receivedAtMs < known.receivedAtMs) return true
  return isOlder && Math.abs(incoming.receivedAtMs - known.receivedAtMs) <= OVERTAKING_MS
}

/** The vendor sends once more what has been replaced since. */
function isRepeated(incoming: Version, known: Version, { repeatsWithinMs }: Arrival): boolean {
  const [, beforeMs] = known.superseded.find(([body]) => body === incoming.bodySha256) ?? []
  return beforeMs !== undefined && Math.abs(incoming.receivedAtMs - beforeMs) <= repeatsWithinMs
}

/** Only a strictly newer snapshot brings a deleted person back, whatever the event is called. */
function staysDeleted(incoming: Version, known: Version, { isLate }: Arrival): boolean {
  const { clockMs } = incoming
  if (known.clockMs !== null && (clockMs === null || clockMs <= known.clockMs)) return true
  if (isLate && incoming.receivedAtMs < known.receivedAtMs) return true
  if (known.clockMs !== null && !known.isUndated) return false
  // The deletion may have overtaken it: then it speaks of the time before.
  const deletedAtMs = known.deletedAtMs ?? known.receivedAtMs
  const isFromBefore = clockMs === null || clockMs <= deletedAtMs
  return isFromBefore && incoming.receivedAtMs <= deletedAtMs + OVERTAKING_MS
}

const SUPERSEDED_MAX = 8

/** The record, knowing which bodies it and those before it replace, for as long as the vendor may repeat them. */
export function withHistory(
  canonical: CanonicalRecord,
  known: Version | undefined,
  repeatsWithinMs: number,
): CanonicalRecord {
  if (known === undefined || repeatsWithinMs === 0) return canonical
  const { provenance } = canonical.record
  const replaced = [...known.superseded, [known.bodySha256, known.receivedAtMs] as const]
    .filter(
      ([body, atMs]) =>
        body !== '' && body !== provenance.body_sha256 && provenance.received_at - atMs <= repeatsWithinMs,
    )
    .sort(([, a], [, b]) => b - a)
    .slice(0, SUPERSEDED_MAX)
  if (replaced.length === 0) return canonical
  const superseded: Record<string, number> = Object.create(null)
  for (const [body, atMs] of replaced) superseded[body] = atMs
  return withProvenance(canonical, { ...provenance, superseded })
}

const withProvenance = (canonical: CanonicalRecord, provenance: Provenance): CanonicalRecord =>
  canonical.type === 'job'
    ? { type: 'job', record: { ...canonical.record, provenance } }
    : { type: 'candidate', record: { ...canonical.record, provenance } }

/** A deletion that carries no clock keeps the one that was known, so that an older snapshot cannot undo it. */
export function keepClock(canonical: CanonicalRecord, known: Version | undefined): CanonicalRecord {
  const { provenance, lifecycle } = canonical.record
  if (lifecycle !== 'DELETED' || provenance.source_updated_at !== null || known?.clockMs == null)
    return canonical
  return withProvenance(canonical, { ...provenance, source_updated_at: known.clockMs })
}

/**
 * What may differ between two deliveries of the same fact: places, times, links, which are signed anew, and what is known of a
 * linked file once it has been fetched.
 */
export const OF_A_DELIVERY = {
  job: new Set([
    'Job.posting_url',
    'Job.apply_url',
    'Organization.logo_url',
    'Job.deleted_at',
    'Job.provenance',
  ]),
  candidate: new Set([
    'Attachment.source_url',
    'Attachment.source_url_expires_at',
    'Attachment.content_type',
    'Attachment.size_bytes',
    'Attachment.sha256',
    'Attachment.blob_uri',
    'Attachment.extracted_text_blob_uri',
    'Attachment.fetch_status',
    'Candidate.deleted_at',
    'Candidate.provenance',
  ]),
} as const

/** What says instead which files and pages are meant: links without their signatures, and what is known of files without one. */
export function meantBy(canonical: CanonicalRecord): string {
  const meant =
    canonical.type === 'job'
      ? jobLinksOf(canonical.record).map(url => url && withoutQuery(url))
      : attachmentsOf(canonical.record).map(meantByFile)
  return meant.length === 0 ? '' : JSON.stringify(meant)
}

const meantByFile = ({ source_url, content_type, size_bytes, sha256 }: Attachment) =>
  source_url === null ? [content_type, size_bytes, sha256] : withoutQuery(source_url)

const jobLinksOf = ({ posting_url, apply_url, hiring_organization }: Job) => [
  posting_url,
  apply_url,
  hiring_organization?.logo_url ?? null,
]

/**
 * What the normalizer remembers of a canonical key, and what a later snapshot means beside it.
 *
 * It is derived from the last record on the canonical topic alone, so that the state is a cache of the topic.
 */
import type { Attachment, Candidate, Job } from '../../schemas/types.ts'
import { type CanonicalRecord, withAttachments } from '../core/canonical.ts'
import { sha256Hex } from '../core/identity.ts'
import { withoutQuery } from '../core/url.ts'

export interface Version {
  /** Hash of what the record says, whoever sent it and when. */
  readonly content: string
  /** The source's clock, ms; null when its payload has none. */
  readonly clockMs: number | null
  readonly receivedAtMs: number
  readonly deleted: boolean
  /** When its deletion was received, ms; null while it lives. */
  readonly deletedAtMs: number | null
}

export type Comparison =
  | { readonly type: 'newer' }
  /** Says what is known already. */
  | { readonly type: 'same' }
  /** Older than what is known. */
  | { readonly type: 'stale' }

/** @param encode Avro bytes of a record */
export function versionOf(
  canonical: CanonicalRecord,
  encode: (canonical: CanonicalRecord) => Uint8Array,
): Version {
  const { provenance, lifecycle, deleted_at } = canonical.record
  return {
    content: sha256Hex(encode(contentOf(canonical))).slice(0, 32),
    clockMs: provenance.source_updated_at,
    receivedAtMs: provenance.received_at,
    deleted: lifecycle === 'DELETED',
    deletedAtMs: deleted_at,
  }
}

/** A late older snapshot never replaces a newer one, and a redelivery changes nothing. */
export function compare(incoming: Version, known: Version | undefined): Comparison {
  if (known === undefined) return { type: 'newer' }
  if (incoming.deleted && known.deleted) return { type: 'same' }
  if (isStale(incoming, known)) return { type: 'stale' }
  return incoming.content === known.content && incoming.deleted === known.deleted
    ? { type: 'same' }
    : { type: 'newer' }
}

/** What the clocks of two ingress instances may differ by. */
const SKEW_MS = 60_000

/** The source's clock where both have one, else the time of first receipt. */
function isStale(incoming: Version, known: Version): boolean {
  // A deletion that nobody dated must not be lost to a clock that goes a little wrong; one that is late for good is.
  if (incoming.deleted && incoming.clockMs === null)
    return incoming.receivedAtMs < known.receivedAtMs - SKEW_MS
  const bySource = incoming.clockMs !== null && known.clockMs !== null
  const [then, now] = bySource
    ? [known.clockMs, incoming.clockMs]
    : [known.receivedAtMs, incoming.receivedAtMs]
  // Only a strictly newer snapshot brings a deleted person back, whatever the event is called.
  if (known.deleted && !incoming.deleted && known.clockMs !== null && incoming.clockMs === null) return true
  return known.deleted && !incoming.deleted ? Number(now) <= Number(then) : Number(now) < Number(then)
}

/** A deletion that carries no clock keeps the one that was known, so that an older snapshot cannot undo it. */
export function keepClock(canonical: CanonicalRecord, known: Version | undefined): CanonicalRecord {
  const { provenance, lifecycle } = canonical.record
  if (lifecycle !== 'DELETED' || provenance.source_updated_at !== null || known?.clockMs == null)
    return canonical
  const kept = { ...provenance, source_updated_at: known.clockMs }
  return canonical.type === 'job'
    ? { type: 'job', record: { ...canonical.record, provenance: kept } }
    : { type: 'candidate', record: { ...canonical.record, provenance: kept } }
}

const NO_PROVENANCE = {
  source: '',
  tenant_id: '',
  event_id: '',
  event_type: '',
  source_event_type: '',
  delivery_id: null,
  received_at: 0,
  source_updated_at: null,
  body_sha256: '',
  raw_topic: null,
  raw_partition: null,
  raw_offset: null,
  normalizer_version: '',
  warnings: [],
}

/** The record without what may differ between two deliveries of the same fact: re-signed URLs, places, times. */
function contentOf(canonical: CanonicalRecord): CanonicalRecord {
  return canonical.type === 'job'
    ? { type: 'job', record: jobContent(canonical.record) }
    : { type: 'candidate', record: candidateContent(canonical.record) }
}

const jobContent = (job: Job): Job => ({
  ...job,
  posting_url: unsigned(job.posting_url),
  apply_url: unsigned(job.apply_url),
  hiring_organization: job.hiring_organization && {
    ...job.hiring_organization,
    logo_url: unsigned(job.hiring_organization.logo_url),
  },
  deleted_at: null,
  provenance: NO_PROVENANCE,
})

const candidateContent = (candidate: Candidate): Candidate => ({
  ...withAttachments(candidate, attachmentContent),
  deleted_at: null,
  provenance: NO_PROVENANCE,
})

const attachmentContent = (attachment: Attachment): Attachment => ({
  ...attachment,
  source_url: unsigned(attachment.source_url),
  source_url_expires_at: null,
  blob_uri: null,
  extracted_text_blob_uri: null,
  fetch_status: 'UNKNOWN',
})

const unsigned = (url: string | null): string | null => (url === null ? null : withoutQuery(url))

/** Completes what a source's mapping said with keys and provenance: the canonical record. */
import type { Application, Candidate, Company, Job, Provenance } from '../../schemas/types.ts'
import {
  type ApplicationDraft,
  type CandidateDraft,
  type CanonicalRecord,
  emptyCandidate,
  emptyJob,
  type JobDraft,
} from '../core/canonical.ts'
import { compositeApplicationKey, entityKey, personKey } from '../core/identity.ts'
import type { RawEventHeaders } from '../core/raw-event.ts'
import type { InputRecord } from '../platform/partitions/processor.ts'
import type { Mapped, MappedCompany } from '../sources/source.ts'

/** On a deletion of which the source does not say when it was. */
export const UNDATED = 'DELETION_UNDATED'

export interface CompletionContext {
  readonly event: RawEventHeaders
  /** Where the raw record stands. */
  readonly raw: Pick<InputRecord, 'topic' | 'topicId' | 'partition' | 'offset'>
  readonly personKeySecret: string
  readonly normalizerVersion: string
  /** What a company that signed up calls itself; null when nobody said it. */
  readonly companyName: (source: string, tenant: string, companyId: string) => string | null
}

/** A company has no state here: whatever it says replaces what it said. */
export interface CompanyRecord {
  readonly type: 'company'
  readonly record: Company
}

export function complete(
  mapped: Exclude<Mapped, MappedCompany>,
  context: CompletionContext,
): CanonicalRecord {
  switch (mapped.type) {
    case 'job':
      return {
        type: 'job',
        record: completeJob(mapped.draft, provenanceOf(mapped, context), context),
        ...(mapped.isAside && { isAside: true }),
      }
    case 'candidate':
      return {
        type: 'candidate',
        record: completeCandidate(mapped.draft, provenanceOf(mapped, context), context),
      }
    case 'deletion':
      return redacted(mapped, context)
  }
}

/** What remains of a deleted entity: its key, and that it is deleted. Every personal field is null or empty. */
function redacted(mapped: Mapped & { type: 'deletion' }, context: CompletionContext): CanonicalRecord {
  const provenance = provenanceOf(mapped, context)
  const deletion = { lifecycle: 'DELETED', deleted_at: context.event.receivedAtMs } as const
  if (mapped.of === 'job') {
    const job = completeJob({ ...emptyJob(mapped.externalId), kind: 'UNKNOWN' }, provenance, context)
    return { type: 'job', record: { ...job, ...deletion } }
  }
  const candidate = completeCandidate(
    { ...emptyCandidate(mapped.externalId), identity_basis: 'UNKNOWN' },
    provenance,
    context,
  )
  return { type: 'candidate', record: { ...candidate, ...deletion } }
}

export const completeCompany = (mapped: MappedCompany, context: CompletionContext): CompanyRecord => ({
  type: 'company',
  record: {
    ...mapped.draft,
    company_key: entityKey(context.event.source, context.event.tenant, mapped.draft.external_id),
    provenance: provenanceOf(mapped, context),
  },
})

/** A job may name its company by the id alone, and the company have said its name when it signed up. */
function organizationOf(
  { hiring_organization: sent }: JobDraft,
  { event, companyName }: CompletionContext,
): Job['hiring_organization'] {
  if (sent === null || sent.name !== null || sent.external_id === null) return sent
  return { ...sent, name: companyName(event.source, event.tenant, sent.external_id) }
}

function completeJob(draft: JobDraft, provenance: Provenance, context: CompletionContext): Job {
  const { event } = context
  return {
    ...draft,
    job_key: entityKey(event.source, event.tenant, draft.external_id),
    hiring_organization: organizationOf(draft, context),
    alternate_ids: sorted(draft.alternate_ids),
    custom_fields: sorted(draft.custom_fields),
    lifecycle: 'ACTIVE',
    deleted_at: null,
    provenance,
  }
}

function completeCandidate(
  draft: CandidateDraft,
  provenance: Provenance,
  context: CompletionContext,
): Candidate {
  const { event, personKeySecret } = context
  const candidateKey = entityKey(event.source, event.tenant, draft.external_id)
  return {
    ...draft,
    candidate_key: candidateKey,
    person_key: personKey(personKeySecret, event.tenant, draft.email),
    alternate_ids: sorted(draft.alternate_ids),
    custom_fields: sorted(draft.custom_fields),
    applications: draft.applications.map(application =>
      completeApplication(application, candidateKey, event),
    ),
    lifecycle: 'ACTIVE',
    deleted_at: null,
    provenance,
  }
}

function completeApplication(
  draft: ApplicationDraft,
  candidateKey: string,
  event: RawEventHeaders,
): Application {
  const { source: jobSource, ...job } = draft.job
  return {
    ...draft,
    application_key:
      draft.id_basis === 'CANDIDATE_JOB'
        ? compositeApplicationKey(candidateKey, job.external_id)
        : entityKey(event.source, event.tenant, draft.external_id),
    job: { ...job, job_key: entityKey(jobSource, event.tenant, job.external_id) },
    custom_fields: sorted(draft.custom_fields),
  }
}

function provenanceOf(mapped: Mapped, { event, raw, normalizerVersion }: CompletionContext): Provenance {
  const entity = mapped.type === 'deletion' ? mapped.of : mapped.type
  return {
    source: event.source,
    tenant_id: event.tenant,
    event_id: event.eventId,
    event_type: `${entity}.${mapped.type === 'deletion' ? 'deleted' : mapped.change}`,
    source_event_type: event.kind,
    delivery_id: event.deliveryId,
    received_at: event.receivedAtMs,
    source_updated_at: mapped.clockMs,
    body_sha256: event.bodySha256,
    raw_topic: raw.topic,
    raw_partition: raw.partition,
    raw_offset: raw.offset,
    raw_topic_id: raw.topicId || null,
    normalizer_version: normalizerVersion,
    superseded: {},
    warnings: [...event.warnings, ...warningsOf(mapped)].sort(),
  }
}

const warningsOf = (mapped: Mapped): readonly string[] => {
  if (mapped.type !== 'deletion') return mapped.warnings
  return mapped.clockMs === null ? [UNDATED] : []
}

/** In the order of the keys: two payloads that differ only in the order of their members say the same. */
function sorted(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(fields)
  if (names.length < 2) return fields
  return Object.fromEntries(names.sort().map(name => [name, fields[name] ?? '']))
}

/** The marker that remains under a key when what it was about goes on under another. */
export function movedAway(canonical: CanonicalRecord, atMs: number): CanonicalRecord {
  const { type, record } = canonical
  const provenance = { ...record.provenance, event_type: `${type}.deleted`, warnings: [], superseded: {} }
  const marker = { lifecycle: 'DELETED', deleted_at: atMs, provenance } as const
  if (type === 'job')
    return {
      type,
      record: { ...emptyJob(record.external_id), kind: 'UNKNOWN', job_key: record.job_key, ...marker },
    }
  return {
    type,
    record: {
      ...emptyCandidate(record.external_id),
      identity_basis: 'UNKNOWN',
      candidate_key: record.candidate_key,
      person_key: null,
      applications: [],
      ...marker,
    },
  }
}

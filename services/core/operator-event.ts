/**
 * Events that an operator writes onto a raw topic, where a source has no word for what must happen: most never say that
 * a person is to be deleted, and none that a company has become somebody's customer. `atsflow-auth` tells them from what
 * came in: ingress names its own ways there.
 */
import type { CandidateDraft, CanonicalRecord, JobDraft } from './canonical.ts'
import { partsOfKey } from './identity.ts'
import { HEADER } from './topics.ts'

export const OPERATOR_AUTH = 'operator'
export const CANDIDATE_DELETION = 'operator.candidate.delete'
export const CANDIDATE_MOVE = 'operator.candidate.move'
export const JOB_MOVE = 'operator.job.move'

/** What the record of a deletion says. */
export interface CandidateDeletion {
  readonly external_id: string
}

/** What the record of a move says: all that was known under the key before. */
export interface Move<Draft extends JobDraft | CandidateDraft> {
  readonly draft: Draft
  readonly clock_ms: number | null
  readonly warnings: readonly string[]
}

export const isFromOperator = (header: (name: string) => string | undefined): boolean =>
  header(HEADER.auth) === OPERATOR_AUTH

/** The text of the record; the source knows the person under this id. */
export const candidateDeletion = (externalId: string): string =>
  JSON.stringify({ external_id: externalId } satisfies CandidateDeletion)

/** The event that makes a record anew under another tenant's key. */
export function moveOf(canonical: CanonicalRecord): { readonly kind: string; readonly text: string } {
  const { source_updated_at: clock_ms, warnings } = canonical.record.provenance
  if (canonical.type === 'job') {
    const { job_key: _, lifecycle: __, deleted_at: ___, provenance: ____, ...draft } = canonical.record
    return { kind: JOB_MOVE, text: JSON.stringify({ draft, clock_ms, warnings } satisfies Move<JobDraft>) }
  }
  const {
    candidate_key: _,
    person_key: __,
    lifecycle: ___,
    deleted_at: ____,
    provenance: _____,
    ...rest
  } = canonical.record
  const applications = rest.applications.map(
    ({ application_key: _, job: { job_key, ...job }, ...application }) => ({
      ...application,
      job: { ...job, source: partsOfKey(job_key).source },
    }),
  )
  const move: Move<CandidateDraft> = { draft: { ...rest, applications }, clock_ms, warnings }
  return { kind: CANDIDATE_MOVE, text: JSON.stringify(move) }
}

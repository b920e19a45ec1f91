import type { ApplicationStage } from '../../../schemas/types.ts'
import { reject } from '../../core/outcome.ts'
import { mapping, noSettings, type Source, UNROUTABLE } from '../source.ts'
import { DECISIVE } from './decisive.ts'
import { faultsOf } from './faults.ts'
import { toCandidate } from './map-candidate.ts'
import { toDeletion, toJob } from './map-job.ts'
import { CandidateDeletion, CandidateUpsert, JobDeletion, JobUpsert } from './payload.ts'
import { split, UNREADABLE } from './split.ts'

const CLOSED: ReadonlySet<ApplicationStage> = new Set<ApplicationStage>(['HIRED', 'REJECTED', 'WITHDRAWN'])

/**
 * Our own format, `direct.schema.json`: for systems that push no jobs, and for backfills. One object, an array or
 * NDJSON, whole snapshots and deletions, in the canonical records' own field names. `updated_at` is the clock. It is
 * ours, so it is read strictly: a field that the schema does not have is a fault, and so is what cannot be read of a field
 * by which something is decided; a delivery with one is refused. Other fields that cannot be read are left out with a warning.
 */
export default {
  name: 'direct',
  bodyBytesMax: 10 * 1024 * 1024,
  settings: noSettings,
  split,
  faultsOf,
  kinds: {
    'job.upsert': mapping(JobUpsert, toJob, DECISIVE),
    'job.delete': mapping(JobDeletion, toDeletion, DECISIVE),
    'candidate.upsert': mapping(CandidateUpsert, toCandidate, DECISIVE),
    'candidate.delete': mapping(CandidateDeletion, toDeletion, DECISIVE),
    [UNROUTABLE]: () => reject('NOT_ROUTABLE', 'an element of the delivery names no job and no candidate'),
    [UNREADABLE]: () => reject('BODY_UNREADABLE', 'a line of the delivery is not JSON'),
  },
  canary: id =>
    JSON.stringify({ type: 'candidate', action: 'upsert', data: { external_id: id, first_name: 'Canary' } }),
  /** Being sent is the request, for as long as the application is open. */
  trigger: ({ stage }) => (CLOSED.has(stage) ? 'APPLICATION_CLOSED' : 'invite'),
} satisfies Source

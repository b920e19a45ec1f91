import type { Candidate } from '../../schemas/types.ts'
import { emptyCandidate } from '../../services/core/canonical.ts'

/** A canonical candidate of whom only the id and what a test says are known. */
export const candidateRecord = (known: Partial<Candidate>): Candidate => ({
  ...emptyCandidate('1'),
  candidate_key: 'source:default:1',
  person_key: null,
  applications: [],
  lifecycle: 'ACTIVE',
  deleted_at: null,
  provenance: {
    source: 'source',
    tenant_id: 'default',
    event_id: '00000000-0000-0000-0000-000000000000',
    event_type: 'candidate.created',
    source_event_type: 'candidate.create',
    delivery_id: null,
    received_at: 0,
    source_updated_at: null,
    body_sha256: '',
    raw_topic: null,
    raw_partition: null,
    raw_offset: null,
    raw_topic_id: null,
    normalizer_version: 'test',
    superseded: {},
    warnings: [],
  },
  ...known,
})

/** Canonical records for the sink's tests: complete, and with nothing in them that a test does not set. */
import type { Application, Candidate, Job, Provenance, WorkExperience } from '../../../schemas/types.ts'
import { emptyApplication, emptyCandidate, emptyJob } from '../../../services/core/canonical.ts'

export const provenance: Provenance = {
  source: 'jobylon',
  tenant_id: 'default',
  event_id: '6f1f5d2e-0000-5000-8000-000000000000',
  event_type: 'job.created',
  source_event_type: 'job/new',
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
}

/** A job that Pulsifi takes as it stands. */
export const aJob = (change: Partial<Job> = {}): Job => ({
  ...emptyJob('42'),
  title: 'Fork-lift operator',
  description: 'd'.repeat(300),
  skills: [{ name: 'Forklift driving', uri: null, origin: 'SOURCE' }],
  job_key: 'jobylon:default:42',
  lifecycle: 'ACTIVE',
  deleted_at: null,
  provenance,
  ...change,
})

export const anApplication = (change: Partial<Application> = {}): Application => ({
  ...emptyApplication('7', {
    source: 'jobylon',
    external_id: '42',
    reference: null,
    title: null,
    status_raw: null,
  }),
  application_key: 'jobylon:default:7',
  job: { job_key: 'jobylon:default:42', external_id: '42', reference: null, title: null, status_raw: null },
  ...change,
})

/** The candidate of the guideline's example. */
export const aCandidate = (change: Partial<Candidate> = {}): Candidate => ({
  ...emptyCandidate('7'),
  first_name: 'John',
  last_name: 'Doe',
  email: 'johndoe@gmail.com',
  candidate_key: 'jobylon:default:7',
  person_key: null,
  applications: [anApplication()],
  lifecycle: 'ACTIVE',
  deleted_at: null,
  provenance,
  ...change,
})

export const aPosition = (change: Partial<WorkExperience> = {}): WorkExperience => ({
  role: 'Software Engineer',
  organization: 'Pulsifi',
  is_current: false,
  description: null,
  start_date: 19_269,
  end_date: null,
  start_precision: 'DAY',
  end_precision: 'UNKNOWN',
  ...change,
})

export const PULSIFI_JOB_ID = '6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e'
/** Two UTF-16 units, one code point. */
export const ASTRAL = '🦸'

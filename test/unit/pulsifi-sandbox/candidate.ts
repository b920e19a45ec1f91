import type { Candidate } from '../../../infra/pulsifi-sandbox/state.ts'

/** An open invitation of 31 January 2026, with the guideline's example person. */
export const candidateOf = (change: Partial<Candidate> = {}): Candidate => ({
  candidate_id: 'c1',
  invite_code: 'code-c1',
  job_id: '6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e',
  ext_reference_id: 'ATS12345',
  is_anonymous_candidate: false,
  email: 'johndoe@gmail.com',
  first_name: 'John',
  last_name: 'Doe',
  skills: [],
  work_experiences: [],
  status: 'invited',
  created_at: '2026-01-31T12:00:00.000Z',
  invitation_expired_at: '2026-04-30T12:00:00.000Z',
  result: null,
  ...change,
})

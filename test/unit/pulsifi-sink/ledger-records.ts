/** Ledger records for the sink's tests. */
import type { PulsifiInvitation, PulsifiJobBinding } from '../../../schemas/types.ts'
import type { CandidateReply } from '../../../services/platform/pulsifi/pulsifi-api.ts'
import { newInvitation } from '../../../services/pulsifi-sink/ledger/invitation.ts'
import { newBinding } from '../../../services/pulsifi-sink/ledger/job.ts'
import { aCandidate, anApplication, PULSIFI_JOB_ID } from './records.ts'

/** Called once, at 1,000 ms. */
export const anInvitation = (change: Partial<PulsifiInvitation> = {}): PulsifiInvitation => ({
  ...newInvitation(aCandidate(), anApplication(), 1_000),
  outcome: 'INTENDED',
  attempt: 1,
  first_attempt_at: 1_000,
  ...change,
})

export const aBinding = (change: Partial<PulsifiJobBinding> = {}): PulsifiJobBinding => ({
  ...newBinding('jobylon:default:42', 1_000),
  job_kind: 'POSTING',
  job_status: 'OPEN',
  job_lifecycle: 'ACTIVE',
  ...change,
})

export const aBoundBinding = (change: Partial<PulsifiJobBinding> = {}): PulsifiJobBinding =>
  aBinding({ state: 'BOUND', pulsifi_job_id: PULSIFI_JOB_ID, attempt: 1, ...change })

export const aReply = (change: Partial<CandidateReply> = {}): CandidateReply => ({
  candidate_id: 'c-1',
  ext_reference_id: 'jobylon_7',
  job_id: PULSIFI_JOB_ID,
  is_anonymous_candidate: false,
  invitation_link: 'https://candidate.pulsifi.me/invites/abc',
  invitation_expired_at: 9_000,
  created_at: 2_000,
  report_pdf_link: null,
  report_profile_link: null,
  scores: [],
  additional_scores: [],
  status: 'invited',
  invite_code: 'abc',
  ...change,
})

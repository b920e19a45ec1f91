/** The guideline's response bodies, made from state. Key order is the guideline's. */
import { statusAt } from './assessment.ts'
import type { Candidate, Job, Webhook } from './state.ts'

/** The guideline calls it a number and shows 1. */
const PARTNER_ID = 1

export const jobReply = (job: Job) => ({
  id: job.id,
  title: job.title,
  status: job.status,
  external_id: job.external_id,
  employment_type: job.employment_type,
  description: job.description,
  skills: job.skills,
})

/** Body of "create candidate invitation": `invite_code` shows only as the last segment of the link. */
export const invitationReply = (candidate: Candidate, baseUrl: string, nowMs: number) => ({
  is_anonymous_candidate: candidate.is_anonymous_candidate,
  email: candidate.email,
  first_name: candidate.first_name,
  last_name: candidate.last_name,
  status: statusAt(candidate, nowMs),
  ext_reference_id: candidate.ext_reference_id,
  job_id: candidate.job_id,
  candidate_id: candidate.candidate_id,
  invitation_link: `${baseUrl}/invites/${candidate.invite_code}`,
  invitation_expired_at: candidate.invitation_expired_at,
  created_at: candidate.created_at,
})

/** Body of "get candidate result / details": links and scores are null until the assessment is complete. */
export const candidateReply = (candidate: Candidate, baseUrl: string, nowMs: number) => ({
  ...invitationReply(candidate, baseUrl, nowMs),
  ...reportLinks(candidate, baseUrl),
  scores: candidate.result?.scores ?? null,
  additional_scores: candidate.result?.additional_scores ?? null,
})

export const reportLinks = (candidate: Candidate, baseUrl: string) => ({
  report_pdf_link:
    candidate.status === 'completed' ? `${baseUrl}/reports/${candidate.candidate_id}.pdf` : null,
  report_profile_link:
    candidate.status === 'completed' ? `${baseUrl}/invites/${candidate.invite_code}` : null,
})

/** The guideline types `is_deleted` as a date but shows a boolean; the secret is never returned. */
export const webhookReply = (webhook: Webhook) => ({
  id: webhook.id,
  partner_id: PARTNER_ID,
  name: webhook.name,
  url: webhook.url,
  events: webhook.events,
  status: webhook.status,
  is_deleted: webhook.is_deleted,
  created_at: webhook.created_at,
  created_by: PARTNER_ID,
})

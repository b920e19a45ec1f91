/**
 * What a callback says and how it proves its sender. v4.1.0 shows neither: the body has the envelope of the earlier
 * public guides with the one event name of v4, the header of the secret is configuration. Pure.
 */
import { createHmac } from 'node:crypto'
import type { SandboxOptions } from './config.ts'
import { reportLinks } from './replies.ts'
import type { Candidate, WebhookEvent } from './state.ts'

/** What "test webhook" sends: the same shape about nobody. */
const SAMPLE = {
  candidate_id: 'sample',
  ext_reference_id: 'sample',
  job_id: '00000000-0000-4000-8000-000000000000',
  invitation_code: 'sample',
  report_pdf_link: null,
  report_profile_link: null,
}

export type CallbackShape = 'standard' | 'empty' | 'v2' | 'unknown'

/** The text of one callback. `v2`: one event a score, as guide v2.0.0 had it; `unknown`: an envelope nobody described. */
export function callbackBody(
  event: WebhookEvent,
  candidate: Candidate | null,
  baseUrl: string,
  shape: CallbackShape,
): string {
  const body = candidate === null ? SAMPLE : factsOf(candidate, baseUrl)
  const { candidate_id, ...withoutCandidate } = body
  switch (shape) {
    case 'standard':
      return JSON.stringify({ event_type: event, event_body: body })
    case 'empty':
      return ''
    case 'v2':
      return JSON.stringify({
        event_type: 'candidate_assessment_role_fit_score_ready',
        event_body: { ...withoutCandidate, ...candidate?.result?.scores?.[0] },
      })
    case 'unknown':
      return JSON.stringify({ notice: { about: candidate_id } })
  }
}

const factsOf = (candidate: Candidate, baseUrl: string) => ({
  candidate_id: candidate.candidate_id,
  ext_reference_id: candidate.ext_reference_id,
  job_id: candidate.job_id,
  invitation_code: candidate.invite_code,
  ...reportLinks(candidate, baseUrl),
})

/** The header that proves the sender, if the webhook has a secret. */
export function secretHeaders(
  options: Pick<SandboxOptions, 'secretHeader' | 'secretMode'>,
  secret: string | null,
  body: string,
): Record<string, string> {
  if (secret === null) return {}
  const value =
    options.secretMode === 'plain' ? secret : createHmac('sha256', secret).update(body).digest('hex')
  return { [options.secretHeader]: value }
}

import type { Application } from '../../../schemas/types.ts'
import type { TriggerContext, TriggerVerdict } from '../source.ts'
import { APPLICANTS, isApplicantsLabel } from './applicants.ts'
import { Settings } from './settings.ts'

const FIRST_SIGHT = {
  wait: 'APPLIED_AT_UNKNOWN',
  invite: 'invite',
  skip: 'SKIP_APPLIED_AT_UNKNOWN',
} as const satisfies Readonly<Record<string, TriggerVerdict>>

/**
 * People who applied and whom nobody has moved on yet. A snapshot does not say when somebody applied for a vacancy, but
 * not before the vacancy was made, nor before the candidate was; and a vacancy that joins a candidate whom we know is new.
 */
export function trigger(application: Application, context: TriggerContext): TriggerVerdict {
  const { invite_status_ids, first_sight } = Settings.parse(context.settings)
  if (!isApplicant(application, invite_status_ids)) return 'NOT_APPLICANT_STATUS'
  const { inviteSinceMs, jobPostedMs } = context
  const { created_at: createdMs } = context.candidate
  if (createdMs !== null && createdMs >= inviteSinceMs) return 'invite'
  if (jobPostedMs !== null && jobPostedMs >= inviteSinceMs) return 'invite'
  if (context.candidateSeen && !context.applicationSeen) return 'invite'
  return FIRST_SIGHT[first_sight]
}

function isApplicant({ status_id, status_label }: Application, ids: readonly string[]): boolean {
  if (status_id !== null) return ids.includes(status_id)
  return ids.includes(APPLICANTS) && isApplicantsLabel(status_label)
}

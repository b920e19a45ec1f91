import type { Application } from '../../../schemas/types.ts'
import type { TriggerContext, TriggerVerdict } from '../source.ts'
import { Settings } from './settings.ts'

/**
 * People who applied and whom nobody has moved on yet. A snapshot does not say when somebody applied for a vacancy:
 * it counts as new when the candidate is new, or when we knew the candidate and the vacancy was not there before.
 */
export function trigger(application: Application, context: TriggerContext): TriggerVerdict {
  const { invite_status_ids } = Settings.parse(context.settings)
  if (!invite_status_ids.includes(application.status_id ?? '')) return 'NOT_APPLICANT_STATUS'
  const { created_at } = context.candidate
  if (created_at !== null && created_at >= context.inviteSinceMs) return 'invite'
  return context.candidateSeen && !context.applicationSeen ? 'invite' : 'BEFORE_INVITE_SINCE'
}

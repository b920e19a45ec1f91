import type { Activity, Application } from '../../../schemas/types.ts'
import type { TriggerContext, TriggerVerdict } from '../source.ts'
import { isAcknowledgement, isAmong } from './actions.ts'
import { Settings } from './settings.ts'

/**
 * Snapshots carry years of history, and people whom recruiters found themselves. So only who applied since the pipeline
 * was turned on counts, and only while nobody has moved the person on: whatever is done after the application, and is not
 * known to mean nothing, is a refusal under a name of the customer's, an interview or the like.
 */
export function trigger(
  application: Application,
  { settings, inviteSinceMs }: TriggerContext,
): TriggerVerdict {
  const codes = Settings.parse(settings)
  const { activities, applied_at: appliedAtMs } = application
  const isClosing = (activity: Activity): boolean => isAmong(activity, codes.closing_codes)
  if (!activities.some(activity => isAmong(activity, codes.application_codes)))
    return activities.some(isClosing) ? 'APPLICATION_CLOSED' : 'NOT_APPLICANT_STATUS'
  if (appliedAtMs === null) return activities.some(isClosing) ? 'APPLICATION_CLOSED' : 'APPLIED_AT_UNKNOWN'
  if (appliedAtMs < inviteSinceMs) return 'BEFORE_INVITE_SINCE'
  // Without a date, an action may well be the last word.
  const since = activities.filter(({ occurred_at }) => (occurred_at ?? appliedAtMs) >= appliedAtMs)
  if (since.some(isClosing)) return 'APPLICATION_CLOSED'
  const meansNothing = (activity: Activity): boolean =>
    activity.emailing === true ||
    isAcknowledgement(activity) ||
    isAmong(activity, codes.application_codes) ||
    isAmong(activity, codes.neutral_codes)
  return since.every(meansNothing) ? 'invite' : 'NOT_APPLICANT_STATUS'
}

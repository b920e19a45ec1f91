import type { Application } from '../../../schemas/types.ts'
import type { TriggerContext, TriggerVerdict } from '../source.ts'
import { isClosing } from './actions.ts'

/**
 * Snapshots carry years of history, so only what was applied for since the pipeline was turned on counts, and only
 * while nobody has closed it. An application whose date cannot be read cannot be shown to be new.
 */
export function trigger(application: Application, { inviteSinceMs }: TriggerContext): TriggerVerdict {
  const appliedAtMs = application.applied_at
  if (appliedAtMs === null || appliedAtMs < inviteSinceMs) return 'BEFORE_INVITE_SINCE'
  const isClosed = application.activities.some(
    // Without a date, a closing may well be the last word.
    activity => isClosing(activity) && (activity.occurred_at ?? appliedAtMs) >= appliedAtMs,
  )
  return isClosed ? 'APPLICATION_CLOSED' : 'invite'
}

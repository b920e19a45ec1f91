import type { ApplicationDraft } from '../../core/canonical.ts'
import { type DatedAction, isAmong, isApplication } from './actions.ts'
import type { Settings } from './settings.ts'

type End = Pick<ApplicationDraft, 'stage' | 'hired_at' | 'rejected_at'>

/**
 * How an application has ended, by the last action that says it; nothing while a later one applies again. That it is closed
 * does not say how: customers have codes of their own for that.
 * @param history of one candidate and one job, newest first
 */
export function endOf(history: readonly DatedAction[], settings: Settings): Partial<End> {
  const { hired_codes: hired, rejected_codes: rejected } = settings
  const last = history.find(
    ({ action }) => isApplication(action, settings) || isAmong(action, [...hired, ...rejected]),
  )
  if (last === undefined) return {}
  if (isAmong(last.action, hired)) return { stage: 'HIRED', hired_at: last.atMs }
  return isAmong(last.action, rejected) ? { stage: 'REJECTED', rejected_at: last.atMs } : {}
}

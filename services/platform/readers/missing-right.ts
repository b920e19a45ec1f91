/** A right to read that the cluster has taken away: said once, shown on `/readyz`, and said again when it is given back. */
import type { CheckResult } from '../process/health.ts'
import type { Logger } from '../process/logger.ts'

/** @returns what a reader tells: the missing right in words, or null once it reads again */
export const rightTeller =
  (log: Pick<Logger, 'error' | 'info'>) =>
  (sentence: string | null): void => {
    if (sentence === null) log.info({ event: 'right_given_back' }, 'What could not be read is read again.')
    else log.error({ event: 'right_missing' }, `Not everything is read: ${sentence}`)
  }

/** Red while any reader lacks a right: what it knows may be old. */
export function checkRights(readers: readonly { readonly denied: string | null }[]): CheckResult {
  const missing = [...new Set(readers.flatMap(({ denied }) => denied ?? []))]
  return { ok: missing.length === 0, detail: missing.join('; ') || 'all are read' }
}

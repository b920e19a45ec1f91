/** Records of the invitation ledger as operators ask for them. Pure. */
import type { InvitationOutcome, PulsifiInvitation } from '../../../schemas/types.ts'
import { partsOfKey } from '../../core/identity.ts'
import type { OperatorCommand } from '../../core/inbox-command.ts'
import { commandOf, objectionTo } from '../../core/resolution.ts'

export const OUTCOMES = [
  'WAITING',
  'INTENDED',
  'INVITED',
  'BLOCKED',
  'FAILED',
  'AMBIGUOUS',
  'SKIPPED',
] as const satisfies readonly InvitationOutcome[]

export interface LedgerFilter {
  readonly outcome?: string
  /** A whole reason, or the code before its colon. */
  readonly reason?: string
  readonly source?: string
  readonly tenant?: string
  readonly job?: string
}

export function inLedger(
  record: PulsifiInvitation,
  { outcome, reason, source, tenant, job }: LedgerFilter,
): boolean {
  const parts = partsOfKey(record.candidate_key)
  return (
    (outcome === undefined || record.outcome === outcome) &&
    (reason === undefined || record.reasons.some(item => item === reason || item.startsWith(`${reason}:`))) &&
    (source === undefined || parts.source === source) &&
    (tenant === undefined || parts.tenant === tenant) &&
    (job === undefined || record.job_key === job)
  )
}

/**
 * What the owner of an application is told where many are resolved in one go: to decide again, or, of a call that the ledger
 * has lost and of which a reference knows the candidate, to take that one. Null: only a person who looks at Pulsifi can say.
 */
export function commandInBulk(record: PulsifiInvitation): OperatorCommand | null {
  const { outcome, pulsifi_candidate_id } = record
  if (objectionTo(record, 'decide-again') === null) return commandOf('decide-again', record, null)
  return outcome === 'AMBIGUOUS' && pulsifi_candidate_id !== null
    ? commandOf('invited', record, pulsifi_candidate_id)
    : null
}

/** The keys under which an application's own records stand, before anything of it was read: `a:b:1#2` is about `a:b:1`. */
export const candidateKeyIn = (applicationKey: string): string => {
  const at = applicationKey.indexOf('#')
  return at < 0 ? applicationKey : applicationKey.slice(0, at)
}

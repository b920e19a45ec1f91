/** Records of the invitation ledger as operators ask for them. Pure. */
import type { InvitationOutcome, PulsifiInvitation } from '../../../schemas/types.ts'
import { partsOfKey } from '../../core/identity.ts'
import type { OperatorCommand } from '../../core/inbox-command.ts'

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

export type Resolution = 'invited' | 'not-invited' | 'decide-again'

const DECIDED_AGAIN: ReadonlySet<InvitationOutcome> = new Set(['SKIPPED', 'BLOCKED', 'WAITING', 'FAILED'])

/** Why the ledger's record cannot be resolved so; null when it can. */
export function objectionTo(record: PulsifiInvitation, resolution: Resolution): string | null {
  const { application_key: key, outcome } = record
  if (resolution === 'decide-again') {
    if (DECIDED_AGAIN.has(outcome)) return null
    const hint = outcome === 'AMBIGUOUS' ? ': say --invited or --not-invited' : ''
    return `${key} is ${outcome}: only ${[...DECIDED_AGAIN].join(', ')} are decided again${hint}`
  }
  if (outcome === 'AMBIGUOUS')
    return resolution === 'not-invited' && record.reasons.includes('PULSIFI_CONFIRMED')
      ? `${key} was invited, a callback of Pulsifi has named it: find its id at Pulsifi and say --invited`
      : null
  return `${key} is ${outcome}: only AMBIGUOUS is resolved by what you know of Pulsifi`
}

/**
 * What the owner of an application is told where many are resolved in one go: to decide again, or, of a call that the ledger
 * has lost and of which a reference knows the candidate, to take that one. Null: only a person who looks at Pulsifi can say.
 */
export function commandInBulk(record: PulsifiInvitation): OperatorCommand | null {
  const { application_key: applicationKey, attempt, outcome, pulsifi_candidate_id } = record
  if (objectionTo(record, 'decide-again') === null)
    return { command: 'decide-again', applicationKey, attempt }
  return outcome === 'AMBIGUOUS' && pulsifi_candidate_id !== null
    ? { command: 'resolve', applicationKey, attempt, pulsifiCandidateId: pulsifi_candidate_id }
    : null
}

/** The keys under which an application's own records stand, before anything of it was read: `a:b:1#2` is about `a:b:1`. */
export const candidateKeyIn = (applicationKey: string): string => {
  const at = applicationKey.indexOf('#')
  return at < 0 ? applicationKey : applicationKey.slice(0, at)
}

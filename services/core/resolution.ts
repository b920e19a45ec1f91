/** What a person knows better than the ledger: when they may say it, and what its owner is then told. Pure. */
import type { InvitationOutcome, PulsifiInvitation } from '../../schemas/types.ts'
import type { OperatorCommand } from './inbox-command.ts'

export const RESOLUTIONS = ['invited', 'not-invited', 'decide-again'] as const
export type Resolution = (typeof RESOLUTIONS)[number]

/** What of a ledger's record decides it. */
export type Resolvable = Pick<PulsifiInvitation, 'application_key' | 'outcome' | 'reasons' | 'attempt'>

const DECIDED_AGAIN: ReadonlySet<InvitationOutcome> = new Set(['SKIPPED', 'BLOCKED', 'WAITING', 'FAILED'])

/** Why the ledger's record cannot be resolved so; null when it can. */
export function objectionTo(record: Omit<Resolvable, 'attempt'>, resolution: Resolution): string | null {
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
 * Of the attempt that the ledger shows now.
 * @param candidateId its id at Pulsifi, of one that was invited; null: it was not
 */
export function commandOf(
  resolution: Resolution,
  { application_key: applicationKey, attempt }: Pick<Resolvable, 'application_key' | 'attempt'>,
  candidateId: string | null,
): OperatorCommand {
  if (resolution === 'decide-again') return { command: 'decide-again', applicationKey, attempt }
  return { command: 'resolve', applicationKey, attempt, pulsifiCandidateId: candidateId }
}

const OPTION: Readonly<Record<Resolution, string>> = {
  invited: '--invited <candidate id>',
  'not-invited': '--not-invited',
  'decide-again': '--decide-again',
}

/** The same, as it is given on the command line. */
export const shellCommandOf = (resolution: Resolution, key: string): string =>
  `npm run ops -- invitations resolve ${quoted(key)} ${OPTION[resolution]}`

/** For a POSIX shell, which reads `#` and much else as its own. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** What became of one application, for whoever has to do something about it, or nothing. Pure. */
import type { InvitationOutcome } from '../../../../schemas/types.ts'
import { type Words, wordsFor } from '../../../core/reasons.ts'
import { objectionTo, RESOLUTIONS, type Resolution, shellCommandOf } from '../../../core/resolution.ts'
import { INVITATION_TEXT } from './timeline-words.ts'

/** The newest decision of the ledger. */
export interface Decided {
  readonly application_key: string
  readonly outcome: InvitationOutcome
  readonly status: string | null
  readonly reasons: readonly string[]
}

export interface Answer {
  /** A heading. */
  readonly decided: string
  /** What that means, where the heading does not say it; null: it does. */
  readonly explanation: string | null
  readonly reasons: readonly (Words & { readonly code: string })[]
  /** What follows when nobody does anything. */
  readonly next: string
  /** What somebody who may decide can say about it. */
  readonly acts: readonly Act[]
}

export interface Act {
  readonly resolution: Resolution
  /** What comes of it, for whoever is about to do it. */
  readonly consequence: string
  /** The same on the command line. */
  readonly command: string
}

const UNDECIDED: Answer = {
  decided: 'Not decided yet',
  explanation: null,
  reasons: [],
  next: 'It is decided as soon as pulsifi-sink has read it.',
  acts: [],
}

const LOST =
  'The invitation was sent to Pulsifi, and what came of it is not known here: there may be a candidate at Pulsifi, or none. Nothing is sent again by itself, since that could invite somebody twice.'

const WHEN_CHANGED = 'It is decided again by itself when the candidate or the job changes at the source.'
const NEXT: Readonly<Record<InvitationOutcome, string>> = {
  UNKNOWN: 'The record was written by a newer version: update the console.',
  WAITING: 'It goes on by itself once it no longer has to wait.',
  INTENDED: 'The answer of Pulsifi is awaited.',
  INVITED: 'Nothing needs to be done here.',
  BLOCKED: WHEN_CHANGED,
  FAILED: 'It is not tried again by itself.',
  AMBIGUOUS: 'A callback of Pulsifi may still settle it. Until then it waits for a person.',
  SKIPPED: WHEN_CHANGED,
}
const NEXT_OF_INVITED: Readonly<Record<string, string>> = {
  completed: 'Nothing: the assessment is complete.',
  expired: 'Nothing more is sent for this application: nobody is invited twice.',
}

const CONSEQUENCE: Readonly<Record<Resolution, string>> = {
  invited: 'It counts as invited, and Pulsifi is asked how far the candidate has come.',
  'not-invited':
    'It is decided again, which may send an invitation. If Pulsifi has the candidate after all, somebody is invited twice.',
  'decide-again': 'It is judged anew by what is known now, which may send an invitation.',
}

/** Whoever has it decided again vouches for what nobody else knows. */
const VOUCHED = ' You say with it that the person applied lately.'

const actOf = ({ application_key: key, reasons }: Decided, resolution: Resolution): Act => ({
  resolution,
  consequence: `${CONSEQUENCE[resolution]}${resolution === 'decide-again' && reasons.includes('APPLIED_AT_UNKNOWN') ? VOUCHED : ''}`,
  command: shellCommandOf(resolution, key),
})

/** @param record null: the ledger has none */
export function answerOf(record: Decided | null): Answer {
  if (record === null) return UNDECIDED
  const { outcome, status, reasons } = record
  const code = outcome === 'INVITED' ? `INVITED:${status}` : outcome
  return {
    decided: INVITATION_TEXT[code] ?? (outcome === 'INVITED' ? `Invited, ${status}` : outcome.toLowerCase()),
    explanation: outcome === 'AMBIGUOUS' ? LOST : null,
    reasons: reasons.map(reason => ({ code: reason, ...wordsFor(reason) })),
    next: (outcome === 'INVITED' ? NEXT_OF_INVITED[status ?? ''] : undefined) ?? NEXT[outcome],
    acts: RESOLUTIONS.filter(resolution => objectionTo(record, resolution) === null).map(resolution =>
      actOf(record, resolution),
    ),
  }
}

/** What became of an application, in words for somebody who has never heard of a ledger. Pure. */

import type { PulsifiInvitation, PulsifiResult } from '../../schemas/types.ts'
import { reasonInWords } from '../../services/core/reasons.ts'

export interface Outcome {
  readonly words: string
  /** Nothing more happens by itself. */
  readonly hasEnded: boolean
}

type Invitation = Pick<PulsifiInvitation, 'outcome' | 'reasons'>
type Result = Pick<PulsifiResult, 'status' | 'scores'>

const going = (words: string): Outcome => ({ words, hasEnded: false })
const ended = (words: string): Outcome => ({ words, hasEnded: true })

export function outcomeOf(invitation: Invitation | undefined, result: Result | undefined): Outcome {
  if (invitation === undefined) return going('not seen by the sink yet')
  const why = invitation.reasons.map(reasonInWords).join(', ')
  switch (invitation.outcome) {
    case 'INVITED':
      return afterInvitation(result)
    case 'BLOCKED':
    case 'SKIPPED':
      return ended(`not invited: ${why}`)
    case 'WAITING':
      return going(`waiting: ${why}`)
    case 'INTENDED':
      return going('being invited')
    case 'AMBIGUOUS':
      return ended("unclear: Pulsifi's answer was lost, and inviting twice is worse than asking a person")
    case 'FAILED':
      return ended(`not invited: Pulsifi could not be reached for a day (${why})`)
    case 'UNKNOWN':
      return going('in a state that this version does not know')
  }
}

function afterInvitation(result: Result | undefined): Outcome {
  const status = result?.status ?? 'invited'
  if (result !== undefined && status === 'completed')
    return ended(`invited, completed: ${scoresInWords(result)}`)
  if (status === 'expired') return ended('invited, but the invitation expired')
  return going(status === 'invited' ? 'invited' : `invited, ${status}`)
}

const scoresInWords = ({ scores }: Result): string =>
  scores.length === 0
    ? 'no fit scores'
    : scores
        .map(({ score_type, score_value }) => `${score_type.replaceAll('_', ' ')} ${score_value}`)
        .join(', ')

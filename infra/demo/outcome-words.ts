/** What became of an application, in words for somebody who has never heard of a ledger. Pure. */
import type { PulsifiInvitation, PulsifiResult } from '../../schemas/types.ts'

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

const WORDS: Readonly<Record<string, string>> = {
  EMAIL_MISSING: 'no e-mail address',
  EMAIL_INVALID: 'the e-mail address cannot be one',
  NAME_MISSING: 'the first or the last name is missing',
  OPTED_OUT: 'unsubscribed from messages',
  SPONTANEOUS_JOB: 'a pool for spontaneous applications, not a job',
  BEFORE_INVITE_SINCE: 'applied before INVITE_SINCE',
  NOT_APPLICANT_STATUS: 'the status at the source is not one to invite',
  APPLICATION_CLOSED: 'the application was closed at the source',
  JOB_CLOSED: 'the job is closed',
  SOURCE_DELETED: 'deleted at the source',
  JOB_UNBOUND: 'its job is not at Pulsifi yet',
  JOB_AMBIGUOUS: "Pulsifi's answer about its job was lost",
  PULSIFI_TURN: 'for its turn within the rate',
  PULSIFI_ACCOUNT_MISSING: 'the tenant has no account at Pulsifi',
  TITLE_MISSING: 'the job has no title',
  SKILLS_UNDERIVABLE: 'no skill can be told from the job',
}

/** A code, some with a detail after a colon. One that has no words is shown as it is. */
export function reasonInWords(reason: string): string {
  const [code = '', ...rest] = reason.split(':')
  const detail = rest.join(':')
  if (code === 'JOB_BLOCKED') return reasonInWords(detail)
  if (code === 'DESCRIPTION_TOO_SHORT')
    return `the job's description has ${detail} characters and Pulsifi needs 300`
  if (code === 'PULSIFI_RETRY') return `Pulsifi did not take the call (${detail}), it is tried again`
  return WORDS[code] ?? reason
}

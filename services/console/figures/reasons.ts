/** Every reason code in words that somebody who never saw the code understands, and what that person can do. */

export interface Words {
  readonly text: string
  /** Null when nothing needs to be done. */
  readonly action: string | null
}

const words = (text: string, action: string | null = null): Words => ({ text, action })

/** By the code up to its first colon. */
const KNOWN: Readonly<Record<string, Words>> = {
  // Not eligible.
  BEFORE_INVITE_SINCE: words('Applied before invitations were switched on'),
  OPTED_OUT: words('The candidate wants no messages'),
  SPONTANEOUS_JOB: words('A spontaneous application, without a vacancy'),
  NOT_APPLICANT_STATUS: words('Not in an applicant status at the source'),
  APPLICATION_CLOSED: words('The application is closed at the source'),
  JOB_CLOSED: words('The job is closed'),
  SOURCE_DELETED: words('The source deleted the candidate'),
  // A person can fix it.
  EMAIL_MISSING: words('No e-mail address', 'Add the address at the source and send the candidate again.'),
  EMAIL_INVALID: words(
    'The e-mail address is not one',
    'Correct it at the source and send the candidate again.',
  ),
  NAME_MISSING: words(
    'First or last name is missing',
    'Complete the name at the source and send the candidate again.',
  ),
  PULSIFI_ACCOUNT_MISSING: words('The tenant has no Pulsifi account', 'Add the account to the connections.'),
  PULSIFI_JOB_ID_INVALID: words('The job id of Pulsifi is not one', 'Bind the job again.'),
  DESCRIPTION_TOO_SHORT: words(
    'The job description is too short for Pulsifi (300 characters)',
    'Lengthen the description at the source.',
  ),
  TITLE_MISSING: words('The job has no title', 'Add a title at the source.'),
  SKILLS_UNDERIVABLE: words('No skill could be found in the job', 'Name skills in the job at the source.'),
  JOB_DELETED: words('The source deleted the job'),
  JOB_NOT_FOUND: words('Pulsifi no longer has the job', 'Bind the job again.'),
  NOT_ACTIVE_JOB: words('The job is not active at Pulsifi', 'Activate the job at Pulsifi.'),
  JOB_IS_CLOSED: words('The job is closed at Pulsifi', 'Reopen the job at Pulsifi.'),
  UNABLE_TO_UPDATE_ACTIVE_JOB: words('Pulsifi does not change an active job'),
  RETRIES_EXHAUSTED: words(
    'Pulsifi took nothing for 24 hours',
    'Check the account, then have it decided again.',
  ),
  // Waits for a named thing.
  JOB_UNBOUND: words(
    'Waits for the job at Pulsifi',
    'If it stays: send the job from the source, or bind it.',
  ),
  JOB_AMBIGUOUS: words(
    'Waits: nobody knows whether Pulsifi made the job',
    'Look at Pulsifi and bind the job.',
  ),
  PULSIFI_TURN: words('Waits for its turn'),
  PULSIFI_RETRY: words('Pulsifi was not reachable: tried again shortly'),
  // Nobody knows.
  REPLY_LOST: words(
    'The answer was lost',
    'Look for the candidate at Pulsifi, then resolve the application.',
  ),
  REPLY_UNREADABLE: words(
    'The answer could not be read',
    'Look for the candidate at Pulsifi, then resolve it.',
  ),
  PULSIFI_CONFIRMED: words(
    'Pulsifi has the candidate and did not say which',
    'Look for the candidate at Pulsifi, then resolve it.',
  ),
  PULSIFI_ERASURE_REQUIRED: words(
    'Deleted at the source after the invitation',
    'Ask Pulsifi to erase the candidate.',
  ),
  // Dead letters.
  BODY_UNREADABLE: words('The body could not be read', 'Ask the vendor to send it again.'),
  NOT_ROUTABLE: words('The event carries no id', 'Ask the vendor to send it again.'),
  KIND_UNKNOWN: words('An event of a kind that no version knows', 'Redrive it once a version reads it.'),
  PAYLOAD_INVALID: words('A field is missing or of another type', 'Mend the mapping, then redrive.'),
  LEGACY_METEOJOB_FORMAT: words(
    'A body of another product (Meteojob direct apply)',
    'Change the webhook at the vendor.',
  ),
  HEADERS_INVALID: words('A raw record that ingress did not write', 'Find out who writes to the raw topic.'),
  SOURCE_UNKNOWN: words('No source of that name is installed', 'Install the source, then redrive.'),
  REFERENCE_UNKNOWN: words(
    'A callback that names no application of ours',
    'Redrive once the application is known.',
  ),
  RECORD_UNREADABLE: words(
    'Bytes that are not the record they should be',
    'Find out who writes to the topic.',
  ),
  RECORD_TOO_LARGE: words(
    'It led to a record that is larger than its topic takes',
    'Have less sent, or raise max_message_bytes of the topic, then redrive.',
  ),
  COMMAND_INVALID: words('A command that this version cannot read', 'Update the sink, then redrive.'),
}

const AFTER_CALL = 'Correct it, then have the application decided again.'

/** Words for a code with or without details. A code that has none explains itself as far as it can. */
export function wordsFor(code: string): Words {
  const [head = '', ...rest] = code.split(':')
  const detail = rest.join(':')
  if (head === 'JOB_BLOCKED') {
    const { text, action } = wordsFor(detail)
    return { text: `The job is blocked: ${lowerFirst(text)}`, action }
  }
  const known = KNOWN[head]
  if (known !== undefined) return known
  if (head === 'FIELD') return words(`Pulsifi refused the field ${detail}`, AFTER_CALL)
  if (/^HTTP_5/.test(head))
    return words(
      `Pulsifi failed with status ${head.slice(5)}`,
      'Look for the candidate at Pulsifi, then resolve it.',
    )
  if (/^HTTP_/.test(head)) return words(`Pulsifi refused it with status ${head.slice(5)}`, AFTER_CALL)
  return words(head.toLowerCase().replaceAll('_', ' '))
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** The code without a number at its end, as it is counted: `DESCRIPTION_TOO_SHORT:120` is one of many lengths. */
export const COUNTED_REASON = "regexp_replace(coalesce(reason, 'NONE'), ':[0-9]+$', '')"

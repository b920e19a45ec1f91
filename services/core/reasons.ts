/**
 * Every reason code that a record can carry, in words that somebody who never saw the code understands: what it says,
 * what a person can do about it, and whose that is. One closed list: code that makes a reason takes its type from here,
 * and console, demo and command line read their words here. Pure.
 */

/** Who can do something about it. */
export const OWNERS = ['recruiter', 'operator', 'vendor'] as const
export type Owner = (typeof OWNERS)[number]

export interface Words {
  readonly text: string
  /** One sentence that ends with a full stop. Null when nothing needs to be done. */
  readonly action: string | null
  /** Whose the action is; null exactly when there is none. */
  readonly owner: Owner | null
}

const fact = (text: string): Words => ({ text, action: null, owner: null })
const recruiter = (text: string, action: string): Words => ({ text, action, owner: 'recruiter' })
const operator = (text: string, action: string): Words => ({ text, action, owner: 'operator' })
const vendor = (text: string, action: string): Words => ({ text, action, owner: 'vendor' })

const lostAnswer = (text: string): Words =>
  operator(text, 'Look for the candidate at Pulsifi, then resolve the application.')

/** The application is not one to invite. */
const SKIP = {
  BEFORE_INVITE_SINCE: fact('Applied before invitations were switched on (INVITE_SINCE)'),
  APPLIED_TOO_LONG_AGO: fact('Applied longer ago than INVITE_APPLIED_WITHIN_DAYS'),
  OPTED_OUT: fact('The candidate wants no messages'),
  SPONTANEOUS_JOB: fact('A spontaneous application, without a vacancy'),
  NOT_APPLICANT_STATUS: fact('Not in an applicant status at the source'),
  APPLICATION_CLOSED: fact('The application is closed at the source'),
  JOB_CLOSED: fact('The job is closed'),
  SOURCE_DELETED: fact('Deleted at the source'),
  PERSON_ALREADY_INVITED: fact('The person is invited by another application, and its result is shared'),
} as const satisfies Readonly<Record<string, Words>>

/** Cannot be invited as it stands. */
const BLOCK = {
  EMAIL_MISSING: recruiter(
    'No e-mail address',
    'Add the address at the source and send the candidate again.',
  ),
  EMAIL_INVALID: recruiter(
    'The e-mail address is not valid',
    'Correct it at the source and send the candidate again.',
  ),
  NAME_MISSING: recruiter(
    'First or last name is missing',
    'Complete the name at the source and send the candidate again.',
  ),
  TITLE_MISSING: recruiter('The job has no title', 'Add a title at the source.'),
  DESCRIPTION_TOO_SHORT: recruiter(
    'The job description is too short for Pulsifi (300 characters)',
    'Lengthen the description at the source.',
  ),
  SKILLS_UNDERIVABLE: recruiter(
    'No skill could be found in the job',
    'Name skills in the job at the source.',
  ),
  JOB_DELETED: fact('The source deleted the job'),
  APPLICATION_OF_ANOTHER: operator(
    'Another candidate has an application with the same id at Pulsifi',
    'Find out why the source names one application in two candidates.',
  ),
  PULSIFI_ACCOUNT_MISSING: operator(
    'The tenant has no Pulsifi account',
    'Add the account to the connections.',
  ),
  PULSIFI_JOB_ID_INVALID: operator("The job's id at Pulsifi is not valid", 'Bind the job again.'),
  JOB_NOT_FOUND: operator('Pulsifi no longer has the job', 'Bind the job again.'),
  NOT_ACTIVE_JOB: operator('The job is not active at Pulsifi', 'Activate the job at Pulsifi.'),
  JOB_IS_CLOSED: operator('The job is closed at Pulsifi', 'Reopen the job at Pulsifi.'),
  UNABLE_TO_UPDATE_ACTIVE_JOB: fact('Pulsifi does not change an active job'),
  RETRIES_EXHAUSTED: operator(
    'Pulsifi took nothing for 24 hours',
    'Check the account, then have it decided again.',
  ),
} as const satisfies Readonly<Record<string, Words>>

/** Goes on by itself once something has happened. */
const WAIT = {
  JOB_UNBOUND: operator(
    'Waits for the job at Pulsifi',
    'If it stays: send the job from the source, or bind it.',
  ),
  APPLIED_AT_UNKNOWN: operator(
    'Nobody knows when the person applied',
    'Release those who applied lately: "npm run ops -- invitations resolve --reason APPLIED_AT_UNKNOWN".',
  ),
  JOB_DEAD_LETTERED: operator(
    "The job's event is among the dead letters",
    'See "npm run ops -- dead-letters show", mend what is wrong with it, then redrive it.',
  ),
  COMPANY_UNKNOWN: operator(
    'Waits: the connection does not say which customer the company is',
    'Name the company and its tenant in "companies" of the connection: "npm run ops -- companies list" shows who has signed up.',
  ),
  JOB_AMBIGUOUS: operator(
    'Waits: nobody knows whether Pulsifi made the job',
    'Look at Pulsifi and bind the job.',
  ),
  LEDGER_UNREADABLE: operator(
    'Waits: a record of the ledger cannot be read, and might say that somebody is invited',
    'See atsflow_records_set_aside and the log, then "npm run ops -- topics skip".',
  ),
  CLAIM_PENDING: fact('Asks whether the person is invited already'),
  PULSIFI_TURN: fact('Waits for its turn'),
  PULSIFI_RETRY: fact('Pulsifi did not take the call: tried again shortly'),
} as const satisfies Readonly<Record<string, Words>>

/** Nobody knows whether there is a candidate at Pulsifi, and nobody may call again. */
const AMBIGUOUS = {
  REPLY_LOST: lostAnswer('The answer was lost'),
  REPLY_UNREADABLE: lostAnswer('The answer could not be read'),
  ECONNRESET: lostAnswer('The connection was reset before the answer'),
  EPIPE: lostAnswer('The connection was closed while the request was written'),
  ETIMEDOUT: lostAnswer('The connection went silent before the answer'),
  UND_ERR_SOCKET: lostAnswer('The connection was closed before the answer'),
  UND_ERR_HEADERS_TIMEOUT: lostAnswer('Pulsifi began no answer in time'),
  UND_ERR_BODY_TIMEOUT: lostAnswer('Pulsifi did not finish its answer in time'),
  DEADLINE: lostAnswer('Pulsifi did not answer in time'),
  WRITTEN_TWICE: lostAnswer('The request may have been written twice'),
  CONNECTION_FAILED: lostAnswer('The connection failed before the answer'),
  PULSIFI_CONFIRMED: lostAnswer('Pulsifi has the candidate and did not say which'),
} as const satisfies Readonly<Record<string, Words>>

/** Something that should never be: counted and logged when it is first said. */
const ALARM = {
  PULSIFI_SECOND_CANDIDATE: operator(
    'Pulsifi has a second candidate of the application',
    'Ask Pulsifi which of the two counts, and to remove the other one.',
  ),
  LEDGER_LOST: operator(
    'Has been called for, and the ledger no longer knows it: it has lost its end',
    'Look for the candidate at Pulsifi, then resolve the application. See infra/disaster-recovery.md.',
  ),
} as const satisfies Readonly<Record<string, Words>>

/** Stands beside an outcome and changes nothing of it. */
const NOTE = {
  PULSIFI_ERASURE_REQUIRED: operator(
    'Deleted at the source after the invitation',
    'Ask Pulsifi to erase the candidate.',
  ),
  CHANGED_MEANWHILE: fact('The source sent a newer version while Pulsifi was being asked'),
  PULSIFI_DRIFT: recruiter(
    'The job changed at the source after Pulsifi got it, and Pulsifi cannot be told',
    'Change the job at Pulsifi too, if the change matters there.',
  ),
} as const satisfies Readonly<Record<string, Words>>

/** Why a record cannot be used. */
const DEAD_LETTER = {
  BODY_UNREADABLE: vendor(
    'The body could not be read',
    'Tell the vendor what was sent, and look whether a proxy has cut the body.',
  ),
  NOT_ROUTABLE: vendor(
    'The event carries no id that can be used',
    "Compare it with the vendor's documentation, which may have changed, and tell the vendor.",
  ),
  PAYLOAD_INVALID: operator('A field is missing or of another type', 'Mend the mapping, then redrive.'),
  LEGACY_METEOJOB_FORMAT: vendor(
    'A body of another product (Meteojob direct apply)',
    'Change the webhook at the vendor.',
  ),
  KIND_UNKNOWN: operator(
    'An event under a name that this version does not know',
    'Ask the vendor what it means, update, then redrive.',
  ),
  HEADERS_INVALID: operator(
    'A raw record that ingress did not write',
    'Find out who writes to the raw topic.',
  ),
  SOURCE_UNKNOWN: operator('No source of that name is installed', 'Install the source, then redrive.'),
  REFERENCE_UNKNOWN: operator(
    'A callback that names no application of ours',
    'Nothing, if others use the account too; else redrive once the application is known.',
  ),
  RECORD_UNREADABLE: operator(
    'Bytes that are not the record they should be',
    'Find out who writes to the topic.',
  ),
  RECORD_TOO_LARGE: operator(
    'Larger than what its topic takes',
    'Have the source send less, or raise max_message_bytes in infra/topics.yaml; then redrive.',
  ),
  COMMAND_INVALID: operator('A command that this version cannot read', 'Update the sink, then redrive.'),
} as const satisfies Readonly<Record<string, Words>>

/** Not wanted, which is no fault: counted, never kept. */
const NOT_CONSUMED = {
  KIND_NOT_CONSUMED: fact('An event of a kind that has no meaning here'),
} as const satisfies Readonly<Record<string, Words>>

const CODES = {
  ...SKIP,
  ...BLOCK,
  ...WAIT,
  ...AMBIGUOUS,
  ...ALARM,
  ...NOTE,
  ...DEAD_LETTER,
  ...NOT_CONSUMED,
} as const satisfies Readonly<Record<string, Words>>

/** What a field that is not sent as the record has it has gone through. */
const ADJUSTMENTS = {
  truncated: 'was cut to the length that Pulsifi takes',
  'dropped-items': 'had more items than Pulsifi takes',
  omitted: "was left out, in whole or in part: it cannot be said in Pulsifi's terms",
  completed: 'names only a month or a year: sent as its first day for a start, as its last for an end',
  'end-before-start': 'has a position that ends before it starts, which was left out',
  'starts-in-future': 'has a position that has not begun yet, which was left out',
  'facts-appended': 'was completed with known facts',
  'derived-from-text': "was found in the job's own words",
  'derived-from-categories': "was found in the job's categories",
  'derived-from-title': "is the occupation that the job's title names",
  'empty-allowed': 'was sent empty, as the operator allows',
  'ends-with-job': "was moved up to the job's last day",
  repeated: 'holds the only name that the person has',
  'made-anonymous': 'was set because the identity is missing, as the operator allows',
} as const

export type AdjustmentRule = keyof typeof ADJUSTMENTS

/** Everything that is ever said of a reason: who keeps words can tell whether they are still the same. */
export const EVERY_WORD: unknown = [CODES, ADJUSTMENTS]

export type SkipReason = keyof typeof SKIP
export type BlockCode = keyof typeof BLOCK
export type WaitCode = keyof typeof WAIT
export type AmbiguousCode = keyof typeof AMBIGUOUS
export type AlarmCode = keyof typeof ALARM
// Cast: its keys are these.
export const ALARM_CODES = Object.keys(ALARM) as readonly AlarmCode[]
export type DeadLetterCode = keyof typeof DEAD_LETTER
export type NotConsumedCode = keyof typeof NOT_CONSUMED
export type ReasonCode = keyof typeof CODES

/** A status of Pulsifi that says nothing more. */
export type HttpReason = `HTTP_${number}`
/** A field that Pulsifi named when it refused a request. */
export type FieldReason = `FIELD:${string}`
/** Where the dead letter of a job's event is: `<topic>/<partition>/<offset>`. */
export type JobLetterReason = `${Extract<WaitCode, 'JOB_DEAD_LETTERED'>}:${string}`
/** What stands in the way of a job stands in the way of its applications. */
export type JobBlockedReason = `JOB_BLOCKED:${string}`
/** A field that was not sent as the record has it. */
export type AdjustedReason = `ADJUSTED:${string}:${AdjustmentRule}`
/** Why Pulsifi refused a request. */
export type RefusalReason = BlockCode | HttpReason | FieldReason
/** A job is blocked for its own faults, an application for its own, for those of its job, or because the job never came. */
export type BlockReason =
  | RefusalReason
  | Extract<SkipReason, 'SPONTANEOUS_JOB'>
  | Extract<WaitCode, 'JOB_UNBOUND'>
  | `DESCRIPTION_TOO_SHORT:${number}`
  | JobBlockedReason
export type AmbiguousReason = AmbiguousCode | HttpReason | Extract<DeadLetterCode, 'RECORD_TOO_LARGE'>

/** Whether a lost answer is told by this code: what broke a connection has more names than people have words. */
export const isAmbiguousCode = (code: string): code is AmbiguousCode => Object.hasOwn(AMBIGUOUS, code)

/** The alarms among reasons. */
export const alarmsIn = (reasons: readonly string[]): readonly AlarmCode[] =>
  // Cast: the filter has just asked.
  reasons.map(headOf).filter(head => Object.hasOwn(ALARM, head)) as AlarmCode[]

/** What a reason is counted by. */
export interface CountedReason {
  /** Without numbers, and without the names of what it speaks of. */
  readonly code: string
  /** The number that came with it; null when there was none. */
  readonly number: number | null
}

/** Codes that keep what stands behind them: it is a code itself, or the name of a field. */
const COMPOSED: ReadonlySet<string> = new Set(['FIELD', 'PULSIFI_RETRY', 'ADJUSTED'])
const NUMBER_MAX = 2 ** 31 - 1

/** `DESCRIPTION_TOO_SHORT:120` is one of many lengths, and `PERSON_ALREADY_INVITED:<key>` one of many people. */
export function countedReason(reason: string): CountedReason {
  const [head = '', ...rest] = reason.split(':')
  const detail = rest.join(':')
  if (head === 'JOB_BLOCKED') {
    const { code, number } = countedReason(detail)
    return { code: `${head}:${code}`, number }
  }
  if (COMPOSED.has(head)) return { code: reason, number: null }
  return { code: head, number: /^\d+$/.test(detail) && Number(detail) <= NUMBER_MAX ? Number(detail) : null }
}

const headOf = (reason: string): string => reason.split(':')[0] ?? ''

const AFTER_REFUSAL = 'Correct it, then have the application decided again.'
const HTTP_STATUS = /^HTTP_(\d{3})$/

/** Null for a code that no version of ours makes. */
export function knownWords(reason: string): Words | null {
  const [head = '', ...rest] = reason.split(':')
  const detail = rest.join(':')
  if (head === 'JOB_BLOCKED') return jobBlocked(detail)
  if (head === 'ADJUSTED') return adjusted(detail)
  if (head === 'FIELD' && detail !== '')
    return recruiter(`Pulsifi refused the field ${detail}`, AFTER_REFUSAL)
  if (Object.hasOwn(CODES, head)) return withDetail(head as ReasonCode, detail)
  const status = HTTP_STATUS.exec(head)?.[1]
  return status === undefined ? null : ofStatus(status)
}

/** Words for any code. One that this version does not know explains itself as far as it can. */
export const wordsFor = (reason: string): Words =>
  knownWords(reason) ?? fact(headOf(reason).toLowerCase().replaceAll('_', ' '))

/** The words without what to do, as they go on in a sentence. */
export const reasonInWords = (reason: string): string => lowerFirst(wordsFor(reason).text)

function withDetail(code: ReasonCode, detail: string): Words {
  const known: Words = CODES[code]
  switch (code) {
    case 'DESCRIPTION_TOO_SHORT':
      return detail === ''
        ? known
        : { ...known, text: `The job description has ${detail} characters and Pulsifi needs 300` }
    case 'PERSON_ALREADY_INVITED':
    case 'JOB_DEAD_LETTERED':
    case 'PULSIFI_RETRY':
      return detail === '' ? known : { ...known, text: `${known.text} (${detail})` }
    default:
      return known
  }
}

function jobBlocked(detail: string): Words | null {
  const words = knownWords(detail)
  return words === null ? null : { ...words, text: `The job is blocked: ${lowerFirst(words.text)}` }
}

function adjusted(detail: string): Words | null {
  const [field = '', rule = ''] = detail.split(':')
  return Object.hasOwn(ADJUSTMENTS, rule)
    ? fact(`Sent with a change: ${field.replaceAll('_', ' ')} ${ADJUSTMENTS[rule as AdjustmentRule]}`)
    : null
}

const ofStatus = (status: string): Words =>
  status.startsWith('5')
    ? lostAnswer(`Pulsifi failed with status ${status}`)
    : operator(`Pulsifi refused it with status ${status}`, AFTER_REFUSAL)

const lowerFirst = (text: string): string =>
  text.startsWith('Pulsifi') ? text : text.charAt(0).toLowerCase() + text.slice(1)

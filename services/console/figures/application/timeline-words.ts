/** What a record of a timeline says, in words. Pure. */
import { wordsFor } from '../../../core/reasons.ts'

/** By outcome, of those who were invited with the status after a colon. */
export const INVITATION_TEXT: Readonly<Record<string, string>> = {
  WAITING: 'Waiting',
  INTENDED: 'Invitation on its way to Pulsifi',
  'INVITED:invited': 'Invited',
  'INVITED:opened': 'Invitation opened',
  'INVITED:started': 'Assessment started',
  'INVITED:completed': 'Assessment completed',
  'INVITED:expired': 'Invitation expired',
  BLOCKED: 'Blocked',
  FAILED: 'Failed',
  AMBIGUOUS: 'Nobody knows whether Pulsifi has the invitation',
  SKIPPED: 'Not eligible',
}
const BINDING: Readonly<Record<string, string>> = {
  KNOWN: 'Job known, nobody needs it at Pulsifi yet',
  WANTED: 'Job wanted at Pulsifi',
  PENDING: 'Job on its way to Pulsifi',
  BOUND: 'Job ready at Pulsifi',
  BLOCKED: 'Job blocked',
  AMBIGUOUS: 'Nobody knows whether Pulsifi has the job',
}
const TRIGGER: Readonly<Record<string, string>> = {
  WEBHOOK: 'told by a callback',
  POLL: 'found by our own look',
  MANUAL: 'asked for by an operator',
}

export function timelineText(row: Readonly<Record<string, unknown>>): { text: string; details: string[] } {
  const code = String(row.code ?? '')
  const details = (Array.isArray(row.details) ? row.details : []).filter(item => item !== null).map(String)
  if (code === 'TOMBSTONE') return { text: `Record deleted (${String(row.kind)})`, details: [] }
  const reasons = details.map(reason => wordsFor(reason).text)
  switch (row.kind) {
    case 'raw':
      return { text: 'Event received', details: [code, ...details].filter(item => item !== '') }
    case 'candidate':
      return { text: code === 'DELETED' ? 'Candidate deleted at the source' : 'Candidate read', details }
    case 'job':
      return { text: code === '' ? 'Job read' : `Job read, ${code.toLowerCase()}`, details }
    case 'binding':
      return { text: BINDING[code] ?? code, details: reasons }
    case 'invitation':
      return { text: INVITATION_TEXT[code] ?? code.replace(':', ', '), details: reasons }
    case 'result':
      return { text: `Result: ${code}`, details: resultDetails(details) }
    default:
      return { text: `Score ${code}`, details: [`${details[0] ?? ''} of ${details[1] ?? ''}`] }
  }
}

const resultDetails = ([trigger = '', count = '0']: readonly string[]): string[] => [
  TRIGGER[trigger] ?? trigger.toLowerCase(),
  count === '1' ? '1 score' : `${count} scores`,
]

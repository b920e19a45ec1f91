/** Applications one by one, as the API lists them and as they are exported. */
import { z } from 'zod'
import { type Conditions, ofApplications } from '../figures/conditions.ts'
import { cohort, KEYS, time } from '../figures/endpoint.ts'
import { STAGES } from '../figures/funnel.ts'
import { wordsOf } from '../store/folded.ts'
import { REACHED, STATES } from '../store/states.ts'
import { APPLICATION_COLUMNS, DETAILS } from '../store/views.ts'

export const ApplicationRow = z.object({
  ...KEYS,
  state: z.enum(STATES).describe('where it stands, in the words of `pulsifi.status.v1`'),
  reached: z
    .enum(REACHED)
    .nullable()
    .describe('how far its invitation came, also when it has expired since; null: not invited'),
  outcome: z.string().describe('of the newest ledger record; UNDECIDED when there is none'),
  reasons: z.array(z.string()).describe('codes that say why it stands there, the first one counts'),
  reason_texts: z.array(z.string()).describe('the same in sentences'),
  status: z.string().nullable().describe('in the words of Pulsifi'),
  stage: z.string().nullable().describe('in the words of the source'),
  applied_at: time().describe('as the source says'),
  received_at: time().describe('first receipt of a record that names it'),
  changed_at: time().describe('the newest decision, or the receipt where there is none'),
  decided_at: time().describe('time of the newest ledger record'),
  invited_at: time().describe('first ledger record that said so, as for the next three'),
  opened_at: time().describe('null also when it was never seen in this state, as for the next two'),
  started_at: time(),
  completed_at: time(),
  expires_at: time().describe('until when the invitation can be taken'),
  next_attempt_at: time().describe('when it is tried again'),
  attempt: z.int().nullable().describe('calls to Pulsifi that were made for it'),
  http_status: z.int().nullable().describe('of the last call'),
  ext_reference_id: z.string().nullable().describe('by which Pulsifi names it'),
  pulsifi_candidate_id: z.string().nullable(),
  name: z.string().nullable().describe('null unless personal data are kept'),
  email: z.string().nullable().describe('null unless personal data are kept'),
})
export type ApplicationRow = z.output<typeof ApplicationRow>

export const applicationFilters = {
  ...cohort,
  q: z
    .string()
    .max(300)
    .optional()
    .describe(
      'part of the key, of the reference or of another id, in any case; or words of the job and, where names are kept, of the name, without regard to case and accents',
    ),
  state: z.enum(STATES).optional(),
  outcome: z.string().optional().describe('one of the outcomes of the ledger, or UNDECIDED'),
  reason: z.string().optional().describe('a code of the funnel'),
  reached: z.enum(STAGES).optional().describe('reached this stage or a later one; canonical: every one'),
}
const Filters = z.object(applicationFilters)
export type ApplicationFilters = z.output<typeof Filters>

const ofJobs = (condition: string) => `standing_id IN (SELECT id FROM standing WHERE ${condition})`
const BY_ID = `contains(searched, lower($q)) OR ${ofJobs('contains(lower(job_key), lower($q))')}`

/** People are found by name only where names are kept: nothing stands in the table otherwise. */
const BY_WORD = (
  word: string,
) => `(${ofJobs(`job_key IN (SELECT job_key FROM job WHERE contains(searched, ${word}))`)}
  OR candidate_id IN (SELECT id FROM person WHERE contains(searched, ${word})))`

/** Of rows of `application`. */
export function applicationsFound(query: ApplicationFilters): Conditions {
  const q = query.q?.trim()
  const words = wordsOf(q ?? '')
  const byWords = words.map((_, at) => BY_WORD(`$word${at}`)).join(' AND ')
  const found = ofApplications(
    query,
    {
      state: ['state = $state', query.state],
      outcome: ['outcome = $outcome', query.outcome],
      reason: ['reason = $reason', query.reason],
      reached: ['reached >= $reached', query.reached === undefined ? undefined : rankOf(query.reached)],
    },
    { q: [byWords === '' ? `(${BY_ID})` : `(${BY_ID} OR (${byWords}))`, q] },
  )
  const named = Object.fromEntries(words.map((word, at) => [`word${at}`, word]))
  return { ...found, parameters: { ...found.parameters, ...named } }
}

const rankOf = (stage: (typeof STAGES)[number]): number | undefined => {
  const at = STAGES.indexOf(stage)
  return at === 0 ? undefined : at
}

/** All that are found, for an export. */
export const applicationRows = (query: ApplicationFilters) => {
  const { where, parameters } = applicationsFound(query)
  const sql = `SELECT ${APPLICATION_COLUMNS} FROM application a ${DETAILS}
    WHERE a.id IN (SELECT id FROM application ${where}) ORDER BY a.application_key`
  return { sql, parameters }
}

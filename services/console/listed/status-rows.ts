/** Changes of where applications stand, one by one, as they are exported. */
import { z } from 'zod'
import { conditions, selected, within } from '../figures/conditions.ts'
import { KEYS, selection, time } from '../figures/endpoint.ts'
import { STATES } from '../store/states.ts'
import { VIEWS } from '../store/views.ts'
import { PLACE } from './score-rows.ts'

const { application_key, candidate_key, job_key, job_title, source, tenant_id } = KEYS

export const StatusRow = z.object({
  ...{ application_key, candidate_key, job_key, job_title, source, tenant_id },
  number: z.int().describe('the first change of an application is 1'),
  from_state: z.string().nullable().describe('null for the first change'),
  to_state: z.string().describe(`one of ${STATES.join(', ')}`),
  reason: z.string().nullable().describe('a code without its number'),
  reason_number: z.int().nullable().describe('the number that came with it'),
  reason_text: z.string().nullable().describe('both in a sentence'),
  actor: z.string().describe('pipeline, pulsifi or operator'),
  occurred_at: time().describe('when it happened'),
  ingested_at: time().describe('when it was known here'),
  event_id: z.string(),
  status_key: z.string(),
  ...PLACE,
})

export const statusFilters = {
  ...selection,
  from: z.iso.date().optional().describe('changes that were known on this day or later, in UTC'),
  to: z.iso.date().optional().describe('changes that were known on this day or earlier'),
  to_state: z.enum(STATES).optional(),
}
const Filters = z.object(statusFilters)

export function statusRows(query: z.output<typeof Filters>) {
  const { where, parameters } = conditions({
    ...selected(query),
    ...within('ingested_at', query),
    to_state: ['to_state = $to_state', query.to_state],
  })
  const sql = `SELECT * FROM (${VIEWS.statuses}) ${where} ORDER BY ingested_at, application_key, number`
  return { sql, parameters }
}

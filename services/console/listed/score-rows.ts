/** Scores one by one, as they are exported. */
import { z } from 'zod'
import { CAME_IN, conditions, selected, within } from '../figures/conditions.ts'
import { cohort, KEYS, time } from '../figures/endpoint.ts'
import { VIEWS } from '../store/views.ts'

const { application_key, candidate_key, job_key, job_title, source, tenant_id } = KEYS
export const PLACE = {
  kafka_partition: z.int().describe('where its record stands on the topic'),
  kafka_offset: z.int(),
  recorded_at: time().describe('of that record'),
} as const

export const ScoreRow = z.object({
  ...{ application_key, candidate_key, job_key, job_title, source, tenant_id },
  score_type: z.string().describe('such as role_fit or reasoning_verbal'),
  kind: z.string().describe('FIT: how well the candidate fits; ADDITIONAL: a single trait'),
  score_value: z.number().nullable().describe('out of score_format'),
  score_format: z.int().nullable(),
  normalized: z.number().nullable().describe('the share of the full score, 0 to 1; null without a scale'),
  observed_at: time().describe('when Pulsifi gave it'),
  is_current: z.boolean().describe('the newest of its application and type: those that figures count'),
  event_id: z.string().nullable(),
  pulsifi_candidate_id: z.string().nullable(),
  ...PLACE,
})

export const scoreFilters = {
  ...cohort,
  score_type: z.string().optional(),
  is_current: z.enum(['true', 'false']).optional().describe('unset: both'),
}
const Filters = z.object(scoreFilters)

export function scoreRows(query: z.output<typeof Filters>) {
  const received = conditions(within(CAME_IN, query))
  const { where, parameters } = conditions(
    {
      ...selected(query),
      score_type: ['score_type = $score_type', query.score_type],
      is_current: ['is_current = ($is_current::BOOLEAN)', query.is_current],
    },
    received.where === ''
      ? []
      : [`application_key IN (SELECT application_key FROM application ${received.where})`],
  )
  const sql = `SELECT * FROM (${VIEWS.scores}) ${where} ORDER BY observed_at, application_key, score_type`
  return { sql, parameters: { ...parameters, ...received.parameters } }
}

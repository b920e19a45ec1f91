import { z } from 'zod'
import { wordsFor } from '../../core/reasons.ts'
import { IS_KNOWN } from '../store/tables.ts'
import { conditions, selected } from './conditions.ts'
import { type ApiContext, endpoint, paging, selection, time } from './endpoint.ts'
import { STAGES } from './funnel.ts'
import { COUNTED_REASON } from './reasons.ts'

export const ApplicationRow = z.object({
  application_key: z.string(),
  candidate_key: z.string().nullable(),
  job_key: z.string().nullable(),
  job_title: z.string().nullable(),
  source: z.string(),
  tenant_id: z.string(),
  outcome: z.string().describe('of the newest ledger record; UNDECIDED when there is none'),
  reasons: z.array(z.string()),
  reason_texts: z.array(z.string()),
  status: z.string().nullable().describe('in the words of Pulsifi'),
  received_at: time(),
  decided_at: time(),
  invited_at: time(),
  completed_at: time(),
  expires_at: time(),
  ext_reference_id: z.string().nullable(),
  pulsifi_candidate_id: z.string().nullable(),
  attempt: z.int().nullable(),
  name: z.string().nullable().describe('null unless personal data are kept'),
  email: z.string().nullable().describe('null unless personal data are kept'),
})
export type ApplicationRow = z.output<typeof ApplicationRow>

const NEWEST = 'coalesce(decided_at, received_at) AS newest_at'
const REACHED = { canonical: null, invited: 1, opened: 2, started: 3, completed: 4 } as const

/** The key in any case; the other ids as they are written, since folding every id of a million rows takes long. */
const FOUND = `contains(lower(application_key), lower($q)) OR contains(candidate_key, $q) OR contains(job_key, $q)
  OR contains(ext_reference_id, $q) OR contains(pulsifi_candidate_id, $q)`

const COLUMNS = `a.application_key, a.candidate_key, a.job_key, job.title AS job_title, a.source, a.tenant_id,
  coalesce(a.outcome, 'UNDECIDED') AS outcome, coalesce(a.reasons, []) AS reasons, a.status, a.received_at, a.decided_at,
  a.invited_at, a.completed_at, a.expires_at, a.ext_reference_id, a.pulsifi_candidate_id, a.attempt,
  nullif(trim(concat_ws(' ', person.first_name, person.last_name)), '') AS name, person.email`

const DETAILS = 'LEFT JOIN job ON job.job_key = a.job_key LEFT JOIN person ON person.id = a.candidate_id'

/** People are found by name only where names are kept: nothing stands in the table otherwise. */
const BY_PERSON = `candidate_id IN (SELECT id FROM person WHERE contains(lower(concat_ws(' ', first_name, last_name, email)), lower($q)))`

export const applications = endpoint({
  method: 'get',
  path: '/api/applications',
  name: 'listApplications',
  tag: 'applications',
  summary: 'Search applications',
  description:
    'The applications that the funnel counts, newest decision first. A filter of the funnel finds exactly those it counted.',
  query: z.object({
    ...selection,
    q: z
      .string()
      .max(300)
      .optional()
      .describe(
        'part of the key in any case, or of another id as it is written; of a name where names are kept',
      ),
    outcome: z.string().optional().describe('one of the outcomes of the ledger, or UNDECIDED'),
    reason: z.string().optional().describe('a code of the funnel'),
    stage: z.enum(STAGES).optional().describe('reached this stage or a later one'),
    ...paging,
  }),
  response: z.object({ total: z.int(), applications: z.array(ApplicationRow) }),
  audited: () => ({ kind: 'LOOK', subjects: [] }),
  followsData: true,
  async answer({ query }, { database, keepsPersonalData }) {
    const { where, parameters } = conditions(
      {
        ...selected(query),
        q: [`(${FOUND}${keepsPersonalData ? ` OR ${BY_PERSON}` : ''})`, query.q?.trim()],
        outcome: ["coalesce(outcome, 'UNDECIDED') = $outcome", query.outcome],
        reason: [`${COUNTED_REASON} = $reason`, query.reason],
        stage: [
          'reached >= $stage',
          query.stage === undefined ? undefined : (REACHED[query.stage] ?? undefined),
        ],
      },
      [IS_KNOWN],
    )
    const page = `ORDER BY newest_at DESC NULLS LAST, application_key LIMIT ${query.limit} OFFSET ${query.offset}`
    // A search looks once and keeps what it found; a filter is so cheap that counting apart is cheaper still.
    const found = query.q
      ? `WITH found AS MATERIALIZED (SELECT id, application_key, ${NEWEST} FROM application ${where})
         SELECT id, newest_at, (SELECT count(*) FROM found) AS total FROM found ${page}`
      : `SELECT id, newest_at, total FROM (SELECT id, application_key, ${NEWEST} FROM application ${where} ${page})
         CROSS JOIN (SELECT count(*) AS total FROM application ${where})`
    const rows = await database.read(
      `SELECT ${COLUMNS}, page.total FROM (${found}) page JOIN application a ON a.id = page.id ${DETAILS}
       ORDER BY page.newest_at DESC NULLS LAST, a.application_key`,
      parameters,
    )
    const total = rows[0]?.total ?? 0
    return { total: Number(total), applications: rows.map(toApplication) }
  },
})

/** Null when the key is not known. */
export async function applicationOf(
  { database }: Pick<ApiContext, 'database'>,
  key: string,
): Promise<ApplicationRow | null> {
  const rows = await database.read(
    `SELECT ${COLUMNS} FROM application a ${DETAILS} WHERE a.application_key = $key`,
    { key },
  )
  return rows[0] === undefined ? null : toApplication(rows[0])
}

function toApplication(row: Readonly<Record<string, unknown>>): ApplicationRow {
  const reasons = Array.isArray(row.reasons) ? row.reasons.map(String) : []
  return ApplicationRow.parse({ ...row, reasons, reason_texts: reasons.map(code => wordsFor(code).text) })
}

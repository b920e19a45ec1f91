/**
 * Where applications stand. Many stand at the same place, told by the same few words: each place is kept once, under a
 * number, and an application has that number. To count a million of them is to count numbers, and what is asked of
 * their words is asked of some thousand places.
 */

/** Of `application a`: the newest record of a candidate names it, or the ledger of invitations knows it. */
export const IS_KNOWN = '(a.in_canonical OR a.outcome IS NOT NULL)'

/** The columns of a place, each by what it is in a row of `application a`. */
const COLUMNS: Readonly<Record<string, string>> = {
  source: 'a.source',
  tenant_id: 'a.tenant_id',
  job_key: 'a.job_key',
  is_known: IS_KNOWN,
  outcome: "coalesce(a.outcome, 'UNDECIDED')",
  state: 'a.state',
  // Without a number at its end, as it is counted: `DESCRIPTION_TOO_SHORT:120` is one of many lengths.
  reason: "regexp_replace(coalesce(a.reason, 'NONE'), ':[0-9]+$', '')",
  reached: 'a.reached',
}
const NAMES = Object.keys(COLUMNS)

const isAt = Object.entries(COLUMNS)
  .map(([name, value]) => `standing.${name} IS NOT DISTINCT FROM ${value}`)
  .join(' AND ')

/** Between the ids of an application, where they are searched: no key holds it. */
const BETWEEN = 'chr(31)'

/** What else follows from other columns, so that nobody computes it for a million rows. */
const FOLLOWING = {
  came_in_at: 'coalesce(a.received_at, a.first_decided_at)',
  changed_at: 'coalesce(a.decided_at, a.received_at)',
  searched: `lower(concat_ws(${BETWEEN}, a.application_key, a.ext_reference_id, a.pulsifi_candidate_id,
    CASE WHEN NOT contains(a.application_key, a.candidate_key) THEN a.candidate_key END))`,
} as const

/** For the rows of `application` that were written, which have no number. */
export const MERGE_STANDINGS: readonly string[] = [
  `INSERT INTO standing
   SELECT (SELECT coalesce(max(id), 0) FROM standing) + row_number() OVER (), a.* FROM (
     SELECT DISTINCT ${Object.entries(COLUMNS)
       .map(([name, value]) => `${value} AS ${name}`)
       .join(', ')}
     FROM application a WHERE a.standing_id IS NULL
   ) a ANTI JOIN standing ON ${NAMES.map(name => `standing.${name} IS NOT DISTINCT FROM a.${name}`).join(' AND ')}`,
  `UPDATE application a SET standing_id = standing.id, ${Object.entries(FOLLOWING)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')}
   FROM standing WHERE a.standing_id IS NULL AND ${isAt}`,
]

/** Places where somebody stands, each with how many (`n`) of them count. @param when an application does */
export const standings = (when = 'true'): string => `(SELECT standing.*, n FROM standing JOIN (
    SELECT standing_id, count(*) FILTER (${when}) AS n FROM application GROUP BY standing_id
  ) counted ON counted.standing_id = standing.id WHERE is_known)`

/**
 * From staged changes to the history of applications, and what is counted of it as it is written: how many changes of
 * each kind there were on a day (`status_day`), and on which day each application came how far (`history`). A page that
 * counted millions of changes whenever somebody looks would keep everybody waiting.
 */
import { stagingTable } from '../tables.ts'

const statuses = stagingTable('status')

/** What one is in, or has been in, who has reached a step. */
const REACHING = {
  invited_on: "'invited', 'opened', 'started', 'completed', 'expired'",
  opened_on: "'opened', 'started', 'completed'",
  started_on: "'started', 'completed'",
  completed_on: "'completed'",
} as const
const STEPS = Object.keys(REACHING)

const REACHED = `SELECT hash(application_key) AS id, any_value(source) AS source, any_value(tenant_id) AS tenant_id,
    any_value(job_key) AS job_key,
    ${Object.entries(REACHING)
      .map(([name, states]) => `min(ingested_at::DATE) FILTER (to_state IN (${states})) AS ${name}`)
      .join(', ')}
  FROM status_from WHERE to_state IN (${REACHING.invited_on}) GROUP BY hash(application_key)`

const reachedIn = (changes: string) => REACHED.replace('status_from', changes)

/** @param sign `-` for changes that are taken away */
const countedIn = (changes: string, sign: '' | '-') => `MERGE INTO status_day USING (
    SELECT ingested_at::DATE AS day, source, tenant_id, from_state, to_state, ${sign}count(*) AS count FROM ${changes} GROUP BY ALL
  ) s ON status_day.day = s.day AND status_day.source = s.source AND status_day.tenant_id = s.tenant_id
    AND status_day.from_state IS NOT DISTINCT FROM s.from_state AND status_day.to_state = s.to_state
  WHEN MATCHED THEN UPDATE SET count = status_day.count + s.count
  WHEN NOT MATCHED THEN INSERT VALUES (s.day, s.source, s.tenant_id, s.from_state, s.to_state, s.count)`

export const MERGE_STATUSES: readonly string[] = [
  `CREATE OR REPLACE TEMP TABLE new_status AS
   SELECT * EXCLUDE (record_key, is_tombstone) REPLACE (make_timestamp_ms(occurred_at) AS occurred_at,
     make_timestamp_ms(ingested_at) AS ingested_at, make_timestamp_ms(recorded_at) AS recorded_at)
   FROM ${statuses} WHERE NOT is_tombstone`,
  'INSERT INTO status BY NAME SELECT * FROM new_status',
  countedIn('new_status', ''),
  `MERGE INTO history USING (${reachedIn('new_status')}) s ON history.id = s.id
   WHEN MATCHED THEN UPDATE SET ${STEPS.map(name => `${name} = least(history.${name}, s.${name})`).join(', ')}
   WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.source, s.tenant_id, s.job_key, ${STEPS.map(name => `s.${name}`).join(', ')})`,
]

/** @param gone selects rows of `status`: they go, and out of what was counted with them */
const takeAway = (gone: string): readonly string[] => [
  `CREATE OR REPLACE TEMP TABLE gone_status AS ${gone}`,
  countedIn('gone_status', '-'),
  `DELETE FROM status USING gone_status gone
   WHERE gone.kafka_partition = status.kafka_partition AND gone.kafka_offset = status.kafka_offset`,
  'DELETE FROM history WHERE id IN (SELECT hash(application_key) FROM gone_status)',
  `INSERT INTO history ${reachedIn('(SELECT * FROM status WHERE application_key IN (SELECT application_key FROM gone_status))')}`,
]

const goneUnder = (name: string) => `SELECT status.* FROM status
  JOIN (SELECT * FROM ${statuses} WHERE is_tombstone) gone ON gone.record_key = status.${name}
    AND gone.kafka_partition = status.kafka_partition AND status.kafka_offset < gone.kafka_offset`

/** A tombstone takes one change, or, under the key of an application, all that were written before of it. */
export const ERASE_STATUSES = takeAway(`${goneUnder('status_key')} UNION ${goneUnder('application_key')}`)

/** What left its partition by age. */
export const forgetStatuses = (partition: number, low: number): readonly string[] =>
  takeAway(`SELECT * FROM status WHERE kafka_partition = ${partition} AND kafka_offset < ${low}`)

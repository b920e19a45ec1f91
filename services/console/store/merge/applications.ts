/**
 * From staged records to the row of each application. What comes from the canonical topic and what comes from the
 * ledger never overwrite each other, so that the order in which two topics are read changes nothing.
 */
import { STATE } from '../states.ts'
import { stagingTable } from '../tables.ts'

const candidates = stagingTable('candidate')
const applications = stagingTable('application')
const invitations = stagingTable('invitation')
const persons = stagingTable('person')

export const MERGE_CANDIDATES: readonly string[] = [
  // A record is the whole candidate: what it no longer names is no longer applied for.
  `UPDATE application SET in_canonical = false, standing_id = NULL
     FROM (SELECT DISTINCT hash(candidate_key) AS id FROM ${candidates}) touched
     WHERE application.candidate_id = touched.id AND application.in_canonical`,
  `MERGE INTO application USING (
     SELECT hash(a.application_key) AS id, hash(a.candidate_key) AS candidate_id, a.*,
       a.kafka_offset = newest.kafka_offset AS is_named,
       min(a.received_at) OVER (PARTITION BY a.application_key) AS first_received_at
     FROM ${applications} a
     JOIN (SELECT candidate_key, max(kafka_offset) AS kafka_offset FROM ${candidates} GROUP BY candidate_key) newest
       ON newest.candidate_key = a.candidate_key
     QUALIFY row_number() OVER (PARTITION BY a.application_key ORDER BY a.kafka_offset DESC) = 1
   ) s ON application.id = s.id
   WHEN MATCHED THEN UPDATE SET
     in_canonical = s.is_named,
     standing_id = NULL,
     candidate_id = s.candidate_id,
     candidate_key = s.candidate_key,
     job_key = CASE WHEN application.outcome IS NULL THEN s.job_key ELSE application.job_key END,
     stage = s.stage,
     applied_at = make_timestamp_ms(s.applied_at),
     received_at = least(application.received_at, make_timestamp_ms(s.first_received_at))
   WHEN NOT MATCHED THEN INSERT
     (id, candidate_id, application_key, candidate_key, job_key, source, tenant_id, in_canonical, stage, applied_at, received_at,
      state)
   VALUES (s.id, s.candidate_id, s.application_key, s.candidate_key, s.job_key, s.source, s.tenant_id, s.is_named, s.stage,
     make_timestamp_ms(s.applied_at), make_timestamp_ms(s.first_received_at), 'received')`,
]

export const MERGE_PERSONS: readonly string[] = [
  `DELETE FROM person WHERE id IN (SELECT hash(candidate_key) FROM ${persons})`,
  `INSERT INTO person
   SELECT hash(candidate_key), candidate_key, first_name, last_name, email, searched FROM (
     SELECT * FROM ${persons}
     QUALIFY row_number() OVER (PARTITION BY candidate_key ORDER BY kafka_offset DESC) = 1
   ) WHERE NOT is_gone`,
]

const firstTime = (condition: string, time = 'occurred_at') =>
  `min(CASE WHEN ${condition} THEN make_timestamp_ms(${time}) END) OVER one`

/** How far an invitation came: 1 invited, 2 opened, 3 started, 4 completed. An expired one keeps what it reached. */
const REACHED = `max(CASE WHEN outcome <> 'INVITED' THEN NULL WHEN status = 'completed' THEN 4 WHEN status = 'started' THEN 3
  WHEN status = 'opened' THEN 2 ELSE 1 END) OVER one`

const TIMES = ['first_decided_at', 'invited_at', 'opened_at', 'started_at', 'completed_at']
const LEDGER = [
  'outcome',
  'reasons',
  'reason_texts',
  'status',
  'http_status',
  'attempt',
  'ext_reference_id',
  'pulsifi_candidate_id',
]

const EARLIEST = TIMES.map(
  time => `${time} = CASE WHEN NOT s.is_tombstone THEN least(application.${time}, s.${time}) END`,
)

export const MERGE_INVITATIONS: readonly string[] = [
  `MERGE INTO application USING (
     SELECT * EXCLUDE (invited_at, next_attempt_at, expires_at), hash(application_key) AS id,
       CASE WHEN candidate_key IS NOT NULL THEN hash(candidate_key) END AS candidate_id, reasons[1] AS reason, ${STATE} AS state,
       make_timestamp_ms(next_attempt_at) AS next_attempt_at, make_timestamp_ms(expires_at) AS expires_at,
       make_timestamp_ms(occurred_at) AS decided_at,
       ${firstTime('outcome IS NOT NULL')} AS first_decided_at,
       ${firstTime("outcome = 'INVITED'")} AS invited_at,
       ${firstTime("status = 'opened'")} AS opened_at,
       ${firstTime("status = 'started'")} AS started_at,
       ${firstTime("status = 'completed'")} AS completed_at,
       ${REACHED} AS reached
     FROM ${invitations}
     WINDOW one AS (PARTITION BY application_key)
     QUALIFY row_number() OVER (PARTITION BY application_key ORDER BY kafka_offset DESC) = 1
   ) s ON application.id = s.id
   WHEN MATCHED THEN UPDATE SET
     candidate_id = coalesce(s.candidate_id, application.candidate_id),
     candidate_key = coalesce(s.candidate_key, application.candidate_key),
     job_key = coalesce(s.job_key, application.job_key),
     ${LEDGER.map(name => `${name} = s.${name}`).join(', ')},
     reason = s.reason, state = s.state, next_attempt_at = s.next_attempt_at, expires_at = s.expires_at, decided_at = s.decided_at,
     ${EARLIEST.join(', ')}, standing_id = NULL,
     reached = CASE WHEN NOT s.is_tombstone THEN greatest(application.reached, s.reached) END
   WHEN NOT MATCHED THEN INSERT
     (id, candidate_id, application_key, candidate_key, job_key, source, tenant_id, in_canonical,
      ${LEDGER.join(', ')}, reason, state, next_attempt_at, expires_at, decided_at, ${TIMES.join(', ')}, reached)
   VALUES (s.id, s.candidate_id, s.application_key, s.candidate_key, s.job_key, s.source, s.tenant_id, false,
      ${LEDGER.map(name => `s.${name}`).join(', ')}, s.reason, s.state, s.next_attempt_at, s.expires_at, s.decided_at,
      ${TIMES.map(name => `s.${name}`).join(', ')}, s.reached)`,
]

/** From staged records to the rows of jobs, results and scores. */
import { stagingTable } from '../tables.ts'

const jobs = stagingTable('job')
const bindings = stagingTable('binding')
const results = stagingTable('result')
const scores = stagingTable('score')
const decisions = stagingTable('decision')

const newest = (table: string, key: string) =>
  `SELECT *, hash(${key}) AS id FROM ${table} QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY kafka_offset DESC) = 1`

const JOB_FIELDS = [
  ...[
    'lifecycle',
    'external_id',
    'reference',
    'title',
    'status',
    'kind',
    'organization',
    'city',
    'country_code',
    'searched',
  ].map(name => [name, `s.${name}`] as const),
  ['date_posted', "DATE '1970-01-01' + s.date_posted"],
  ['valid_through', "DATE '1970-01-01' + s.valid_through"],
  ['received_at', 'make_timestamp_ms(s.received_at)'],
  ['in_canonical', 'NOT s.is_tombstone'],
] as const
const BINDING_FIELDS = [
  ['binding_state', 's.state'],
  ['binding_reasons', 's.reasons'],
  ['binding_reason_texts', 's.reason_texts'],
  ['pulsifi_job_id', 's.pulsifi_job_id'],
  ['binding_updated_at', 'make_timestamp_ms(s.updated_at)'],
] as const

const mergeJob = (table: string, fields: readonly (readonly [string, string])[]) =>
  `MERGE INTO job USING (${newest(table, 'job_key')}) s ON job.id = s.id
   WHEN MATCHED THEN UPDATE SET ${fields.map(([name, value]) => `${name} = ${value}`).join(', ')}
   WHEN NOT MATCHED THEN INSERT (id, job_key, source, tenant_id, ${fields.map(([name]) => name).join(', ')})
   VALUES (s.id, s.job_key, s.source, s.tenant_id, ${fields.map(([, value]) => value).join(', ')})`

export const MERGE_JOBS: readonly string[] = [mergeJob(jobs, JOB_FIELDS)]
export const MERGE_BINDINGS: readonly string[] = [mergeJob(bindings, BINDING_FIELDS)]

/** `erased_at` outlives a later result: the scores before it stay away, whichever topic is read first. */
export const MERGE_RESULTS: readonly string[] = [
  `MERGE INTO result USING (
     SELECT *, hash(application_key) AS id,
       max(CASE WHEN is_tombstone THEN make_timestamp_ms(recorded_at) END) OVER (PARTITION BY application_key) AS erased_at
     FROM ${results}
     QUALIFY row_number() OVER (PARTITION BY application_key ORDER BY kafka_offset DESC) = 1
   ) s ON result.id = s.id
   WHEN MATCHED THEN UPDATE SET job_key = s.job_key, pulsifi_candidate_id = s.pulsifi_candidate_id, status = s.status,
     score_count = s.score_count, trigger = s.trigger, observed_at = make_timestamp_ms(s.observed_at),
     erased_at = greatest(result.erased_at, s.erased_at)
   WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.application_key, s.job_key, s.pulsifi_candidate_id, s.status, s.score_count,
     s.trigger, make_timestamp_ms(s.observed_at), s.erased_at)`,
]

/** Deleted first: DuckDB has no upsert without a key, and a letter is decided on twice when it was only discarded. */
export const MERGE_DECISIONS: readonly string[] = [
  `DELETE FROM decision WHERE letter IN (SELECT letter FROM ${decisions})`,
  `INSERT INTO decision SELECT letter, decision, make_timestamp_ms(decided_at), decided_by, sent_to
   FROM (${newest(decisions, 'letter')}) WHERE NOT is_tombstone`,
]

/** A deleted result takes its history and the scores before it along. */
export const ERASE_RESULTS: readonly string[] = [
  `DELETE FROM score USING result
   WHERE result.erased_at IS NOT NULL AND result.id = score.application_id AND score.observed_at <= result.erased_at`,
  `DELETE FROM result_event USING result
   WHERE result.erased_at IS NOT NULL AND result.id = result_event.application_id
     AND result_event.observed_at <= result.erased_at`,
]

const SCORE_ID = "hash(application_key || '|' || kind || '|' || score_type)"

/** The newest observation of each score is the current one; at the same moment, the one that was written later. */
export const MERGE_SCORES: readonly string[] = [
  `CREATE OR REPLACE TEMP TABLE ranked_score AS
   SELECT *, ${SCORE_ID} AS id, make_timestamp_ms(observed_at) AS seen_at,
     row_number() OVER (PARTITION BY ${SCORE_ID} ORDER BY observed_at DESC, kafka_offset DESC) = 1 AS is_newest
   FROM ${scores} WHERE NOT is_tombstone`,
  `UPDATE score SET is_current = false FROM ranked_score s
   WHERE s.is_newest AND score.id = s.id AND score.is_current
     AND (score.observed_at < s.seen_at OR (score.observed_at = s.seen_at AND score.kafka_offset < s.kafka_offset))`,
  `INSERT INTO score
   SELECT id, hash(application_key), application_key, candidate_key, job_key, source, tenant_id, score_type, kind, score_value, score_format, normalized, seen_at,
     is_newest AND id NOT IN (SELECT score.id FROM score SEMI JOIN ranked_score r ON score.id = r.id WHERE score.is_current),
     event_id, pulsifi_candidate_id, kafka_partition, kafka_offset, make_timestamp_ms(recorded_at)
   FROM ranked_score`,
]

/** A tombstone takes one score, or, under the key of an application, all that were written before of it. */
export const ERASE_SCORES: readonly string[] = ['event_id', 'application_key'].map(
  name => `DELETE FROM score USING (SELECT * FROM ${scores} WHERE is_tombstone) gone
   WHERE gone.record_key = score.${name} AND gone.kafka_partition = score.kafka_partition
     AND score.kafka_offset < gone.kafka_offset`,
)

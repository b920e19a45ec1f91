/**
 * What the DuckDB file holds. `<name>_event` has a row for each record of its topic that was read; the tables here have
 * a row for each thing, as of its newest record. A change of anything here needs a new SHAPE: the file is then made anew.
 */
import { createHash } from 'node:crypto'
import { version } from '@duckdb/node-api'
import { EVERY_WORD } from '../../core/reasons.ts'
import { keptColumns, stagedColumns } from './columns.ts'
import { keptTable, STAGED, STAGED_TABLES } from './staged.ts'
import { VIEWS } from './views.ts'

const WORDS = createHash('sha256').update(JSON.stringify(EVERY_WORD)).digest('hex').slice(0, 8)
/**
 * The words of reasons are kept beside their codes, and hashes in the place of keys, which are DuckDB's own: other words or
 * another DuckDB, another file.
 */
export const SHAPE = `6 ${WORDS} ${version()}`

const CURRENT = [
  `CREATE TABLE meta (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL)`,
  `CREATE TABLE position (topic VARCHAR, kafka_partition INTEGER, next_offset BIGINT NOT NULL, kept_at TIMESTAMP NOT NULL,
     PRIMARY KEY (topic, kafka_partition))`,
  `CREATE TABLE job (id UBIGINT, job_key VARCHAR, source VARCHAR, tenant_id VARCHAR,
     in_canonical BOOLEAN, lifecycle VARCHAR, external_id VARCHAR, reference VARCHAR, title VARCHAR, status VARCHAR, kind VARCHAR,
     organization VARCHAR, city VARCHAR, country_code VARCHAR, date_posted DATE, valid_through DATE, received_at TIMESTAMP,
     searched VARCHAR, binding_state VARCHAR, binding_reasons VARCHAR[], binding_reason_texts VARCHAR[], pulsifi_job_id VARCHAR, binding_updated_at TIMESTAMP)`,
  `CREATE TABLE application (id UBIGINT, candidate_id UBIGINT, application_key VARCHAR, candidate_key VARCHAR, job_key VARCHAR,
     source VARCHAR, tenant_id VARCHAR,
     in_canonical BOOLEAN, stage VARCHAR, applied_at TIMESTAMP, received_at TIMESTAMP,
     outcome VARCHAR, reason VARCHAR, reasons VARCHAR[], reason_texts VARCHAR[], state VARCHAR, status VARCHAR, reached TINYINT, http_status INTEGER, attempt INTEGER,
     ext_reference_id VARCHAR, pulsifi_candidate_id VARCHAR, next_attempt_at TIMESTAMP, expires_at TIMESTAMP,
     decided_at TIMESTAMP, first_decided_at TIMESTAMP, invited_at TIMESTAMP, opened_at TIMESTAMP, started_at TIMESTAMP,
     completed_at TIMESTAMP, standing_id INTEGER, came_in_at TIMESTAMP, changed_at TIMESTAMP, searched VARCHAR)`,
  `CREATE TABLE standing (id INTEGER, source VARCHAR, tenant_id VARCHAR, job_key VARCHAR, is_known BOOLEAN, outcome VARCHAR,
     state VARCHAR, reason VARCHAR, reached TINYINT)`,
  `CREATE TABLE result (id UBIGINT, application_key VARCHAR, job_key VARCHAR, pulsifi_candidate_id VARCHAR, status VARCHAR,
     score_count INTEGER, trigger VARCHAR, observed_at TIMESTAMP, erased_at TIMESTAMP)`,
  `CREATE TABLE score (id UBIGINT, application_id UBIGINT, application_key VARCHAR, candidate_key VARCHAR, job_key VARCHAR, source VARCHAR, tenant_id VARCHAR,
     score_type VARCHAR, kind VARCHAR, score_value DOUBLE, score_format INTEGER, normalized DOUBLE, observed_at TIMESTAMP, is_current BOOLEAN,
     event_id VARCHAR, pulsifi_candidate_id VARCHAR, kafka_partition INTEGER, kafka_offset BIGINT, recorded_at TIMESTAMP)`,
  `CREATE TABLE status (application_key VARCHAR, candidate_key VARCHAR, job_key VARCHAR, source VARCHAR, tenant_id VARCHAR, number INTEGER,
     from_state VARCHAR, to_state VARCHAR, reason VARCHAR, reason_number INTEGER, reason_text VARCHAR, actor VARCHAR,
     occurred_at TIMESTAMP, ingested_at TIMESTAMP, event_id VARCHAR, status_key VARCHAR, kafka_partition INTEGER, kafka_offset BIGINT,
     recorded_at TIMESTAMP)`,
  `CREATE TABLE status_day (day DATE, source VARCHAR, tenant_id VARCHAR, from_state VARCHAR, to_state VARCHAR, count BIGINT)`,
  `CREATE TABLE history (id UBIGINT, source VARCHAR, tenant_id VARCHAR, job_key VARCHAR, invited_on DATE, opened_on DATE,
     started_on DATE, completed_on DATE)`,
  `CREATE TABLE decision (letter VARCHAR, decision VARCHAR, decided_at TIMESTAMP, decided_by VARCHAR, sent_to VARCHAR)`,
  `CREATE TABLE person (id UBIGINT, candidate_key VARCHAR, first_name VARCHAR, last_name VARCHAR, email VARCHAR, searched VARCHAR)`,
]

const kept = STAGED_TABLES.flatMap(table => {
  const name = keptTable(table)
  return name === null ? [] : [`CREATE TABLE ${name} (${keptColumns(STAGED[table])})`]
})

const views = Object.entries(VIEWS).map(([name, sql]) => `CREATE VIEW ${name} AS ${sql}`)

export const CREATE_TABLES: readonly string[] = [...CURRENT, ...kept, ...views]

/** Belongs to the connection that writes. */
export const CREATE_STAGING: readonly string[] = STAGED_TABLES.map(
  table => `CREATE TEMP TABLE ${stagingTable(table)} (${stagedColumns(STAGED[table])})`,
)

export function stagingTable(table: string): string {
  return `staged_${table}`
}

/** Dead letters that nobody has decided on. */
export const OPEN_DEAD_LETTERS = `(SELECT * FROM dead_letter
  WHERE topic || '/' || kafka_partition || '/' || kafka_offset NOT IN (SELECT letter FROM decision))`

/** What is taken from each record, by the table that it is staged in. */
import type { Columns, RowOf } from './columns.ts'

/** Where a record stands on its topic. */
const PLACE = { kafka_partition: 'integer', kafka_offset: 'offset', recorded_at: 'time' } as const

export const STAGED = {
  job: {
    ...PLACE,
    job_key: 'text',
    source: 'text',
    tenant_id: 'text',
    is_tombstone: 'boolean',
    lifecycle: 'text',
    event_type: 'text',
    received_at: 'time',
    external_id: 'text',
    reference: 'text',
    title: 'text',
    status: 'text',
    kind: 'text',
    organization: 'text',
    city: 'text',
    country_code: 'text',
    date_posted: 'day',
    valid_through: 'day',
  },
  binding: {
    ...PLACE,
    job_key: 'text',
    source: 'text',
    tenant_id: 'text',
    is_tombstone: 'boolean',
    state: 'text',
    reasons: 'texts',
    pulsifi_job_id: 'text',
    attempt: 'integer',
    next_attempt_at: 'time',
    updated_at: 'time',
  },
  candidate: {
    ...PLACE,
    candidate_key: 'text',
    source: 'text',
    tenant_id: 'text',
    is_tombstone: 'boolean',
    lifecycle: 'text',
    event_type: 'text',
    source_event_type: 'text',
    event_id: 'text',
    received_at: 'time',
    raw_topic: 'text',
    raw_partition: 'integer',
    raw_offset: 'offset',
    source_channel: 'text',
    application_count: 'integer',
  },
  /** One row for each application that a candidate's record names. */
  application: {
    kafka_offset: 'offset',
    candidate_key: 'text',
    application_key: 'text',
    source: 'text',
    tenant_id: 'text',
    job_key: 'text',
    stage: 'text',
    applied_at: 'time',
    received_at: 'time',
  },
  /** Filled only when personal data are wanted; all names null once the person was deleted. */
  person: {
    kafka_offset: 'offset',
    candidate_key: 'text',
    is_gone: 'boolean',
    first_name: 'text',
    last_name: 'text',
    email: 'text',
  },
  invitation: {
    ...PLACE,
    application_key: 'text',
    candidate_key: 'text',
    job_key: 'text',
    source: 'text',
    tenant_id: 'text',
    is_tombstone: 'boolean',
    event_id: 'text',
    ext_reference_id: 'text',
    pulsifi_candidate_id: 'text',
    outcome: 'text',
    reasons: 'texts',
    status: 'text',
    http_status: 'integer',
    attempt: 'integer',
    is_anonymous: 'boolean',
    next_attempt_at: 'time',
    expires_at: 'time',
    invited_at: 'time',
    occurred_at: 'time',
  },
  result: {
    ...PLACE,
    application_key: 'text',
    job_key: 'text',
    is_tombstone: 'boolean',
    pulsifi_candidate_id: 'text',
    status: 'text',
    score_count: 'integer',
    trigger: 'text',
    content_sha256: 'text',
    observed_at: 'time',
  },
  score: {
    ...PLACE,
    record_key: 'text',
    is_tombstone: 'boolean',
    application_key: 'text',
    job_key: 'text',
    source: 'text',
    tenant_id: 'text',
    event_id: 'text',
    pulsifi_candidate_id: 'text',
    score_type: 'text',
    kind: 'text',
    score_value: 'double',
    score_format: 'integer',
    normalized: 'double',
    observed_at: 'time',
  },
  dead_letter: {
    topic: 'text',
    ...PLACE,
    record_key: 'text',
    event_id: 'text',
    event_type: 'text',
    tenant_id: 'text',
    code: 'text',
    stage: 'text',
    detail: 'text',
    first_topic: 'text',
    first_partition: 'integer',
    first_offset: 'offset',
    consumer_group: 'text',
    delivery_count: 'integer',
  },
  /** What a person decided on for a dead letter, which is named `<topic>/<partition>/<offset>`. */
  decision: {
    ...PLACE,
    letter: 'text',
    is_tombstone: 'boolean',
    decision: 'text',
    decided_at: 'time',
    decided_by: 'text',
    sent_to: 'text',
  },
  /** Records whose bytes are not what their topic promises. */
  unreadable: { topic: 'text', ...PLACE, record_key: 'text' },
} as const satisfies Readonly<Record<string, Columns>>

export type StagedTable = keyof typeof STAGED
export type StagedRow = {
  readonly [T in StagedTable]: { readonly table: T; readonly row: RowOf<(typeof STAGED)[T]> }
}[StagedTable]

/** Tables that are staged only: what they say is merged into others. */
const NOT_KEPT: ReadonlySet<StagedTable> = new Set(['application', 'person', 'score'])
/** Tables whose rows are kept one by one, under this name. */
export const keptTable = (table: StagedTable): string | null => {
  if (NOT_KEPT.has(table)) return null
  return table === 'dead_letter' || table === 'unreadable' ? table : `${table}_event`
}
export const STAGED_TABLES = Object.keys(STAGED) as readonly StagedTable[]

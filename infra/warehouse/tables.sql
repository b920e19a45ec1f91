-- The tables that the connectors write to, made before they start. The sink makes tables too, but neither from a list
-- with a default (reasons) nor from a deletion, which may be the first record that it sees. A field that a later version
-- of a record has becomes a column by schema.evolution=basic, or here for a new database. Times are UTC.

CREATE TABLE IF NOT EXISTS scores (
  event_id text PRIMARY KEY,
  application_key text,
  candidate_key text,
  job_key text,
  source text,
  tenant_id text,
  pulsifi_candidate_id text,
  pulsifi_job_id text,
  ext_reference_id text,
  score_type text,
  kind text,
  score_value double precision,
  score_format integer,
  normalized double precision,
  result_content_sha256 text,
  observed_at timestamp(3)
);

CREATE INDEX IF NOT EXISTS scores_current ON scores (application_key, score_type, observed_at DESC);

CREATE TABLE IF NOT EXISTS invitations (
  application_key text PRIMARY KEY,
  event_id text,
  candidate_key text,
  job_key text,
  ext_reference_id text,
  pulsifi_job_id text,
  pulsifi_candidate_id text,
  outcome text,
  reasons text[],
  status text,
  invitation_expired_at timestamp(3),
  created_at timestamp(3),
  http_status integer,
  is_anonymous_candidate boolean,
  attempt integer,
  first_attempt_at timestamp(3),
  next_attempt_at timestamp(3),
  call_deadline_at timestamp(3),
  occurred_at timestamp(3),
  source text,
  tenant_id text,
  state text
);

CREATE TABLE IF NOT EXISTS statuses (
  status_key text PRIMARY KEY,
  event_id text,
  application_key text,
  candidate_key text,
  job_key text,
  source text,
  tenant_id text,
  number integer,
  from_state text,
  to_state text,
  reason text,
  reason_number integer,
  actor text,
  occurred_at timestamp(3),
  ingested_at timestamp(3)
);

CREATE INDEX IF NOT EXISTS statuses_of ON statuses (application_key, number);

-- Names this set of tables: the consumer groups are called after it, so that an empty database is filled from the
-- beginning of the topics, whatever another one has had. Drop the four tables to have everything read again.
CREATE TABLE IF NOT EXISTS atsflow_warehouse (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  id uuid NOT NULL DEFAULT gen_random_uuid()
);

-- How many rows had been removed, and when, the last time that the disk was made to forget them (removed-rows.ts).
ALTER TABLE atsflow_warehouse ADD COLUMN IF NOT EXISTS forgotten_rows bigint;
ALTER TABLE atsflow_warehouse ADD COLUMN IF NOT EXISTS forgotten_at timestamptz;

INSERT INTO atsflow_warehouse DEFAULT VALUES ON CONFLICT DO NOTHING;

-- What the connectors write to, made before they start, and what others read. The sink makes tables too, but neither from
-- a list with a default (reasons) nor from a deletion, which may be the first record that it sees. A field that a later
-- version of a record has becomes a column of its table by schema.evolution=basic, or here for a new database.
--
-- A table (job, application, status, score) is named and filled as in the console, with times in UTC that do not say so.
-- Others read the views (jobs, applications, statuses, scores), where they do, and where keys have titles beside them.

-- Earlier versions wrote to tables that had the names of the views.
DO $$
DECLARE
  former text;
  present text;
BEGIN
  FOR former, present IN VALUES ('scores', 'score'), ('invitations', 'application'), ('statuses', 'status') LOOP
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(former)) = 'r' THEN
      EXECUTE format('ALTER TABLE %I RENAME TO %I', former, present);
    END IF;
  END LOOP;
END $$;

CREATE TABLE IF NOT EXISTS job (
  job_key text PRIMARY KEY,
  external_id text,
  reference text,
  title text,
  status text,
  kind text,
  employment_type text,
  workplace_type text,
  organization text,
  date_posted date,
  valid_through date,
  closed_at timestamp(3),
  total_job_openings integer,
  lifecycle text,
  deleted_at timestamp(3),
  recorded_at timestamp(3)
);

CREATE TABLE IF NOT EXISTS application (
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

CREATE TABLE IF NOT EXISTS status (
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

CREATE INDEX IF NOT EXISTS statuses_of ON status (application_key, number);

CREATE TABLE IF NOT EXISTS score (
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

CREATE INDEX IF NOT EXISTS scores_current ON score (application_key, score_type, observed_at DESC);

-- Views keep the order of their columns: a later version adds columns at the end, or this statement is refused.

CREATE OR REPLACE VIEW jobs AS
SELECT job_key, title, reference, split_part(job_key, ':', 1) AS source, split_part(job_key, ':', 2) AS tenant_id,
  status, lifecycle, external_id, kind, organization, date_posted, valid_through,
  closed_at AT TIME ZONE 'UTC' AS closed_at, deleted_at AT TIME ZONE 'UTC' AS deleted_at,
  recorded_at AT TIME ZONE 'UTC' AS recorded_at, employment_type, workplace_type, total_job_openings
FROM job;

-- Records of the ledger name neither source nor tenant in versions that are older than those fields: their key does.
CREATE OR REPLACE VIEW applications AS
SELECT a.application_key, a.candidate_key, a.job_key, job.title AS job_title,
  coalesce(a.source, split_part(a.application_key, ':', 1)) AS source,
  coalesce(a.tenant_id, split_part(a.application_key, ':', 2)) AS tenant_id, a.state,
  CASE
    WHEN seen.completed_at IS NOT NULL THEN 'completed'
    WHEN seen.started_at IS NOT NULL THEN 'started'
    WHEN seen.opened_at IS NOT NULL THEN 'opened'
    WHEN seen.invited_at IS NOT NULL THEN 'invited'
  END AS reached,
  a.outcome, a.reasons, a.status,
  seen.received_at AT TIME ZONE 'UTC' AS received_at, a.occurred_at AT TIME ZONE 'UTC' AS decided_at,
  seen.invited_at AT TIME ZONE 'UTC' AS invited_at, seen.opened_at AT TIME ZONE 'UTC' AS opened_at,
  seen.started_at AT TIME ZONE 'UTC' AS started_at, seen.completed_at AT TIME ZONE 'UTC' AS completed_at,
  a.invitation_expired_at AT TIME ZONE 'UTC' AS expires_at, a.next_attempt_at AT TIME ZONE 'UTC' AS next_attempt_at,
  a.attempt, a.http_status, a.ext_reference_id, a.pulsifi_candidate_id, a.pulsifi_job_id, a.event_id
FROM application a
LEFT JOIN job ON job.job_key = a.job_key
LEFT JOIN LATERAL (
  SELECT min(occurred_at) FILTER (WHERE to_state = 'received') AS received_at,
    min(occurred_at) FILTER (WHERE to_state IN ('invited', 'opened', 'started', 'completed', 'expired')) AS invited_at,
    min(occurred_at) FILTER (WHERE to_state = 'opened') AS opened_at,
    min(occurred_at) FILTER (WHERE to_state = 'started') AS started_at,
    min(occurred_at) FILTER (WHERE to_state = 'completed') AS completed_at
  FROM status WHERE status.application_key = a.application_key
) seen ON true;

CREATE OR REPLACE VIEW statuses AS
SELECT s.application_key, s.candidate_key, s.job_key, job.title AS job_title, s.source, s.tenant_id, s.number,
  s.from_state, s.to_state, s.reason, s.reason_number, s.actor, s.occurred_at AT TIME ZONE 'UTC' AS occurred_at,
  s.ingested_at AT TIME ZONE 'UTC' AS ingested_at, s.event_id, s.status_key
FROM status s
LEFT JOIN job ON job.job_key = s.job_key;

CREATE OR REPLACE VIEW scores AS
SELECT s.application_key, s.candidate_key, s.job_key, job.title AS job_title, s.source, s.tenant_id, s.score_type, s.kind,
  s.score_value, s.score_format, s.normalized, s.observed_at AT TIME ZONE 'UTC' AS observed_at,
  NOT EXISTS (
    SELECT FROM score later
    WHERE later.application_key = s.application_key AND later.score_type = s.score_type AND later.kind = s.kind
      AND (later.observed_at, later.event_id) > (s.observed_at, s.event_id)
  ) AS is_current,
  s.event_id, s.pulsifi_candidate_id, s.pulsifi_job_id, s.ext_reference_id, s.result_content_sha256
FROM score s
LEFT JOIN job ON job.job_key = s.job_key;

-- What earlier versions called applications, as it was.
CREATE OR REPLACE VIEW invitations AS
SELECT application_key, event_id, candidate_key, job_key, ext_reference_id, pulsifi_job_id, pulsifi_candidate_id, outcome,
  reasons, status, invitation_expired_at, created_at, http_status, is_anonymous_candidate, attempt, first_attempt_at,
  next_attempt_at, call_deadline_at, occurred_at, source, tenant_id, state
FROM application;

-- Whoever may read a table may read what is made of it, so that a right which was given on the former name goes on.
DO $$
DECLARE
  shown text;
  kept text;
  reader text;
BEGIN
  FOR shown, kept IN VALUES ('jobs', 'job'), ('applications', 'application'), ('statuses', 'status'), ('scores', 'score'),
    ('invitations', 'application')
  LOOP
    FOR reader IN
      SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
      FROM pg_class, aclexplode(relacl)
      WHERE pg_class.oid = to_regclass(kept) AND privilege_type = 'SELECT' AND grantee <> relowner
    LOOP
      EXECUTE format('GRANT SELECT ON %I TO %s', shown, reader);
    END LOOP;
  END LOOP;
END $$;

-- Names this set of tables: the consumer groups are called after it, so that an empty database is filled from the
-- beginning of the topics, whatever another one has had. Drop all tables and views to have everything read again.
CREATE TABLE IF NOT EXISTS atsflow_warehouse (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  id uuid NOT NULL DEFAULT gen_random_uuid()
);

-- How many rows had been removed, and when, the last time that the disk was made to forget them (removed-rows.ts).
ALTER TABLE atsflow_warehouse ADD COLUMN IF NOT EXISTS forgotten_rows bigint;
ALTER TABLE atsflow_warehouse ADD COLUMN IF NOT EXISTS forgotten_at timestamptz;

INSERT INTO atsflow_warehouse DEFAULT VALUES ON CONFLICT DO NOTHING;

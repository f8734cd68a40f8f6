-- Columns that filters use are text, smallint, uuid, timestamptz or boolean: under row-level security only leakproof operators reach an
-- index, and those of enum, numeric, LIKE and arrays are not. Times hold milliseconds, as cursors do.
CREATE TABLE reports (
  id uuid PRIMARY KEY,
  office_code text NOT NULL REFERENCES offices (code),
  register_year smallint NOT NULL,
  register_number integer NOT NULL CHECK (register_number > 0),
  client_reference text,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  status text NOT NULL DEFAULT 'submitted' CHECK (status IN ('submitted', 'verified', 'rejected', 'escalated', 'closed', 'withdrawn')),
  level text NOT NULL CHECK (level IN ('regency', 'province', 'national')),
  product text NOT NULL CHECK (product IN ('incident', 'information', 'attention', 'special')),
  exercise boolean NOT NULL,
  athg text NOT NULL CHECK (athg IN ('threat', 'challenge', 'obstacle', 'disruption')),
  athg_notes json,
  domain text NOT NULL CHECK (domain IN ('ideology', 'politics', 'economy', 'social_culture', 'defence', 'security')),
  incident_type text NOT NULL REFERENCES incident_types (code),
  phase text NOT NULL CHECK (phase IN ('potential', 'imminent', 'actual')),
  severity text NOT NULL CHECK (severity IN ('low', 'moderate', 'high', 'critical')),
  urgency text NOT NULL CHECK (urgency IN ('routine', 'priority', 'immediate', 'flash')),
  -- 0 ordinary, 1 restricted, 2 secret, 3 top_secret: a number, so that "up to my clearance" is one comparison.
  handling smallint NOT NULL CHECK (handling BETWEEN 0 AND 3),
  subject text NOT NULL,
  facts text NOT NULL,
  analysis text,
  prediction text,
  actions_taken text,
  recommendation text,
  occurred_at timestamptz(3) NOT NULL,
  occurred_at_offset text NOT NULL CHECK (occurred_at_offset ~ '^[+-]\d{2}:\d{2}$'),
  occurred_at_precision text NOT NULL CHECK (occurred_at_precision IN ('exact', 'hour', 'day', 'unknown')),
  obtained_at timestamptz(3),
  composed_at timestamptz(3),
  received_at timestamptz(3) NOT NULL,
  delay_seconds bigint NOT NULL CHECK (delay_seconds >= 0),
  region_code text NOT NULL REFERENCES regions (code),
  province_code text,
  regency_code text,
  place text,
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  source_kind text NOT NULL,
  source_method text,
  source_reliability text NOT NULL CHECK (source_reliability IN ('A', 'B', 'C', 'D', 'E', 'F')),
  source_credibility smallint NOT NULL CHECK (source_credibility BETWEEN 1 AND 6),
  actors json,
  impact json,
  -- The classification in force, with the version of the calendar that gave it.
  time_zone text NOT NULL,
  local_date date NOT NULL,
  primary_election text,
  primary_stage text,
  stages jsonb NOT NULL,
  calendar_version integer NOT NULL REFERENCES election_calendars (version),
  classified_at timestamptz(3) NOT NULL,
  flags text[] NOT NULL,
  submitted_by text NOT NULL,
  client_id text NOT NULL,
  CHECK ((primary_election IS NULL) = (primary_stage IS NULL)),
  CHECK ((longitude IS NULL) = (latitude IS NULL)),
  CHECK (regency_code IS NULL OR left(regency_code, 2) = province_code),
  CHECK (region_code = '00' OR province_code IS NOT NULL),
  CHECK (length(region_code) <= 2 OR regency_code IS NOT NULL)
);

CREATE INDEX reports_regency_occurred ON reports (regency_code, occurred_at, id);
CREATE INDEX reports_province_occurred ON reports (province_code, occurred_at, id);
CREATE INDEX reports_occurred ON reports (occurred_at, id);
CREATE INDEX reports_regency_received ON reports (regency_code, received_at, id);
CREATE INDEX reports_province_received ON reports (province_code, received_at, id);
CREATE INDEX reports_received ON reports (received_at, id);

-- One equality per policy: an OR for the nation, an array or a subquery costs a hundred times as much on a large table.
-- After a transaction a custom setting is '' and not NULL: nullif makes both refuse.
ALTER TABLE reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE reports FORCE ROW LEVEL SECURITY;

CREATE POLICY regency_reads ON reports FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON reports FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON reports FOR SELECT TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);

CREATE POLICY regency_submits ON reports FOR INSERT TO waspada_regency
  WITH CHECK (regency_code = nullif(current_setting('waspada.region', true), '')
    AND office_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_submits ON reports FOR INSERT TO waspada_province
  WITH CHECK (province_code = nullif(current_setting('waspada.region', true), '')
    AND office_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_submits ON reports FOR INSERT TO waspada_national
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);

GRANT SELECT, INSERT ON reports TO waspada_regency, waspada_province, waspada_national;

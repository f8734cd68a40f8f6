-- What a child of a report refers to. The place and the handling stand in the key, so that a child can be seen by exactly those who
-- may see its report: foreign keys do not heed row-level security.
ALTER TABLE reports ADD CONSTRAINT reports_place_key UNIQUE (id, region_code, handling);

-- A national official reads above their clearance, for a stated reason and a time that ends.
CREATE TABLE break_glass_grants (
  id uuid PRIMARY KEY,
  client_id text NOT NULL REFERENCES clients (client_id),
  actor text NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 20 AND 1000),
  clearance smallint NOT NULL CHECK (clearance BETWEEN 1 AND 3),
  opened_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  closed_at timestamptz(3),
  CHECK (actor <> client_id),
  CHECK (expires_at > opened_at AND expires_at <= opened_at + interval '4 hours'),
  UNIQUE (id, client_id, actor)
);

-- What was read under a grant, for the offices concerned: they see it where they see the report.
CREATE TABLE break_glass_reads (
  grant_id uuid NOT NULL,
  client_id text NOT NULL,
  actor text NOT NULL,
  report_id uuid NOT NULL,
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL,
  first_read_at timestamptz(3) NOT NULL,
  PRIMARY KEY (grant_id, report_id),
  FOREIGN KEY (grant_id, client_id, actor) REFERENCES break_glass_grants (id, client_id, actor),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX break_glass_reads_regency ON break_glass_reads (regency_code, first_read_at, report_id, grant_id);
CREATE INDEX break_glass_reads_province ON break_glass_reads (province_code, first_read_at, report_id, grant_id);
CREATE INDEX break_glass_reads_all ON break_glass_reads (first_read_at, report_id, grant_id);
CREATE INDEX break_glass_reads_report ON break_glass_reads (report_id);

ALTER TABLE break_glass_grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE break_glass_grants FORCE ROW LEVEL SECURITY;
CREATE POLICY national_opens ON break_glass_grants FOR INSERT TO waspada_national
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), ''));
CREATE POLICY national_reads ON break_glass_grants FOR SELECT TO waspada_national USING (true);
CREATE POLICY national_closes ON break_glass_grants FOR UPDATE TO waspada_national
  USING (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), ''));
-- The door asks whether a grant is in force before it knows the caller.
CREATE POLICY door_asks ON break_glass_grants FOR SELECT TO waspada_service USING (true);
GRANT SELECT, INSERT, UPDATE (closed_at) ON break_glass_grants TO waspada_national;
GRANT SELECT (id, client_id, actor, clearance, expires_at, closed_at) ON break_glass_grants TO waspada_service;

-- An office sees the grants under which its reports were read: the reads are under row-level security themselves.
CREATE POLICY office_sees_used ON break_glass_grants FOR SELECT TO waspada_regency, waspada_province
  USING (EXISTS (SELECT FROM break_glass_reads r WHERE r.grant_id = break_glass_grants.id));
GRANT SELECT ON break_glass_grants TO waspada_regency, waspada_province;

ALTER TABLE break_glass_reads ENABLE ROW LEVEL SECURITY;
ALTER TABLE break_glass_reads FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_sees ON break_glass_reads FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_sees ON break_glass_reads FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_sees ON break_glass_reads FOR SELECT TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY reader_records ON break_glass_reads FOR INSERT TO waspada_national
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), ''));
GRANT SELECT ON break_glass_reads TO waspada_regency, waspada_province, waspada_national;
GRANT INSERT ON break_glass_reads TO waspada_national;

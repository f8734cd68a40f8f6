-- How many days after receipt personal data of a kind is kept, by the handling of its report. Without a row it is kept: the time is a
-- decision of whoever is responsible for the data, and nothing is deleted by a default.
CREATE TABLE retention_rules (
  kind text NOT NULL CHECK (kind IN ('actors')),
  handling smallint NOT NULL CHECK (handling BETWEEN 0 AND 3),
  keep_days integer NOT NULL CHECK (keep_days BETWEEN 1 AND 36500),
  PRIMARY KEY (kind, handling)
);
GRANT SELECT ON retention_rules TO waspada_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON retention_rules TO waspada_administrator;

-- Erasure touches the persons of a report and says so; nothing else of a report can be changed by these roles.
CREATE POLICY administrator_finds_persons ON reports FOR SELECT TO waspada_administrator
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY administrator_erases_persons ON reports FOR UPDATE TO waspada_administrator
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY worker_finds_persons ON reports FOR SELECT TO waspada_worker USING (true);
CREATE POLICY worker_erases_persons ON reports FOR UPDATE TO waspada_worker USING (true);
GRANT SELECT (id, office_code, region_code, province_code, regency_code, handling, version, received_at, register_year, register_number, actors)
  ON reports TO waspada_administrator, waspada_worker;
GRANT UPDATE (actors, version) ON reports TO waspada_administrator, waspada_worker;
CREATE POLICY administrator_appends ON events FOR INSERT TO waspada_administrator
  WITH CHECK (sequence IS NULL AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT INSERT ON events TO waspada_administrator;

ALTER TABLE retention_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY worker_applies ON retention_rules FOR SELECT TO waspada_worker USING (true);
CREATE POLICY administrator_decides ON retention_rules TO waspada_administrator USING (true);

-- The life of a report after it was posted. `held_since` is when its present holder got it, `due_at` until when they should have acted;
-- null when nothing is waited for. `counted` is the one place that says what statistics count.
ALTER TABLE reports
  ADD COLUMN held_since timestamptz(3),
  ADD COLUMN due_at timestamptz(3),
  ADD COLUMN verified_at timestamptz(3),
  ADD COLUMN outcome text,
  ADD COLUMN is_duplicate boolean NOT NULL DEFAULT false,
  ADD COLUMN counted boolean NOT NULL
    GENERATED ALWAYS AS (NOT exercise AND NOT is_duplicate AND status NOT IN ('rejected', 'withdrawn')) STORED,
  ADD CHECK (due_at IS NULL OR status IN ('submitted', 'escalated')),
  ADD CHECK (status NOT IN ('verified', 'escalated') OR verified_at IS NOT NULL),
  ADD CHECK (status = 'closed' OR outcome IS NULL);
UPDATE reports SET held_since = received_at;
ALTER TABLE reports ALTER COLUMN held_since SET NOT NULL;

CREATE INDEX reports_regency_due ON reports (regency_code, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX reports_province_due ON reports (province_code, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX reports_due ON reports (due_at, id) WHERE due_at IS NOT NULL;

-- Every version after the first: who made it, when, how, and which members changed. Seen by exactly those who see the report.
CREATE TABLE report_revisions (
  report_id uuid NOT NULL,
  version integer NOT NULL CHECK (version > 1),
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL,
  action text NOT NULL CHECK (action IN ('corrected', 'handling_changed', 'withdrawn', 'verified', 'rejected', 'escalated', 'returned',
    'closed', 'reopened', 'linked', 'unlinked', 'reclassified', 'personal_data_erased')),
  changed_at timestamptz(3) NOT NULL,
  client_id text NOT NULL,
  actor text NOT NULL,
  -- Null for Waspada's own work.
  office_code text REFERENCES offices (code),
  status text NOT NULL,
  level text NOT NULL,
  changed text[] NOT NULL,
  PRIMARY KEY (report_id, version),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX report_revisions_place ON report_revisions (report_id, region_code, handling);

-- What the change said, under the highest handling that the report had while it was made: whoever is cleared for the report of today
-- need not be cleared for what it held before.
CREATE TABLE report_revision_contents (
  report_id uuid NOT NULL,
  version integer NOT NULL,
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL,
  content_handling smallint NOT NULL CHECK (content_handling BETWEEN 0 AND 3),
  reason text,
  -- {"before": {...}, "after": {...}}: the members that changed, as on the wire.
  changes json NOT NULL,
  PRIMARY KEY (report_id, version),
  FOREIGN KEY (report_id, version) REFERENCES report_revisions (report_id, version),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX report_revision_contents_place ON report_revision_contents (report_id, region_code, handling);

-- What the table of the life of a report forbids cannot be written by anybody.
CREATE FUNCTION guard_report_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  levels CONSTANT text[] := ARRAY['regency', 'province', 'national'];
  step integer := array_position(levels, NEW.level) - array_position(levels, OLD.level);
BEGIN
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'version % does not follow version %', NEW.version, OLD.version USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.office_code, NEW.register_year, NEW.register_number, NEW.received_at, NEW.submitted_by, NEW.client_id)
    IS DISTINCT FROM (OLD.id, OLD.office_code, OLD.register_year, OLD.register_number, OLD.received_at, OLD.submitted_by, OLD.client_id)
    OR NEW.client_reference IS DISTINCT FROM OLD.client_reference THEN
    RAISE EXCEPTION 'the identity of a report never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.verified_at IS NOT NULL AND NEW.verified_at IS DISTINCT FROM OLD.verified_at THEN
    RAISE EXCEPTION 'a verification is never undone' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT (CASE
    WHEN NEW.status = OLD.status AND step = 0 THEN true
    WHEN OLD.status = 'submitted' THEN step = 0 AND NEW.status IN ('verified', 'rejected', 'withdrawn')
    WHEN OLD.status = 'verified' AND NEW.status = 'escalated' THEN step = 1
    WHEN OLD.status = 'escalated' AND NEW.status = 'escalated' THEN abs(step) = 1
    WHEN OLD.status IN ('verified', 'escalated') AND NEW.status = 'closed' THEN step = 0
    WHEN OLD.status IN ('closed', 'rejected', 'withdrawn') THEN
      step = 0 AND NEW.status = CASE WHEN OLD.verified_at IS NULL THEN 'submitted' ELSE 'verified' END
    ELSE false
  END) THEN
    RAISE EXCEPTION 'a report never goes from % (%) to % (%)', OLD.status, OLD.level, NEW.status, NEW.level
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER life_of_a_report BEFORE UPDATE ON reports FOR EACH ROW EXECUTE FUNCTION guard_report_change();

-- No version without its revision, at the latest when the change commits.
CREATE FUNCTION require_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM report_revisions WHERE report_id = NEW.id AND version = NEW.version) THEN
    RAISE EXCEPTION 'version % of report % has no revision', NEW.version, NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER every_version_is_told AFTER UPDATE ON reports DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION require_revision();

-- A revision stays as it is; only the place and handling of its report move along.
CREATE TRIGGER revisions_stay BEFORE UPDATE ON report_revisions FOR EACH ROW
  WHEN ((OLD.report_id, OLD.version, OLD.action, OLD.changed_at, OLD.client_id, OLD.actor, OLD.office_code, OLD.status, OLD.level, OLD.changed)
    IS DISTINCT FROM (NEW.report_id, NEW.version, NEW.action, NEW.changed_at, NEW.client_id, NEW.actor, NEW.office_code, NEW.status, NEW.level, NEW.changed))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON report_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON report_revisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON report_revision_contents FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON report_revision_contents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE report_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_revisions FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON report_revisions FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON report_revisions FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON report_revisions FOR SELECT TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY administrator_reads ON report_revisions FOR SELECT TO waspada_administrator
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY worker_reads ON report_revisions FOR SELECT TO waspada_worker USING (true);
-- In its own name alone, and of what it may see.
CREATE POLICY own_changes ON report_revisions FOR INSERT
  TO waspada_regency, waspada_province, waspada_national, waspada_administrator, waspada_worker
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND coalesce(office_code, '') = coalesce(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT, INSERT ON report_revisions TO waspada_regency, waspada_province, waspada_national, waspada_administrator, waspada_worker;

ALTER TABLE report_revision_contents ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_revision_contents FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON report_revision_contents FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON report_revision_contents FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON report_revision_contents FOR SELECT TO waspada_national
  USING (greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY own_changes ON report_revision_contents FOR INSERT
  TO waspada_regency, waspada_province, waspada_national, waspada_administrator, waspada_worker
  WITH CHECK (greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT, INSERT ON report_revision_contents TO waspada_regency, waspada_province, waspada_national;
-- Erasure of personal data reaches into the history too.
CREATE POLICY administrator_erases ON report_revision_contents TO waspada_administrator
  USING (greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY worker_erases ON report_revision_contents TO waspada_worker USING (true);
GRANT SELECT, INSERT, UPDATE (changes) ON report_revision_contents TO waspada_administrator, waspada_worker;
GRANT SELECT (status, level) ON reports TO waspada_administrator, waspada_worker;

-- An office changes what it sees, and only so that it still sees it; the identity of a report is granted to nobody.
CREATE POLICY regency_changes ON reports FOR UPDATE TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_changes ON reports FOR UPDATE TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_changes ON reports FOR UPDATE TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT UPDATE (version, status, level, held_since, due_at, verified_at, outcome, is_duplicate, product, exercise, athg, athg_notes, domain,
  incident_type, phase, severity, urgency, handling, subject, facts, analysis, prediction, actions_taken, recommendation, occurred_at,
  occurred_at_offset, occurred_at_precision, obtained_at, composed_at, delay_seconds, region_code, province_code, regency_code, place,
  longitude, latitude, source_kind, source_method, source_reliability, source_credibility, actors, impact, time_zone, local_date,
  primary_election, primary_stage, stages, calendar_version, classified_at, flags)
  ON reports TO waspada_regency, waspada_province, waspada_national;

-- Follow-ups (tindak lanjut, RTL): who does what until when, on a report or standing alone. One on a report lies where its report lies;
-- whether that is an exercise its report alone says.
CREATE TABLE follow_ups (
  id uuid PRIMARY KEY,
  version integer NOT NULL CHECK (version > 0),
  report_id uuid,
  region_code text NOT NULL REFERENCES regions (code),
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL CHECK (handling BETWEEN 0 AND 3),
  -- The highest handling that it ever had. It decides who sees it: whoever is cleared for the report of today need not be cleared for
  -- what was written while the report was more secret.
  content_handling smallint NOT NULL CHECK (content_handling BETWEEN handling AND 3),
  exercise boolean,
  -- Who gave it, and who is to do it.
  office_code text NOT NULL REFERENCES offices (code),
  responsible_office text NOT NULL REFERENCES offices (code),
  action text NOT NULL,
  due_on date NOT NULL,
  -- Of the responsible office: its day is the one that ends.
  time_zone text NOT NULL,
  -- The end of that day, for as long as it is open.
  overdue_from timestamptz(3)
    GENERATED ALWAYS AS (CASE WHEN status IN ('planned', 'in_progress') THEN (due_on + 1)::timestamp AT TIME ZONE time_zone END) STORED,
  status text NOT NULL CHECK (status IN ('planned', 'in_progress', 'done', 'cancelled')),
  result text,
  recommendation text,
  meeting_title text,
  meeting_held_on date,
  meeting_place text,
  added_at timestamptz(3) NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  added_by text NOT NULL,
  client_id text NOT NULL,
  CHECK ((report_id IS NULL) = (exercise IS NOT NULL)),
  CHECK (report_id IS NULL OR (recommendation IS NULL AND meeting_title IS NULL)),
  CHECK ((meeting_title IS NULL) = (meeting_held_on IS NULL)),
  CHECK (meeting_title IS NOT NULL OR meeting_place IS NULL),
  CHECK (status <> 'done' OR result IS NOT NULL),
  UNIQUE (id, region_code, content_handling),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX follow_ups_report ON follow_ups (report_id, region_code, handling);
CREATE INDEX follow_ups_regency_due ON follow_ups (regency_code, due_on, id);
CREATE INDEX follow_ups_province_due ON follow_ups (province_code, due_on, id);
CREATE INDEX follow_ups_due ON follow_ups (due_on, id);
CREATE INDEX follow_ups_regency_added ON follow_ups (regency_code, added_at, id);
CREATE INDEX follow_ups_province_added ON follow_ups (province_code, added_at, id);
CREATE INDEX follow_ups_added ON follow_ups (added_at, id);
CREATE INDEX follow_ups_office_due ON follow_ups (office_code, due_on, id);
CREATE INDEX follow_ups_responsible_due ON follow_ups (responsible_office, due_on, id);
CREATE INDEX follow_ups_responsible_overdue ON follow_ups (responsible_office, overdue_from) WHERE overdue_from IS NOT NULL;

-- Every version: who made it, when, how, why and which members changed. Seen by exactly those who see the follow-up.
CREATE TABLE follow_up_revisions (
  follow_up_id uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  -- The highest that the follow-up ever had.
  handling smallint NOT NULL,
  action text NOT NULL CHECK (action IN ('added', 'changed', 'completed', 'cancelled', 'reopened')),
  changed_at timestamptz(3) NOT NULL,
  client_id text NOT NULL,
  actor text NOT NULL,
  office_code text NOT NULL REFERENCES offices (code),
  reason text,
  -- {"before": {...}, "after": {...}}: the members that changed, as on the wire.
  changes json NOT NULL,
  PRIMARY KEY (follow_up_id, version),
  FOREIGN KEY (follow_up_id, region_code, handling) REFERENCES follow_ups (id, region_code, content_handling) ON UPDATE CASCADE
);
CREATE INDEX follow_up_revisions_place ON follow_up_revisions (follow_up_id, region_code, handling);

-- What the table of the life of a follow-up forbids cannot be written by anybody. Place and handling come from the report alone.
CREATE FUNCTION guard_follow_up_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.content_handling := greatest(OLD.content_handling, NEW.handling);
  IF (NEW.id, NEW.office_code, NEW.added_at, NEW.added_by, NEW.client_id)
    IS DISTINCT FROM (OLD.id, OLD.office_code, OLD.added_at, OLD.added_by, OLD.client_id)
    OR (NEW.report_id, NEW.exercise, NEW.recommendation, NEW.meeting_title, NEW.meeting_held_on, NEW.meeting_place)
    IS DISTINCT FROM (OLD.report_id, OLD.exercise, OLD.recommendation, OLD.meeting_title, OLD.meeting_held_on, OLD.meeting_place) THEN
    RAISE EXCEPTION 'the identity of a follow-up never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.version NOT IN (OLD.version, OLD.version + 1) OR (NEW.version = OLD.version
    AND (NEW.action, NEW.due_on, NEW.time_zone, NEW.responsible_office, NEW.status, NEW.result, NEW.changed_at)
    IS DISTINCT FROM (OLD.action, OLD.due_on, OLD.time_zone, OLD.responsible_office, OLD.status, OLD.result, OLD.changed_at)) THEN
    RAISE EXCEPTION 'version % does not follow version %', NEW.version, OLD.version USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.status <> OLD.status AND NOT (CASE OLD.status
    WHEN 'planned' THEN NEW.status IN ('in_progress', 'done', 'cancelled')
    WHEN 'in_progress' THEN NEW.status IN ('planned', 'done', 'cancelled')
    WHEN 'done' THEN NEW.status = 'in_progress'
    ELSE NEW.status = 'planned'
  END) THEN
    RAISE EXCEPTION 'a follow-up never goes from % to %', OLD.status, NEW.status USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER life_of_a_follow_up BEFORE UPDATE ON follow_ups FOR EACH ROW EXECUTE FUNCTION guard_follow_up_change();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON follow_ups FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON follow_ups FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- No version without its revision, at the latest when the change commits.
CREATE FUNCTION require_follow_up_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM follow_up_revisions WHERE follow_up_id = NEW.id AND version = NEW.version) THEN
    RAISE EXCEPTION 'version % of follow-up % has no revision', NEW.version, NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER the_first_version_is_told AFTER INSERT ON follow_ups DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION require_follow_up_revision();
CREATE CONSTRAINT TRIGGER every_version_is_told AFTER UPDATE ON follow_ups DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION require_follow_up_revision();

-- A revision stays as it is; only the place and handling of its follow-up move along.
CREATE TRIGGER revisions_stay BEFORE UPDATE ON follow_up_revisions FOR EACH ROW
  WHEN ((OLD.follow_up_id, OLD.version, OLD.action, OLD.changed_at, OLD.client_id, OLD.actor, OLD.office_code, OLD.reason, OLD.changes::text)
    IS DISTINCT FROM (NEW.follow_up_id, NEW.version, NEW.action, NEW.changed_at, NEW.client_id, NEW.actor, NEW.office_code, NEW.reason,
      NEW.changes::text))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON follow_up_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON follow_up_revisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE follow_ups ENABLE ROW LEVEL SECURITY;
ALTER TABLE follow_ups FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON follow_ups FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON follow_ups FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON follow_ups FOR SELECT TO waspada_national
  USING (content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
-- An office gives in its own name, within its own region and below.
CREATE POLICY regency_adds ON follow_ups FOR INSERT TO waspada_regency
  WITH CHECK (regency_code = nullif(current_setting('waspada.region', true), '')
    AND office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '') AND added_by = nullif(current_setting('waspada.actor', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_adds ON follow_ups FOR INSERT TO waspada_province
  WITH CHECK (province_code = nullif(current_setting('waspada.region', true), '')
    AND office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '') AND added_by = nullif(current_setting('waspada.actor', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_adds ON follow_ups FOR INSERT TO waspada_national
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '') AND added_by = nullif(current_setting('waspada.actor', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY regency_changes ON follow_ups FOR UPDATE TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_changes ON follow_ups FOR UPDATE TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_changes ON follow_ups FOR UPDATE TO waspada_national
  USING (content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT, INSERT ON follow_ups TO waspada_regency, waspada_province, waspada_national;
GRANT UPDATE (version, responsible_office, action, due_on, time_zone, status, result, changed_at)
  ON follow_ups TO waspada_regency, waspada_province, waspada_national;

ALTER TABLE follow_up_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE follow_up_revisions FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON follow_up_revisions FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON follow_up_revisions FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON follow_up_revisions FOR SELECT TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
-- In its own name alone, and of what it may see.
CREATE POLICY own_changes ON follow_up_revisions FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND office_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND EXISTS (SELECT FROM follow_ups f WHERE f.id = follow_up_id AND f.version = follow_up_revisions.version));
GRANT SELECT, INSERT ON follow_up_revisions TO waspada_regency, waspada_province, waspada_national;

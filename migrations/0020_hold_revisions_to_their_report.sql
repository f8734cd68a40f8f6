-- What a region code says of province and regency holds for the report as it does for its children: a report shown to one office
-- cannot have its revisions shown to another.
ALTER TABLE reports
  ADD CHECK (province_code IS NOT DISTINCT FROM (CASE WHEN region_code <> '00' THEN left(region_code, 2) END)),
  ADD CHECK (regency_code IS NOT DISTINCT FROM (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END));

-- A revision is written by whoever sees its report, and of the version that stands: foreign keys do not heed row-level security.
DROP POLICY own_changes ON report_revisions;
CREATE POLICY regency_changes ON report_revisions FOR INSERT TO waspada_regency
  WITH CHECK (regency_code = nullif(current_setting('waspada.region', true), '') AND office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_changes ON report_revisions FOR INSERT TO waspada_province
  WITH CHECK (province_code = nullif(current_setting('waspada.region', true), '') AND office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_changes ON report_revisions FOR INSERT TO waspada_national
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY own_work ON report_revisions FOR INSERT TO waspada_administrator, waspada_worker
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND coalesce(office_code, '') = coalesce(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);

DROP POLICY own_changes ON report_revision_contents;
CREATE POLICY regency_changes ON report_revision_contents FOR INSERT TO waspada_regency
  WITH CHECK (regency_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_changes ON report_revision_contents FOR INSERT TO waspada_province
  WITH CHECK (province_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_changes ON report_revision_contents FOR INSERT TO waspada_national
  WITH CHECK (greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY own_work ON report_revision_contents FOR INSERT TO waspada_administrator, waspada_worker
  WITH CHECK (greatest(handling, content_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);

CREATE FUNCTION require_standing_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM reports WHERE id = NEW.report_id AND version = NEW.version) THEN
    RAISE EXCEPTION 'report % does not stand at version %', NEW.report_id, NEW.version USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER of_the_version_that_stands BEFORE INSERT ON report_revisions FOR EACH ROW EXECUTE FUNCTION require_standing_version();

-- Besides the table of its life: a report is verified by being verified, and never held below the office that posted it.
CREATE FUNCTION guard_report_standing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  levels CONSTANT text[] := ARRAY['regency', 'province', 'national'];
  posted CONSTANT integer := CASE WHEN NEW.office_code = '00' THEN 3 WHEN length(NEW.office_code) = 2 THEN 2 ELSE 1 END;
BEGIN
  IF NEW.verified_at IS DISTINCT FROM OLD.verified_at AND NOT (OLD.status = 'submitted' AND NEW.status = 'verified') THEN
    RAISE EXCEPTION 'a report that is % is not verified by the way', NEW.status USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF array_position(levels, NEW.level) < posted THEN
    RAISE EXCEPTION 'a report of % is never held by a %', NEW.office_code, NEW.level USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER standing_of_a_report BEFORE UPDATE ON reports FOR EACH ROW
  WHEN (NEW.verified_at IS DISTINCT FROM OLD.verified_at OR NEW.level IS DISTINCT FROM OLD.level) EXECUTE FUNCTION guard_report_standing();

-- Of what a change said, its `changes` alone may be written again: erasure takes persons out of them.
CREATE TRIGGER contents_stay BEFORE UPDATE ON report_revision_contents FOR EACH ROW
  WHEN ((OLD.report_id, OLD.version, OLD.content_handling, OLD.reason) IS DISTINCT FROM (NEW.report_id, NEW.version, NEW.content_handling, NEW.reason))
  EXECUTE FUNCTION refuse_change();

-- Whether the history of a report describes persons: what retention asks every day, and finds without reading histories.
ALTER TABLE report_revision_contents
  ADD COLUMN describes_persons boolean NOT NULL
    GENERATED ALWAYS AS (jsonb_path_exists(changes::jsonb, '$.*.actors[*].description ? (@ != null)')) STORED;
CREATE INDEX report_revision_contents_persons ON report_revision_contents (report_id) WHERE describes_persons;

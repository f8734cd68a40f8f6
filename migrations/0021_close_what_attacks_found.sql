-- A file is added to a report that the office sees: foreign keys do not heed row-level security.
DROP POLICY own_files ON attachments;
CREATE POLICY regency_adds ON attachments FOR INSERT TO waspada_regency
  WITH CHECK (regency_code = nullif(current_setting('waspada.region', true), '') AND office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_adds ON attachments FOR INSERT TO waspada_province
  WITH CHECK (province_code = nullif(current_setting('waspada.region', true), '') AND office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_adds ON attachments FOR INSERT TO waspada_national
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '') AND client_id = nullif(current_setting('waspada.client', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
-- An office changes a file by removing it, in its own name alone.
CREATE POLICY own_removals ON attachments AS RESTRICTIVE FOR UPDATE TO waspada_regency, waspada_province, waspada_national
  USING (true)
  WITH CHECK (removing_client = nullif(current_setting('waspada.client', true), '') AND removed_by = nullif(current_setting('waspada.actor', true), '')
    AND removing_office = nullif(current_setting('waspada.region', true), ''));

-- What a change of a report said is written with the version that stands, and never under less than the report itself.
CREATE FUNCTION require_standing_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM reports WHERE id = NEW.report_id AND version = NEW.version) OR NEW.content_handling < NEW.handling THEN
    RAISE EXCEPTION 'report % does not stand at version % and handling %', NEW.report_id, NEW.version, NEW.content_handling
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER of_the_version_that_stands BEFORE INSERT ON report_revision_contents
  FOR EACH ROW EXECUTE FUNCTION require_standing_content();

-- A revision of a situation report is of the version that stands: one written ahead would keep the true one out.
CREATE FUNCTION require_standing_situation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM situation_reports WHERE id = NEW.situation_report_id AND version = NEW.version) THEN
    RAISE EXCEPTION 'situation report % does not stand at version %', NEW.situation_report_id, NEW.version
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER of_the_version_that_stands BEFORE INSERT ON situation_report_revisions
  FOR EACH ROW EXECUTE FUNCTION require_standing_situation();

-- An office appends events in its own name, and of reports that it sees.
CREATE POLICY own_events ON events AS RESTRICTIVE FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND (report_id IS NULL OR (SELECT true FROM reports r WHERE r.id = events.report_id)));

-- Photos as they are released: written anew, without what the camera said beside the picture. The bytes are in the store under this id and
-- go with those of the attachment.
CREATE TABLE released_files (
  id uuid PRIMARY KEY,
  attachment_id uuid NOT NULL REFERENCES attachments (id)
);
CREATE INDEX released_files_attachment ON released_files (attachment_id);
ALTER TABLE released_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE released_files FORCE ROW LEVEL SECURITY;
CREATE POLICY office_adds ON released_files FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (EXISTS (SELECT FROM attachments a WHERE a.id = attachment_id));
CREATE POLICY worker_removes ON released_files FOR SELECT TO waspada_worker USING (true);
GRANT INSERT ON released_files TO waspada_regency, waspada_province, waspada_national;
GRANT SELECT ON released_files TO waspada_worker;

-- A removed file leaves every release at once, whoever removes it, and agencies that were told of it are told again.
GRANT SELECT ON released_files TO waspada_releaser;
CREATE POLICY releaser_finds ON released_files FOR SELECT TO waspada_releaser USING (true);
GRANT UPDATE (content) ON release_versions TO waspada_releaser;
CREATE POLICY releaser_withholds ON release_versions FOR UPDATE TO waspada_releaser USING (true);
GRANT SELECT (id, office_code) ON reports TO waspada_releaser;
CREATE POLICY releaser_names_office ON reports FOR SELECT TO waspada_releaser USING (true);
GRANT INSERT ON events TO waspada_releaser;
CREATE POLICY releaser_appends ON events FOR INSERT TO waspada_releaser WITH CHECK (type = 'release.changed' AND sequence IS NULL);
CREATE FUNCTION withhold_removed_file() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  WITH withheld AS (
    UPDATE release_versions v SET content = jsonb_set(v.content, '{attachments}', coalesce((SELECT jsonb_agg(file ORDER BY place)
      FROM jsonb_array_elements(v.content -> 'attachments') WITH ORDINALITY AS each (file, place) WHERE file ->> 'id' NOT IN (SELECT f.id::text FROM released_files f WHERE f.attachment_id = NEW.id)), '[]'))
    WHERE v.report_id = NEW.report_id AND NEW.id = ANY (v.attachments) AND v.content ? 'attachments'
    RETURNING v.*)
  INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at,
    of_report_id, agencies, agency_handling)
  SELECT gen_random_uuid(), 'release.changed', w.release_id, w.version, (SELECT r.office_code FROM reports r WHERE r.id = w.report_id),
    w.province_code, w.regency_code, w.content_handling, NEW.removing_client, NEW.removed_by, NEW.removed_at, w.report_id, w.agencies,
    w.release_handling
  FROM withheld w WHERE w.status = 'published';
  RETURN NULL;
END
$$;
CREATE TRIGGER withheld_from_releases AFTER UPDATE OF removed_at ON attachments FOR EACH ROW
  WHEN (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL) EXECUTE FUNCTION withhold_removed_file();
REVOKE ALL ON FUNCTION withhold_removed_file FROM PUBLIC;
GRANT waspada_releaser TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO waspada_releaser;
ALTER FUNCTION withhold_removed_file OWNER TO waspada_releaser;
REVOKE CREATE ON SCHEMA public FROM waspada_releaser;
REVOKE waspada_releaser FROM CURRENT_USER;

-- Erasure of persons reaches what was released; nothing else of a release can be changed by these roles.
CREATE POLICY administrator_erases ON release_versions TO waspada_administrator
  USING (content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY worker_erases ON release_versions TO waspada_worker USING (true);
GRANT SELECT (release_id, version, report_id, status, agencies, release_handling, content_handling, content), UPDATE (content)
  ON release_versions TO waspada_administrator, waspada_worker;

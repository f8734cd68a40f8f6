-- Files that an office sends in pieces. Until the last byte is there and found good, nobody knows of one but the client that sends it.
-- A finished one stays until it expires, so that a client whose last answer was lost is told what became of its file.
CREATE TABLE attachment_uploads (
  id uuid PRIMARY KEY,
  report_id uuid NOT NULL,
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL,
  client_id text NOT NULL,
  actor text NOT NULL,
  office_code text NOT NULL REFERENCES offices (code),
  file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
  length integer NOT NULL CHECK (length BETWEEN 1 AND 26214400),
  -- Bytes that are on the disk for certain.
  received integer NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),
  declared_sha256 text CHECK (declared_sha256 ~ '^[0-9a-f]{64}$'),
  status text NOT NULL DEFAULT 'receiving' CHECK (status IN ('receiving', 'checking', 'added', 'refused')),
  -- Of a refused one: why.
  refusal text CHECK (refusal IN ('digest', 'type', 'infected')),
  -- Of an added one: the attachment, which is another where the report had the very same file.
  attachment_id uuid,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL CHECK (expires_at > created_at),
  CHECK (status = 'receiving' OR received = length),
  CHECK ((status = 'refused') = (refusal IS NOT NULL)),
  CHECK ((status = 'added') = (attachment_id IS NOT NULL)),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX attachment_uploads_place ON attachment_uploads (report_id, region_code, handling);
CREATE INDEX attachment_uploads_checking ON attachment_uploads (created_at, id) WHERE status = 'checking';
CREATE INDEX attachment_uploads_expiring ON attachment_uploads (expires_at);

-- Files that are whole and found good. A removed one stays as a row that says what it was and who removed it; what may name persons
-- goes with the bytes.
CREATE TABLE attachments (
  id uuid PRIMARY KEY,
  report_id uuid NOT NULL,
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  file_name text,
  media_type text NOT NULL CHECK (media_type ~ '^(image|audio|application)/[a-z0-9-]+$'),
  size integer NOT NULL CHECK (size BETWEEN 1 AND 26214400),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  scanned boolean NOT NULL,
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  taken_at timestamptz(3),
  uploaded_at timestamptz(3) NOT NULL,
  client_id text NOT NULL,
  actor text NOT NULL,
  office_code text NOT NULL REFERENCES offices (code),
  removed_at timestamptz(3),
  removed_by text,
  removing_client text,
  -- Null for Waspada's own work.
  removing_office text REFERENCES offices (code),
  removal_reason text,
  bytes_gone_at timestamptz(3),
  CHECK ((longitude IS NULL) = (latitude IS NULL)),
  CHECK ((removed_at IS NULL) = (file_name IS NOT NULL)),
  CHECK ((removed_at IS NULL) = (removed_by IS NULL) AND (removed_at IS NULL) = (removing_client IS NULL)),
  CHECK (removed_at IS NOT NULL OR num_nonnulls(removing_office, removal_reason, bytes_gone_at) = 0),
  CHECK (removed_at IS NULL OR num_nonnulls(longitude, taken_at) = 0),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX attachments_place ON attachments (report_id, region_code, handling);
-- The same file sent twice is there once.
CREATE UNIQUE INDEX attachments_once ON attachments (report_id, sha256) WHERE removed_at IS NULL;
CREATE INDEX attachments_bytes_to_remove ON attachments (removed_at, id) WHERE removed_at IS NOT NULL AND bytes_gone_at IS NULL;
CREATE INDEX attachments_kept ON attachments (uploaded_at, id) WHERE removed_at IS NULL;

CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON attachments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- What a file was never changes, and what was removed does not come back.
CREATE TRIGGER attachments_stay BEFORE UPDATE ON attachments FOR EACH ROW
  WHEN ((OLD.id, OLD.report_id, OLD.media_type, OLD.size, OLD.sha256, OLD.scanned, OLD.uploaded_at, OLD.client_id, OLD.actor, OLD.office_code)
    IS DISTINCT FROM (NEW.id, NEW.report_id, NEW.media_type, NEW.size, NEW.sha256, NEW.scanned, NEW.uploaded_at, NEW.client_id, NEW.actor, NEW.office_code)
    OR (OLD.removed_at IS NOT NULL AND (OLD.version, OLD.removed_at, OLD.removed_by, OLD.removing_client, OLD.removing_office, OLD.removal_reason)
      IS DISTINCT FROM (NEW.version, NEW.removed_at, NEW.removed_by, NEW.removing_client, NEW.removing_office, NEW.removal_reason)))
  EXECUTE FUNCTION refuse_change();

ALTER TABLE attachment_uploads ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachment_uploads FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_sends ON attachment_uploads TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND client_id = nullif(current_setting('waspada.client', true), ''));
CREATE POLICY province_sends ON attachment_uploads TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND client_id = nullif(current_setting('waspada.client', true), ''));
CREATE POLICY national_sends ON attachment_uploads TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND client_id = nullif(current_setting('waspada.client', true), ''));
CREATE POLICY worker_finishes ON attachment_uploads TO waspada_worker USING (true);
GRANT SELECT, INSERT, DELETE, UPDATE (received, status, refusal, attachment_id) ON attachment_uploads
  TO waspada_regency, waspada_province, waspada_national;
GRANT SELECT, DELETE, UPDATE (status, refusal, attachment_id) ON attachment_uploads TO waspada_worker;

ALTER TABLE attachments ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachments FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON attachments FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON attachments FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON attachments FOR SELECT TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY own_files ON attachments FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND office_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY regency_removes ON attachments FOR UPDATE TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_removes ON attachments FOR UPDATE TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_removes ON attachments FOR UPDATE TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY worker_keeps ON attachments TO waspada_worker USING (true);
GRANT SELECT, INSERT, UPDATE (version, file_name, longitude, latitude, taken_at, removed_at, removed_by, removing_client, removing_office,
  removal_reason) ON attachments TO waspada_regency, waspada_province, waspada_national;
GRANT SELECT, INSERT, UPDATE (version, file_name, longitude, latitude, taken_at, removed_at, removed_by, removing_client, removing_office,
  removal_reason, bytes_gone_at) ON attachments TO waspada_worker;

-- Files of a report are kept as long as a rule of their own says.
ALTER TABLE retention_rules DROP CONSTRAINT retention_rules_kind_check,
  ADD CONSTRAINT retention_rules_kind_check CHECK (kind IN ('actors', 'attachments'));

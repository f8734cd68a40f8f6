-- The append-only log. Rows are inserted without a sequence: a number taken before the commit would let a reader skip rows that commit late.
CREATE TABLE events (
  id uuid PRIMARY KEY,
  sequence bigint UNIQUE,
  type text NOT NULL CHECK (type ~ '^[a-z_]+\.[a-z_]+$'),
  subject_id uuid NOT NULL,
  subject_version integer NOT NULL CHECK (subject_version > 0),
  office_code text NOT NULL REFERENCES offices (code),
  province_code text,
  regency_code text,
  handling smallint NOT NULL CHECK (handling BETWEEN 0 AND 3),
  client_id text NOT NULL,
  actor text NOT NULL,
  occurred_at timestamptz(3) NOT NULL
);
CREATE INDEX events_unnumbered ON events (id) WHERE sequence IS NULL;

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_appends ON events FOR INSERT TO waspada_regency
  WITH CHECK (regency_code = nullif(current_setting('waspada.region', true), '') AND sequence IS NULL
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_appends ON events FOR INSERT TO waspada_province
  WITH CHECK (province_code = nullif(current_setting('waspada.region', true), '') AND sequence IS NULL
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_appends ON events FOR INSERT TO waspada_national
  WITH CHECK (sequence IS NULL AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);

GRANT INSERT ON events TO waspada_regency, waspada_province, waspada_national;

-- Regions by Kemendagri code, the election calendar by version, incident types: what every office may know.
CREATE TABLE regions (
  code text PRIMARY KEY CHECK (code ~ '^\d{2}(\.\d{2}(\.\d{2})?)?$'),
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('nation', 'province', 'kabupaten', 'kota', 'kabupaten_administrasi', 'kota_administrasi', 'district')),
  level text NOT NULL CHECK (level IN ('nation', 'province', 'regency', 'district')),
  parent_code text REFERENCES regions (code) DEFERRABLE INITIALLY DEFERRED,
  province_code text,
  regency_code text,
  time_zone text NOT NULL CHECK (time_zone IN ('Asia/Jakarta', 'Asia/Pontianak', 'Asia/Makassar', 'Asia/Jayapura')),
  CHECK ((level = 'nation') = (province_code IS NULL)),
  CHECK ((level IN ('regency', 'district')) = (regency_code IS NOT NULL))
);

CREATE TABLE election_calendars (
  version integer PRIMARY KEY CHECK (version > 0),
  document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'array'),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  -- 'packaged' came with a release of Waspada and gives way to that of a later release; an administrator's never does.
  origin text NOT NULL CHECK (origin IN ('packaged', 'administrator')),
  loaded_at timestamptz(3) NOT NULL
);

CREATE TABLE incident_types (
  code text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]{1,49}$'),
  label_id text NOT NULL,
  label_en text NOT NULL,
  domain text NOT NULL CHECK (domain IN ('ideology', 'politics', 'economy', 'social_culture', 'defence', 'security')),
  acled_event_type text,
  acled_sub_event_type text,
  sort_order smallint NOT NULL
);

-- One row. Every change of reference data raises the revision; a process whose copy in memory is older is refused at the
-- door to the database and reads the data again, so that nothing is classified by a calendar that has been replaced.
CREATE TABLE reference_state (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  revision integer NOT NULL,
  -- Digest of the packaged regions and incident types loaded last, so that a start without changes writes nothing.
  packaged_sha256 text
);
INSERT INTO reference_state (revision) VALUES (0);

GRANT SELECT ON regions, election_calendars, incident_types, reference_state
  TO waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency;

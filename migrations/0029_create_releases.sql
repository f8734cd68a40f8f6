-- What agencies receive of reports. A release is a copy and no view: an agency has no grant on reports at all, and reads what was written here.

-- Whether the calling agency is among those addressed and cleared for it. `agencies` null: all of them.
CREATE FUNCTION reaches_agency(agencies text[], handling smallint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND nullif(current_setting('waspada.agency', true), '') IS NOT NULL
    AND (agencies IS NULL OR nullif(current_setting('waspada.agency', true), '') = ANY (agencies))
$$;
GRANT EXECUTE ON FUNCTION reaches_agency TO waspada_agency;

-- The role that carries versions over to agencies; nobody logs in as it.
DO $$
BEGIN
  CREATE ROLE waspada_releaser NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;

-- Every version of every release, for the offices that see its report: what was proposed, by whom it was approved, and how it ended.
CREATE TABLE release_versions (
  release_id uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  report_id uuid NOT NULL,
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  -- Of the report, as it is now.
  handling smallint NOT NULL,
  -- The highest that the report or a version of the release ever had. It decides who sees the version: whoever is cleared for the report
  -- of today need not be cleared for what was copied while it was more secret.
  content_handling smallint NOT NULL DEFAULT 0,
  -- The version of the report that was copied.
  report_version integer NOT NULL CHECK (report_version > 0),
  status text NOT NULL CHECK (status IN ('proposed', 'refused', 'published', 'superseded', 'retracted')),
  -- To whom: null for all agencies.
  agencies text[] CHECK (cardinality(agencies) BETWEEN 1 AND 100 AND array_position(agencies, NULL) IS NULL),
  release_handling smallint NOT NULL CHECK (release_handling BETWEEN 0 AND 3),
  fields text[] NOT NULL CHECK (cardinality(fields) > 0),
  region_level text CHECK (region_level IN ('nation', 'province', 'regency', 'district')),
  position_decimals smallint CHECK (position_decimals BETWEEN 0 AND 4),
  -- Which files of the report; `content` names the copies of them.
  attachments uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(attachments) <= 50 AND array_position(attachments, NULL) IS NULL),
  -- Exactly the members that were approved, as agencies read them. Null once personal data was erased.
  content jsonb CHECK (jsonb_typeof(content) = 'object'),
  reason text CHECK (length(reason) BETWEEN 3 AND 2000),
  needs_second_person boolean NOT NULL,
  proposed_at timestamptz(3) NOT NULL,
  proposed_by text NOT NULL,
  proposing_client text NOT NULL,
  proposing_office text NOT NULL REFERENCES offices (code),
  published_at timestamptz(3),
  approved_by text,
  approving_client text,
  approving_office text REFERENCES offices (code),
  ended_at timestamptz(3),
  ended_by text,
  ending_client text,
  ending_office text REFERENCES offices (code),
  end_reason text CHECK (length(end_reason) BETWEEN 3 AND 2000),
  -- A version follows the one before it, of the same report: whoever knows the id of a release cannot add to it from elsewhere.
  previous_version integer GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED,
  PRIMARY KEY (release_id, version),
  UNIQUE (release_id, version, report_id),
  FOREIGN KEY (release_id, previous_version, report_id) REFERENCES release_versions (release_id, version, report_id),
  CHECK (content_handling BETWEEN greatest(handling, release_handling) AND 3),
  CHECK ((status IN ('published', 'superseded', 'retracted')) = (published_at IS NOT NULL)),
  CHECK ((approved_by IS NULL) = (published_at IS NULL OR NOT needs_second_person)),
  CHECK ((approved_by IS NULL) = (approving_client IS NULL) AND (approved_by IS NULL) = (approving_office IS NULL)),
  CHECK (approved_by IS DISTINCT FROM proposed_by),
  CHECK ((status IN ('refused', 'superseded', 'retracted')) = (ended_at IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ending_client IS NULL) AND (ended_at IS NULL) = (ending_office IS NULL)),
  CHECK (status NOT IN ('refused', 'retracted') OR end_reason IS NOT NULL),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX release_versions_place ON release_versions (report_id, region_code, handling);
-- One version is in force, and one waits for its second person.
CREATE UNIQUE INDEX release_versions_published ON release_versions (release_id) WHERE status = 'published';
CREATE UNIQUE INDEX release_versions_proposed ON release_versions (release_id) WHERE status = 'proposed';
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON release_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON release_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What the life of a release forbids cannot be written by anybody, and offices take each step in their own name.
CREATE FUNCTION guard_release_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.content_handling := greatest(NEW.content_handling, NEW.handling, NEW.release_handling,
      (SELECT max(v.content_handling) FROM release_versions v WHERE v.release_id = NEW.release_id));
    IF current_user IN ('waspada_regency', 'waspada_province', 'waspada_national') AND NOT EXISTS (SELECT FROM reports r
      WHERE r.id = NEW.report_id AND r.version = NEW.report_version AND r.status IN ('verified', 'escalated', 'closed')) THEN
      RAISE EXCEPTION 'what is released is a report as it stands, and was verified' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END IF;
  NEW.content_handling := greatest(OLD.content_handling, NEW.content_handling, NEW.handling);
  IF (NEW.release_id, NEW.version, NEW.report_id, NEW.report_version, NEW.agencies, NEW.release_handling, NEW.fields, NEW.region_level,
    NEW.position_decimals, NEW.attachments, NEW.reason, NEW.needs_second_person, NEW.proposed_at, NEW.proposed_by, NEW.proposing_client, NEW.proposing_office)
    IS DISTINCT FROM (OLD.release_id, OLD.version, OLD.report_id, OLD.report_version, OLD.agencies, OLD.release_handling, OLD.fields, OLD.region_level,
    OLD.position_decimals, OLD.attachments, OLD.reason, OLD.needs_second_person, OLD.proposed_at, OLD.proposed_by, OLD.proposing_client, OLD.proposing_office)
    OR (OLD.published_at IS NOT NULL AND (NEW.published_at, NEW.approved_by, NEW.approving_client, NEW.approving_office)
      IS DISTINCT FROM (OLD.published_at, OLD.approved_by, OLD.approving_client, OLD.approving_office))
    OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_by, NEW.ending_client, NEW.ending_office, NEW.end_reason)
      IS DISTINCT FROM (OLD.ended_at, OLD.ended_by, OLD.ending_client, OLD.ending_office, OLD.end_reason)) THEN
    RAISE EXCEPTION 'what was proposed, approved or ended of a release never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.status = OLD.status THEN
    RETURN NEW;
  END IF;
  IF NOT (CASE OLD.status WHEN 'proposed' THEN NEW.status IN ('published', 'refused')
    WHEN 'published' THEN NEW.status IN ('superseded', 'retracted') ELSE false END) THEN
    RAISE EXCEPTION 'a release never goes from % to %', OLD.status, NEW.status USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF current_user IN ('waspada_regency', 'waspada_province', 'waspada_national')
    AND (CASE NEW.status WHEN 'published' THEN (NEW.approving_client, NEW.approved_by, NEW.approving_office)
      ELSE (NEW.ending_client, NEW.ended_by, NEW.ending_office) END)
    IS DISTINCT FROM (current_setting('waspada.client', true), current_setting('waspada.actor', true), current_setting('waspada.region', true)) THEN
    RAISE EXCEPTION 'a release is approved and ended in one''s own name' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF current_user IN ('waspada_regency', 'waspada_province', 'waspada_national') AND NEW.status = 'published'
    AND NOT EXISTS (SELECT FROM reports r WHERE r.id = NEW.report_id AND r.status IN ('verified', 'escalated', 'closed')) THEN
    RAISE EXCEPTION 'what is approved is of a report that still stands' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER life_of_a_release BEFORE INSERT OR UPDATE ON release_versions FOR EACH ROW EXECUTE FUNCTION guard_release_version();

-- All versions of a release are seen by the same offices: those cleared for the most secret one.
CREATE FUNCTION raise_earlier_versions() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE release_versions v SET content_handling = NEW.content_handling
    WHERE v.release_id = NEW.release_id AND v.content_handling < NEW.content_handling;
  RETURN NULL;
END
$$;
CREATE TRIGGER earlier_versions_rise AFTER INSERT ON release_versions FOR EACH ROW EXECUTE FUNCTION raise_earlier_versions();

ALTER TABLE release_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_sees ON release_versions TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_sees ON release_versions TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_sees ON release_versions TO waspada_national
  USING (content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
-- How secret a report ever was, or a version of a release of it, whoever may know what was said then: who lowers the one or the other does not
-- decide alone afterwards. Of reports that the calling office sees, as the session and nobody else says; null for others.
CREATE FUNCTION highest_handling(of_report uuid, of_release uuid) RETURNS smallint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT max(said.content_handling) FROM (
    SELECT c.content_handling, c.handling, c.regency_code, c.province_code FROM report_revision_contents c WHERE c.report_id = of_report
    UNION ALL SELECT v.content_handling, v.handling, v.regency_code, v.province_code FROM release_versions v
      WHERE v.release_id = of_release AND v.report_id = of_report) said
  WHERE said.handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND CASE current_setting('role') WHEN 'waspada_regency' THEN said.regency_code = nullif(current_setting('waspada.region', true), '')
      WHEN 'waspada_province' THEN said.province_code = nullif(current_setting('waspada.region', true), '')
      ELSE current_setting('role') = 'waspada_national' END
$$;
GRANT SELECT (report_id, handling, content_handling, regency_code, province_code) ON report_revision_contents TO waspada_releaser;
CREATE POLICY releaser_weighs ON report_revision_contents FOR SELECT TO waspada_releaser USING (true);
GRANT SELECT ON release_versions TO waspada_releaser;
CREATE POLICY releaser_weighs ON release_versions FOR SELECT TO waspada_releaser USING (true);
REVOKE ALL ON FUNCTION highest_handling FROM PUBLIC;
GRANT EXECUTE ON FUNCTION highest_handling TO waspada_regency, waspada_province, waspada_national;

-- In its own name alone, and for secret ones never past the second person.
CREATE POLICY own_proposals ON release_versions AS RESTRICTIVE FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (proposing_client = nullif(current_setting('waspada.client', true), '')
    AND proposed_by = nullif(current_setting('waspada.actor', true), '')
    AND proposing_office = nullif(current_setting('waspada.region', true), '')
    AND needs_second_person = (greatest(handling, release_handling, highest_handling(report_id, release_id)) >= 2)
    AND status = CASE WHEN needs_second_person THEN 'proposed' ELSE 'published' END AND ended_at IS NULL);
GRANT SELECT, INSERT ON release_versions TO waspada_regency, waspada_province, waspada_national;
GRANT UPDATE (content_handling, status, published_at, approved_by, approving_client, approving_office, ended_at, ended_by, ending_client, ending_office, end_reason)
  ON release_versions TO waspada_regency, waspada_province, waspada_national;

-- The version in force of each release, for agencies. Everything that can be asked for stands in `content` as well: what was not approved is
-- null in the columns too, so that no filter and no order tells it.
CREATE TABLE releases (
  id uuid PRIMARY KEY,
  version integer NOT NULL CHECK (version > 0),
  agencies text[],
  handling smallint NOT NULL CHECK (handling BETWEEN 0 AND 3),
  released_at timestamptz(3) NOT NULL,
  first_released_at timestamptz(3) NOT NULL,
  retracted_at timestamptz(3),
  content jsonb,
  exercise boolean NOT NULL,
  athg text,
  domain text,
  incident_type text,
  phase text,
  severity text,
  severity_rank smallint GENERATED ALWAYS AS (CASE severity WHEN 'low' THEN 1 WHEN 'moderate' THEN 2 WHEN 'high' THEN 3 WHEN 'critical' THEN 4 END) STORED,
  occurred_at timestamptz(3),
  local_date date,
  region_code text,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  longitude double precision,
  latitude double precision,
  primary_election text,
  primary_stage text,
  stages jsonb NOT NULL,
  search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('waspada_indonesian', coalesce(content ->> 'subject', '')), 'A')
    || to_tsvector('waspada_indonesian', coalesce(content ->> 'facts', '') || ' ' || coalesce(content ->> 'analysis', '') || ' '
      || coalesce(content ->> 'prediction', '') || ' ' || coalesce(content ->> 'actionsTaken', '') || ' ' || coalesce(content ->> 'recommendation', ''))
  ) STORED,
  CHECK ((retracted_at IS NULL) OR (content IS NULL AND num_nonnulls(athg, domain, incident_type, phase, severity, occurred_at, local_date,
    region_code, longitude, latitude, primary_election, primary_stage) = 0))
);
CREATE INDEX releases_newest ON releases (released_at, id) WHERE retracted_at IS NULL;
CREATE INDEX releases_occurred ON releases (occurred_at, id) WHERE retracted_at IS NULL;
CREATE INDEX releases_search ON releases USING gin (search);
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON releases FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON releases FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE releases FORCE ROW LEVEL SECURITY;
CREATE POLICY agency_reads ON releases FOR SELECT TO waspada_agency USING (retracted_at IS NULL AND reaches_agency(agencies, handling));
GRANT SELECT ON releases TO waspada_agency;

-- Whom each version reached: those who could see a release are told that it is gone, and nobody else hears of it.
CREATE TABLE release_audiences (
  release_id uuid NOT NULL REFERENCES releases (id),
  version integer NOT NULL,
  agencies text[],
  handling smallint NOT NULL,
  PRIMARY KEY (release_id, version)
);
CREATE TRIGGER nothing_changes BEFORE UPDATE OR DELETE ON release_audiences FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON release_audiences FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE release_audiences ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_audiences FORCE ROW LEVEL SECURITY;
CREATE POLICY agency_reads ON release_audiences FOR SELECT TO waspada_agency USING (reaches_agency(agencies, handling));
GRANT SELECT ON release_audiences TO waspada_agency;

GRANT USAGE ON SCHEMA public TO waspada_releaser;
GRANT SELECT, INSERT, UPDATE ON releases TO waspada_releaser;
GRANT SELECT, INSERT ON release_audiences TO waspada_releaser;
GRANT SELECT (agency) ON clients TO waspada_releaser;
CREATE POLICY releaser_writes ON releases TO waspada_releaser USING (true);
CREATE POLICY releaser_writes ON release_audiences TO waspada_releaser USING (true);

-- The copy that agencies read follows the versions, and is written by nobody otherwise.
CREATE FUNCTION carry_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  c jsonb := NEW.content;
  primary_of jsonb := jsonb_path_query_first(NEW.content, '$.stages[*] ? (@.primary == true)');
BEGIN
  IF NEW.status = 'published' THEN
    INSERT INTO releases AS r (id, version, agencies, handling, released_at, first_released_at, content, exercise, athg, domain, incident_type, phase,
      severity, occurred_at, local_date, region_code, longitude, latitude, primary_election, primary_stage, stages)
    VALUES (NEW.release_id, NEW.version, NEW.agencies, NEW.release_handling, NEW.published_at, NEW.published_at, c,
      coalesce((c ->> 'exercise')::boolean, false), c ->> 'athg', c ->> 'domain', c ->> 'incidentType', c ->> 'phase', c ->> 'severity',
      (c ->> 'occurredAt')::timestamptz, (c ->> 'localDate')::date, c -> 'region' ->> 'code', (c -> 'position' -> 'coordinates' ->> 0)::float8,
      (c -> 'position' -> 'coordinates' ->> 1)::float8, primary_of ->> 'election', primary_of ->> 'stage', coalesce(c -> 'stages', '[]'))
    ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, agencies = EXCLUDED.agencies, handling = EXCLUDED.handling,
      released_at = EXCLUDED.released_at, content = EXCLUDED.content, exercise = EXCLUDED.exercise, athg = EXCLUDED.athg, domain = EXCLUDED.domain,
      incident_type = EXCLUDED.incident_type, phase = EXCLUDED.phase, severity = EXCLUDED.severity, occurred_at = EXCLUDED.occurred_at,
      local_date = EXCLUDED.local_date, region_code = EXCLUDED.region_code, longitude = EXCLUDED.longitude, latitude = EXCLUDED.latitude,
      primary_election = EXCLUDED.primary_election, primary_stage = EXCLUDED.primary_stage, stages = EXCLUDED.stages;
    INSERT INTO release_audiences (release_id, version, agencies, handling)
      VALUES (NEW.release_id, NEW.version, NEW.agencies, NEW.release_handling) ON CONFLICT DO NOTHING;
  ELSIF NEW.status = 'retracted' THEN
    UPDATE releases SET retracted_at = NEW.ended_at, content = NULL, athg = NULL, domain = NULL, incident_type = NULL, phase = NULL, severity = NULL,
      occurred_at = NULL, local_date = NULL, region_code = NULL, longitude = NULL, latitude = NULL, primary_election = NULL, primary_stage = NULL,
      stages = '[]' WHERE id = NEW.release_id;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER carried_to_agencies AFTER INSERT OR UPDATE OF status, content ON release_versions
  FOR EACH ROW WHEN (NEW.status IN ('published', 'retracted')) EXECUTE FUNCTION carry_release();

-- The agencies that have a client: a release addressed to a slip of the hand would reach nobody, and nobody would know.
CREATE FUNCTION known_agencies() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT agency ORDER BY agency), '{}') FROM clients WHERE agency IS NOT NULL
$$;
REVOKE ALL ON FUNCTION carry_release, known_agencies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION known_agencies TO waspada_regency, waspada_province, waspada_national;
GRANT waspada_releaser TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO waspada_releaser;
ALTER FUNCTION carry_release OWNER TO waspada_releaser;
ALTER FUNCTION known_agencies OWNER TO waspada_releaser;
ALTER FUNCTION highest_handling OWNER TO waspada_releaser;
REVOKE CREATE ON SCHEMA public FROM waspada_releaser;
REVOKE waspada_releaser FROM CURRENT_USER;

-- Events that agencies hear of: those addressed to them, but for those whom `not_agencies` and `not_handling` reach. The handling of the
-- audience is what an agency is shown; `handling` is that of the report, for offices.
ALTER TABLE events ADD COLUMN agencies text[], ADD COLUMN agency_handling smallint CHECK (agency_handling BETWEEN 0 AND 3),
  ADD COLUMN not_agencies text[], ADD COLUMN not_handling smallint CHECK (not_handling BETWEEN 0 AND 3),
  ADD CHECK (agency_handling IS NULL OR starts_with(type, 'release.')), ADD CHECK (agency_handling IS NOT NULL OR num_nonnulls(agencies, not_agencies, not_handling) = 0);
CREATE INDEX events_agencies_numbered ON events (sequence) WHERE sequence IS NOT NULL AND agency_handling IS NOT NULL;
REVOKE SELECT ON events FROM waspada_agency;
GRANT SELECT (id, sequence, type, subject_id, subject_version, agency_handling, occurred_at, agencies, not_agencies, not_handling) ON events TO waspada_agency;
CREATE POLICY agency_reads ON events FOR SELECT TO waspada_agency
  USING (sequence IS NOT NULL AND agency_handling IS NOT NULL AND reaches_agency(agencies, agency_handling)
    AND (not_handling IS NULL OR NOT reaches_agency(not_agencies, not_handling)));

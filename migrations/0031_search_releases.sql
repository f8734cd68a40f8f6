-- What agencies ask of releases: by words, in every order, and of what was approved alone.
ALTER TABLE releases DROP COLUMN search;
ALTER TABLE releases
  -- The words of what was approved, weighed as those of a report are.
  ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('waspada_indonesian', coalesce(content ->> 'subject', '')), 'A')
    || setweight(to_tsvector('waspada_indonesian', coalesce(content ->> 'facts', '')), 'B')
    || setweight(to_tsvector('waspada_indonesian', coalesce(content ->> 'analysis', '')), 'C')
    || setweight(to_tsvector('waspada_indonesian', coalesce(content ->> 'prediction', '')), 'C')
    || setweight(to_tsvector('waspada_indonesian', coalesce(content ->> 'actionsTaken', '')), 'C')
    || setweight(to_tsvector('waspada_indonesian', coalesce(content ->> 'recommendation', '')), 'C')
    || setweight(to_tsvector('waspada_indonesian', coalesce(content ->> 'place', '')), 'D')) STORED,
  -- Whether a null in the columns says that there is none, and not that it was not approved.
  ADD COLUMN stages_approved boolean NOT NULL GENERATED ALWAYS AS (coalesce(content ? 'stages', false)) STORED,
  ADD COLUMN position_approved boolean NOT NULL GENERATED ALWAYS AS (coalesce(content ? 'position', false)) STORED;

-- Row-level security lets full text reach no index, so this one serves the function below alone.
CREATE INDEX releases_search ON releases USING gin (search);

-- What was not approved comes last, whichever way round a list is ordered.
DROP INDEX releases_occurred;
CREATE INDEX releases_latest ON releases (coalesce(occurred_at, '-infinity'::timestamptz), id) WHERE retracted_at IS NULL;
CREATE INDEX releases_earliest ON releases (coalesce(occurred_at, 'infinity'::timestamptz), id) WHERE retracted_at IS NULL;
CREATE INDEX releases_severest ON releases (coalesce(severity_rank, '-1'::smallint), coalesce(occurred_at, '-infinity'::timestamptz), id)
  WHERE retracted_at IS NULL;

-- What is rare is not looked for among all.
CREATE INDEX releases_province ON releases (province_code, released_at, id) WHERE retracted_at IS NULL;
CREATE INDEX releases_regency ON releases (regency_code, released_at, id) WHERE retracted_at IS NULL;
CREATE INDEX releases_region ON releases (region_code) WHERE retracted_at IS NULL;
CREATE INDEX releases_incident_type ON releases (incident_type, released_at, id) WHERE retracted_at IS NULL;
CREATE INDEX releases_stage ON releases (primary_stage, released_at, id) WHERE retracted_at IS NULL;
CREATE INDEX releases_occurred ON releases (occurred_at) WHERE retracted_at IS NULL;
CREATE INDEX releases_day ON releases (local_date) WHERE retracted_at IS NULL;
CREATE INDEX releases_position ON releases (longitude, latitude) WHERE retracted_at IS NULL;

-- Who the function runs as: sees the words of every release, but none of its texts, and can be become by nobody.
DO $$
BEGIN
  CREATE ROLE waspada_release_searcher NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;
GRANT USAGE ON SCHEMA public TO waspada_release_searcher;
GRANT SELECT (id, search, agencies, handling, retracted_at) ON releases TO waspada_release_searcher;
GRANT EXECUTE ON FUNCTION reaches_agency TO waspada_release_searcher;
CREATE POLICY searcher_reads ON releases FOR SELECT TO waspada_release_searcher USING (true);

-- The releases that reach the calling agency, as the session and nobody else says, and in which the words are. Every other condition is
-- asked beside it, under row-level security. As text, each search is planned with its own words.
CREATE FUNCTION search_releases(words text) RETURNS TABLE (id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = pg_catalog, public, pg_temp SET jit = off AS $$
BEGIN
  IF current_setting('role') <> 'waspada_agency' THEN
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format('SELECT r.id FROM releases r WHERE r.retracted_at IS NULL AND reaches_agency(r.agencies, r.handling)
    AND r.search @@ websearch_to_tsquery(''waspada_indonesian'', %L)', words);
END
$$;

REVOKE ALL ON FUNCTION search_releases FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_releases TO waspada_agency;
GRANT waspada_release_searcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO waspada_release_searcher;
ALTER FUNCTION search_releases OWNER TO waspada_release_searcher;
REVOKE CREATE ON SCHEMA public FROM waspada_release_searcher;
REVOKE waspada_release_searcher FROM CURRENT_USER;

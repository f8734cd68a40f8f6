-- Words of Indonesian, found with or without their accents and affixes.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH CONFIGURATION waspada_indonesian (COPY = pg_catalog.indonesian);
ALTER TEXT SEARCH CONFIGURATION waspada_indonesian
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, indonesian_stem;

-- The words of a report, those of the subject first. A number orders by severity: the words of it do not.
ALTER TABLE reports
  ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('waspada_indonesian', subject), 'A')
    || setweight(to_tsvector('waspada_indonesian', facts), 'B')
    || setweight(to_tsvector('waspada_indonesian', coalesce(analysis, '')), 'C')
    || setweight(to_tsvector('waspada_indonesian', coalesce(prediction, '')), 'C')
    || setweight(to_tsvector('waspada_indonesian', coalesce(actions_taken, '')), 'C')
    || setweight(to_tsvector('waspada_indonesian', coalesce(recommendation, '')), 'C')
    || setweight(to_tsvector('waspada_indonesian', coalesce(place, '')), 'D')) STORED,
  ADD COLUMN severity_rank smallint NOT NULL
    GENERATED ALWAYS AS (CASE severity WHEN 'low' THEN 1 WHEN 'moderate' THEN 2 WHEN 'high' THEN 3 ELSE 4 END) STORED;

-- Row-level security lets neither full text nor jsonb reach an index, so this one serves the functions below alone.
CREATE INDEX reports_search ON reports USING gin (search, stages jsonb_path_ops);
-- Words of new reports wait in a list that each search reads: the vacuum in the background empties it, and no post has to.
ALTER TABLE reports SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

-- Who the functions run as: sees every report, but none of its texts, and can be become by nobody.
DO $$
BEGIN
  CREATE ROLE waspada_searcher NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;
GRANT USAGE ON SCHEMA public TO waspada_searcher;
GRANT SELECT (id, search, stages, severity_rank, occurred_at, received_at, local_date, due_at, region_code, province_code, regency_code,
  handling, primary_election, primary_stage, athg, domain, incident_type, phase, status, level, exercise, counted, longitude, latitude)
  ON reports TO waspada_searcher;
CREATE POLICY searcher_reads ON reports FOR SELECT TO waspada_searcher USING (true);

-- Whether column `name` is one of the words of a JSON array. One word is an equality, which keeps the order of an index.
CREATE FUNCTION search_among(name text, words jsonb) RETURNS text LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, public AS $$
  SELECT CASE WHEN jsonb_array_length(words) = 1 THEN format('%I = %L', name, words ->> 0)
    ELSE format('%I = ANY (%L)', name, ARRAY(SELECT jsonb_array_elements_text(words))) END
$$;

-- {"any", "election", "stage", "outside"}: in which stages the report lies, by the primary one or by any that was open.
CREATE FUNCTION search_stages(asked jsonb) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  WITH inside AS (SELECT CASE
    WHEN asked -> 'election' IS NULL AND asked -> 'stage' IS NULL THEN NULL
    WHEN (asked ->> 'any')::boolean THEN (SELECT string_agg(format('stages @> %L',
        jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('election', election, 'stage', stage)))), ' OR ')
      FROM jsonb_array_elements_text(coalesce(asked -> 'election', '[null]')) AS e (election),
        jsonb_array_elements_text(coalesce(asked -> 'stage', '[null]')) AS s (stage))
    ELSE concat_ws(' AND ', search_among('primary_election', asked -> 'election'), search_among('primary_stage', asked -> 'stage'))
    END AS condition)
  SELECT concat_ws(' OR ', '(' || condition || ')', CASE WHEN (asked ->> 'outside')::boolean THEN 'primary_stage IS NULL' END) FROM inside
$$;

-- What a report must meet to be found, as the text of a condition: the scope of the caller, as the session and nobody else says
-- it, the words, and the filters by name. As text, each search is planned with its own words and values.
CREATE FUNCTION search_condition(words text, filters jsonb) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
DECLARE
  region CONSTANT text := nullif(current_setting('waspada.region', true), '');
  clearance CONSTANT smallint := nullif(current_setting('waspada.clearance', true), '')::smallint;
  place CONSTANT text := CASE current_setting('role')
    WHEN 'waspada_regency' THEN format('regency_code = %L', region)
    WHEN 'waspada_province' THEN format('province_code = %L', region)
    WHEN 'waspada_national' THEN 'true' END;
  conditions text[];
  name text;
  asked jsonb;
  value text;
  condition text;
BEGIN
  IF place IS NULL OR region IS NULL OR clearance IS NULL THEN
    RETURN 'false';
  END IF;
  conditions := ARRAY[place, format('handling <= %s', clearance)];
  IF words IS NOT NULL THEN
    conditions := conditions || format('search @@ websearch_to_tsquery(''waspada_indonesian'', %L)', words);
  END IF;
  FOR name, asked, value IN SELECT each.key, each.value, filters ->> each.key FROM jsonb_each(filters) AS each LOOP
    condition := CASE
      WHEN name = 'province' THEN format('province_code = %L', value)
      WHEN name = 'regency' THEN format('regency_code = %L', value)
      WHEN name = 'district' THEN format('region_code = %L', value)
      WHEN name = 'stages' THEN '(' || search_stages(asked) || ')'
      WHEN name IN ('athg', 'domain', 'phase', 'status', 'level') THEN search_among(name, asked)
      WHEN name = 'incidentType' THEN search_among('incident_type', asked)
      WHEN name = 'severity' THEN search_among('severity_rank', asked)
      WHEN name IN ('exercise', 'counted') THEN format('%I = %L', name, value)
      WHEN name = 'overdueAt' THEN format('due_at < %L', value)
      WHEN name = 'notOverdueAt' THEN format('(due_at IS NULL OR due_at >= %L)', value)
      WHEN name = 'occurredFrom' THEN format('occurred_at >= %L', value)
      WHEN name = 'occurredTo' THEN format('occurred_at < %L', value)
      WHEN name = 'receivedFrom' THEN format('received_at >= %L', value)
      WHEN name = 'receivedTo' THEN format('received_at < %L', value)
      WHEN name = 'dateFrom' THEN format('local_date >= %L', value)
      WHEN name = 'dateTo' THEN format('local_date <= %L', value)
      WHEN name = 'hasCoordinates' THEN CASE WHEN value::boolean THEN 'longitude IS NOT NULL' ELSE 'longitude IS NULL' END
      WHEN name = 'bbox' THEN format('longitude BETWEEN %L AND %L AND latitude BETWEEN %L AND %L', asked ->> 0, asked ->> 2, asked ->> 1, asked ->> 3)
    END;
    IF condition IS NULL THEN
      RAISE EXCEPTION 'no search by %', name USING ERRCODE = 'invalid_parameter_value';
    END IF;
    conditions := conditions || condition;
  END LOOP;
  RETURN array_to_string(conditions, ' AND ');
END
$$;

-- The reports that the caller may see and that match, in an order of the list; all of them, or a page.
-- `after`: the sort values and the id of the last report of the page before.
CREATE FUNCTION search_reports(words text, filters jsonb, sort text DEFAULT NULL, after jsonb DEFAULT NULL, most integer DEFAULT NULL)
RETURNS TABLE (id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = pg_catalog, public, pg_temp SET jit = off AS $$
DECLARE
  keys CONSTANT text[] := CASE ltrim(sort, '-')
    WHEN 'occurredAt' THEN ARRAY['occurred_at', 'id']
    WHEN 'receivedAt' THEN ARRAY['received_at', 'id']
    WHEN 'severity' THEN ARRAY['severity_rank', 'occurred_at', 'id'] END;
  condition text := search_condition(words, filters);
  direction CONSTANT text := CASE WHEN left(sort, 1) = '-' THEN ' DESC' ELSE ' ASC' END;
  page text := '';
BEGIN
  IF after IS NOT NULL THEN
    condition := condition || format(' AND (%s) %s (%s)', array_to_string(keys, ', '), CASE direction WHEN ' DESC' THEN '<' ELSE '>' END,
      (SELECT string_agg(quote_literal(value), ', ' ORDER BY place) FROM jsonb_array_elements_text(after) WITH ORDINALITY AS t (value, place)));
  END IF;
  IF sort IS NOT NULL THEN
    page := format(' ORDER BY %s LIMIT %s', array_to_string(keys, direction || ', ') || direction, most);
  END IF;
  RETURN QUERY EXECUTE 'SELECT id FROM reports WHERE ' || condition || page;
END
$$;

-- A page by relevance, among the newest thousand by receipt. What was found first fixes which those are for the rest of a walk:
-- `after` holds the score and id of the last report and then the receipt and id of the newest and of the oldest of them.
CREATE FUNCTION rank_reports(words text, filters jsonb, after jsonb, most integer)
RETURNS TABLE (id uuid, score real, newest_at timestamptz, newest_id uuid, oldest_at timestamptz, oldest_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = pg_catalog, public, pg_temp SET jit = off AS $$
DECLARE
  condition text := search_condition(words, filters);
  thousand text := ' LIMIT 1000';
  following text := 'true';
BEGIN
  IF after IS NOT NULL THEN
    condition := condition || format(' AND (received_at, id) <= (%L, %L) AND (received_at, id) >= (%L, %L)',
      after ->> 2, after ->> 3, after ->> 4, after ->> 5);
    thousand := '';
    following := format('(score, id) < (%L::real, %L)', after ->> 0, after ->> 1);
  END IF;
  RETURN QUERY EXECUTE format('WITH newest AS MATERIALIZED (
      SELECT id, received_at, search FROM reports WHERE %s ORDER BY received_at DESC, id DESC%s),
    ranked AS (SELECT id, ts_rank(search, websearch_to_tsquery(''waspada_indonesian'', %L), 1) AS score FROM newest),
    first AS (SELECT received_at, id FROM newest ORDER BY received_at DESC, id DESC LIMIT 1),
    last AS (SELECT received_at, id FROM newest ORDER BY received_at, id LIMIT 1)
    SELECT ranked.id, ranked.score, %s FROM ranked, first, last WHERE %s ORDER BY ranked.score DESC, ranked.id DESC LIMIT %s',
    condition, thousand, words,
    CASE WHEN after IS NULL THEN 'first.received_at::timestamptz, first.id, last.received_at::timestamptz, last.id'
      ELSE format('%L::timestamptz, %L::uuid, %L::timestamptz, %L::uuid', after ->> 2, after ->> 3, after ->> 4, after ->> 5) END,
    replace(following, '(score, id)', '(ranked.score, ranked.id)'), most);
END
$$;

REVOKE ALL ON FUNCTION search_among, search_stages, search_condition, search_reports, rank_reports FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_among, search_stages, search_condition TO waspada_searcher;
GRANT EXECUTE ON FUNCTION search_reports, rank_reports TO waspada_regency, waspada_province, waspada_national;
GRANT waspada_searcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO waspada_searcher;
ALTER FUNCTION search_reports OWNER TO waspada_searcher;
ALTER FUNCTION rank_reports OWNER TO waspada_searcher;
REVOKE CREATE ON SCHEMA public FROM waspada_searcher;
REVOKE waspada_searcher FROM CURRENT_USER;

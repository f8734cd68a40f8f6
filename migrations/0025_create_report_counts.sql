-- What statistics count, kept beside the reports so that nobody has to count them anew. A report that comes, changes or goes leaves its
-- changes of the numbers in report_count_pending, in its own transaction and without a row that others wait for. The worker moves them
-- into report_count_changes, the history, and adds them to the totals, all in one transaction: totals and what is pending are together
-- exact at every moment. ADR 44 says why.
DO $$
BEGIN
  CREATE ROLE waspada_counter NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;
GRANT USAGE ON SCHEMA public TO waspada_counter;

-- Minus one where a report no longer counts as it did, plus one where it counts now. Columns are those of reports, by the same names.
CREATE TABLE report_count_pending (
  report_id uuid NOT NULL,
  province_code text,
  regency_code text,
  region_code text NOT NULL,
  local_date date NOT NULL,
  primary_election text,
  primary_stage text,
  stage_group text,
  athg text NOT NULL,
  domain text NOT NULL,
  incident_type text NOT NULL,
  severity text NOT NULL,
  phase text NOT NULL,
  status text NOT NULL,
  handling smallint NOT NULL,
  -- When it was posted, or changed.
  known_at timestamptz(3) NOT NULL,
  change smallint NOT NULL,
  severity_rank smallint NOT NULL GENERATED ALWAYS AS (CASE severity WHEN 'low' THEN 1 WHEN 'moderate' THEN 2 WHEN 'high' THEN 3 ELSE 4 END) STORED
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

-- All changes that were added up: the sum of those known at a moment is what was counted then.
CREATE TABLE report_count_changes (LIKE report_count_pending INCLUDING GENERATED);
CREATE INDEX report_count_changes_regency ON report_count_changes (regency_code, local_date, athg, handling, known_at);
CREATE INDEX report_count_changes_province ON report_count_changes (province_code, local_date, athg, handling, known_at);
CREATE INDEX report_count_changes_date ON report_count_changes (local_date);
CREATE INDEX report_count_changes_known ON report_count_changes USING brin (known_at);

-- The totals, from few numbers to many. Few rows are read faster: counts are taken from the first that says all that is asked.
CREATE TABLE report_counts_by_province (
  province_code text,
  primary_election text,
  primary_stage text,
  stage_group text,
  handling smallint NOT NULL,
  count integer NOT NULL,
  UNIQUE NULLS NOT DISTINCT (province_code, primary_election, primary_stage, stage_group, handling)
) WITH (fillfactor = 50);

CREATE TABLE report_counts_by_regency (
  province_code text,
  regency_code text,
  primary_election text,
  primary_stage text,
  stage_group text,
  handling smallint NOT NULL,
  count integer NOT NULL,
  UNIQUE NULLS NOT DISTINCT (regency_code, province_code, primary_election, primary_stage, stage_group, handling)
) WITH (fillfactor = 70);
CREATE INDEX report_counts_by_regency_province ON report_counts_by_regency (province_code);

CREATE TABLE report_counts_by_day (
  province_code text,
  local_date date NOT NULL,
  primary_election text,
  primary_stage text,
  stage_group text,
  handling smallint NOT NULL,
  count integer NOT NULL,
  UNIQUE NULLS NOT DISTINCT (local_date, province_code, primary_election, primary_stage, stage_group, handling)
) WITH (fillfactor = 80);
CREATE INDEX report_counts_by_day_province ON report_counts_by_day (province_code, local_date);

CREATE TABLE report_counts_by_kind (
  province_code text,
  athg text NOT NULL,
  domain text NOT NULL,
  incident_type text NOT NULL,
  severity text NOT NULL,
  phase text NOT NULL,
  status text NOT NULL,
  handling smallint NOT NULL,
  count integer NOT NULL,
  severity_rank smallint NOT NULL GENERATED ALWAYS AS (CASE severity WHEN 'low' THEN 1 WHEN 'moderate' THEN 2 WHEN 'high' THEN 3 ELSE 4 END) STORED,
  UNIQUE NULLS NOT DISTINCT (province_code, athg, domain, incident_type, severity, phase, status, handling)
) WITH (fillfactor = 80);

-- Everything: hardly fewer rows than reports, but a tenth as wide, and in the order of their regions.
CREATE TABLE report_counts (
  province_code text,
  regency_code text,
  region_code text NOT NULL,
  local_date date NOT NULL,
  primary_election text,
  primary_stage text,
  stage_group text,
  athg text NOT NULL,
  domain text NOT NULL,
  incident_type text NOT NULL,
  severity text NOT NULL,
  phase text NOT NULL,
  status text NOT NULL,
  handling smallint NOT NULL,
  count integer NOT NULL,
  severity_rank smallint NOT NULL GENERATED ALWAYS AS (CASE severity WHEN 'low' THEN 1 WHEN 'moderate' THEN 2 WHEN 'high' THEN 3 ELSE 4 END) STORED,
  UNIQUE NULLS NOT DISTINCT (regency_code, local_date, region_code, province_code, primary_election, primary_stage, stage_group, athg, domain,
    incident_type, severity, phase, status, handling)
);
CREATE INDEX report_counts_province ON report_counts (province_code, local_date);
CREATE INDEX report_counts_date ON report_counts (local_date);
CREATE INDEX report_counts_zero ON report_counts (count) WHERE count = 0;

-- The totals by name, and what they count by.
CREATE FUNCTION report_count_grains() RETURNS TABLE (name text, columns text) LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public AS $$
  VALUES
    ('report_counts_by_province', 'province_code, primary_election, primary_stage, stage_group, handling'),
    ('report_counts_by_regency', 'province_code, regency_code, primary_election, primary_stage, stage_group, handling'),
    ('report_counts_by_day', 'province_code, local_date, primary_election, primary_stage, stage_group, handling'),
    ('report_counts_by_kind', 'province_code, athg, domain, incident_type, severity, phase, status, handling'),
    ('report_counts', 'province_code, regency_code, region_code, local_date, primary_election, primary_stage, stage_group, athg, domain,
      incident_type, severity, phase, status, handling')
$$;

-- Whoever may not see a report sees none of its numbers. What has no regency is nothing to a regency.
DO $$
DECLARE
  name text;
  scope CONSTANT text := $scope$ = nullif(current_setting('waspada.region', true), '') AND $scope$;
  cleared CONSTANT text := $cleared$handling <= nullif(current_setting('waspada.clearance', true), '')::smallint$cleared$;
BEGIN
  FOREACH name IN ARRAY ARRAY['report_count_pending', 'report_count_changes', 'report_counts_by_province', 'report_counts_by_regency',
    'report_counts_by_day', 'report_counts_by_kind', 'report_counts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY counter_counts ON %I TO waspada_counter USING (true)', name);
    EXECUTE format('CREATE POLICY worker_reads ON %I FOR SELECT TO waspada_worker USING (true)', name);
    EXECUTE format('GRANT SELECT ON %I TO waspada_counter, waspada_worker', name);
    -- The past is nobody's yet.
    CONTINUE WHEN name = 'report_count_changes';
    EXECUTE format('CREATE POLICY province_reads ON %I FOR SELECT TO waspada_province USING (province_code%s%s)', name, scope, cleared);
    EXECUTE format('CREATE POLICY national_reads ON %I FOR SELECT TO waspada_national USING (%s)', name, cleared);
    EXECUTE format('GRANT SELECT ON %I TO waspada_province, waspada_national', name);
    CONTINUE WHEN name IN ('report_counts_by_province', 'report_counts_by_day', 'report_counts_by_kind');
    EXECUTE format('CREATE POLICY regency_reads ON %I FOR SELECT TO waspada_regency USING (regency_code%s%s)', name, scope, cleared);
    EXECUTE format('GRANT SELECT ON %I TO waspada_regency', name);
  END LOOP;
END
$$;
GRANT INSERT, DELETE ON report_count_pending TO waspada_counter;
GRANT INSERT ON report_count_changes TO waspada_counter;
GRANT INSERT, UPDATE (count) ON report_counts_by_province, report_counts_by_regency, report_counts_by_day, report_counts_by_kind TO waspada_counter;
GRANT INSERT, UPDATE (count), DELETE ON report_counts TO waspada_counter;
CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON report_count_changes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON report_count_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who compares and who rebuilds reads of a report what is counted, and nothing of what it says.
CREATE POLICY counter_reads ON reports FOR SELECT TO waspada_counter USING (true);
GRANT SELECT (id, province_code, regency_code, region_code, local_date, primary_election, primary_stage, stages, athg, domain, incident_type,
  severity, phase, status, handling, received_at, counted) ON reports TO waspada_counter, waspada_worker;

CREATE FUNCTION tell_report_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO report_count_pending VALUES (NEW.id, NEW.province_code, NEW.regency_code, NEW.region_code, NEW.local_date,
      NEW.primary_election, NEW.primary_stage, NEW.stages #>> '{0,group}', NEW.athg, NEW.domain, NEW.incident_type, NEW.severity,
      NEW.phase, NEW.status, NEW.handling, NEW.received_at, 1);
    RETURN NULL;
  END IF;
  IF OLD.counted THEN
    INSERT INTO report_count_pending VALUES (OLD.id, OLD.province_code, OLD.regency_code, OLD.region_code, OLD.local_date,
      OLD.primary_election, OLD.primary_stage, OLD.stages #>> '{0,group}', OLD.athg, OLD.domain, OLD.incident_type, OLD.severity,
      OLD.phase, OLD.status, OLD.handling, clock_timestamp(), -1);
  END IF;
  IF NEW.counted THEN
    INSERT INTO report_count_pending VALUES (NEW.id, NEW.province_code, NEW.regency_code, NEW.region_code, NEW.local_date,
      NEW.primary_election, NEW.primary_stage, NEW.stages #>> '{0,group}', NEW.athg, NEW.domain, NEW.incident_type, NEW.severity,
      NEW.phase, NEW.status, NEW.handling, clock_timestamp(), 1);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER a_post_is_counted AFTER INSERT ON reports FOR EACH ROW WHEN (NEW.counted) EXECUTE FUNCTION tell_report_counts();
CREATE TRIGGER a_change_is_counted AFTER UPDATE ON reports FOR EACH ROW
  WHEN ((OLD.counted OR NEW.counted) AND (OLD.counted, OLD.province_code, OLD.regency_code, OLD.region_code, OLD.local_date, OLD.primary_election,
    OLD.primary_stage, OLD.stages #>> '{0,group}', OLD.athg, OLD.domain, OLD.incident_type, OLD.severity, OLD.phase, OLD.status, OLD.handling)
    IS DISTINCT FROM (NEW.counted, NEW.province_code, NEW.regency_code, NEW.region_code, NEW.local_date, NEW.primary_election,
    NEW.primary_stage, NEW.stages #>> '{0,group}', NEW.athg, NEW.domain, NEW.incident_type, NEW.severity, NEW.phase, NEW.status, NEW.handling))
  EXECUTE FUNCTION tell_report_counts();

-- One at a time changes totals: two would wait for each other's rows in turn, and a rebuild must see them at rest. True when it is ours.
CREATE FUNCTION hold_report_counts(patiently boolean) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  -- An older snapshot than the lock would miss what the one before did.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'report counts are changed in a transaction that reads what is committed' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  IF NOT patiently THEN
    RETURN pg_try_advisory_xact_lock(7461738, hashtext('report_counts'));
  END IF;
  PERFORM pg_advisory_xact_lock(7461738, hashtext('report_counts'));
  RETURN true;
END
$$;

-- Moves pending changes into the history and the totals, this many at most. Returns how many; none where another one is at it.
CREATE FUNCTION settle_report_counts(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  taken report_count_pending[];
  grain record;
  dimensions CONSTANT text := (SELECT columns FROM report_count_grains() WHERE name = 'report_counts');
BEGIN
  IF NOT hold_report_counts(false) THEN
    RETURN 0;
  END IF;
  WITH gone AS (
    DELETE FROM report_count_pending WHERE ctid = ANY (ARRAY(SELECT ctid FROM report_count_pending LIMIT most)) RETURNING report_count_pending AS it)
  SELECT array_agg(it) INTO taken FROM gone;
  IF taken IS NULL THEN
    RETURN 0;
  END IF;
  EXECUTE format('INSERT INTO report_count_changes (report_id, known_at, change, %1$s) SELECT report_id, known_at, change, %1$s FROM unnest($1)',
    dimensions) USING taken;
  FOR grain IN SELECT * FROM report_count_grains() LOOP
    EXECUTE format('INSERT INTO %1$I AS t (%2$s, count) SELECT %2$s, sum(change) FROM unnest($1) GROUP BY %2$s HAVING sum(change) <> 0
      ON CONFLICT (%2$s) DO UPDATE SET count = t.count + excluded.count', grain.name, grain.columns) USING taken;
  END LOOP;
  -- The others keep a zero until it is counted up again: there are only so many of them.
  DELETE FROM report_counts WHERE count = 0;
  RETURN cardinality(taken);
END
$$;

-- Makes history and totals what the reports say, and touches nothing that is right already; while posts and changes go on. The same
-- statement fills them at first, and after a load without triggers. Returns how many numbers it put right.
CREATE FUNCTION rebuild_report_counts() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  SET work_mem = '256MB' AS $$
DECLARE
  dimensions CONSTANT text := (SELECT columns FROM report_count_grains() WHERE name = 'report_counts');
  totals text;
  names text;
  put_right bigint;
BEGIN
  PERFORM hold_report_counts(true);
  SELECT string_agg(format($sql$, %1$I AS (
      INSERT INTO %2$I AS t (%3$s, count)
      SELECT %3$s, sum(change) FROM (SELECT %3$s, change FROM standing UNION ALL SELECT %3$s, -count FROM %2$I) d
      GROUP BY %3$s HAVING sum(change) <> 0
      ON CONFLICT (%3$s) DO UPDATE SET count = t.count + excluded.count RETURNING 1)$sql$, 'in_' || name, name, columns), ''),
    string_agg(format(' + (SELECT count(*) FROM %I)', 'in_' || name), '')
    INTO totals, names FROM report_count_grains();
  -- One statement, so that all of it is of one moment. What is pending then is yet to be added.
  EXECUTE format($sql$
    WITH standing AS MATERIALIZED (
      SELECT report_id, known_at, %2$s, 1 AS change FROM (
        SELECT id AS report_id, received_at AS known_at, province_code, regency_code, region_code, local_date, primary_election, primary_stage,
          stages #>> '{0,group}' AS stage_group, athg, domain, incident_type, severity, phase, status, handling FROM reports WHERE counted) r
      UNION ALL SELECT report_id, NULL, %2$s, -change FROM report_count_pending),
    missing AS (
      SELECT report_id, max(known_at) AS known_at, %2$s, sum(change) AS change
      FROM (SELECT * FROM standing UNION ALL SELECT report_id, NULL, %2$s, -change FROM report_count_changes) d
      GROUP BY report_id, %2$s HAVING sum(change) <> 0),
    in_changes AS (
      INSERT INTO report_count_changes (report_id, known_at, change, %2$s)
      SELECT report_id, CASE WHEN known_before THEN clock_timestamp() ELSE coalesce(m.known_at, clock_timestamp()) END, change, %2$s
      FROM missing m LEFT JOIN (SELECT DISTINCT report_id, true AS known_before FROM report_count_changes) h USING (report_id)
      RETURNING 1)%1$s
    SELECT (SELECT count(*) FROM in_changes)%3$s$sql$, totals, dimensions, names) INTO put_right;
  DELETE FROM report_counts WHERE count = 0;
  RETURN put_right;
END
$$;

REVOKE ALL ON FUNCTION report_count_grains(), tell_report_counts(), hold_report_counts(boolean), settle_report_counts(integer), rebuild_report_counts()
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_count_grains(), hold_report_counts(boolean) TO waspada_counter;
GRANT EXECUTE ON FUNCTION report_count_grains(), settle_report_counts(integer), rebuild_report_counts() TO waspada_worker;

-- The doctor looks for gaps in the registers too.
GRANT SELECT (office_code, register_year, register_number) ON reports TO waspada_worker;
CREATE POLICY worker_reads ON report_registers FOR SELECT TO waspada_worker USING (true);
GRANT SELECT ON report_registers TO waspada_worker;

GRANT waspada_counter TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO waspada_counter;
ALTER FUNCTION tell_report_counts() OWNER TO waspada_counter;
ALTER FUNCTION settle_report_counts(integer) OWNER TO waspada_counter;
ALTER FUNCTION rebuild_report_counts() OWNER TO waspada_counter;
REVOKE CREATE ON SCHEMA public FROM waspada_counter;
SET LOCAL ROLE waspada_counter;
SELECT rebuild_report_counts();
RESET ROLE;
REVOKE waspada_counter FROM CURRENT_USER;

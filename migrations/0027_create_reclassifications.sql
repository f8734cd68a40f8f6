-- Runs that classify stored reports again: why, which reports, and how far the worker has come. Written in the transaction of what
-- makes them necessary; runs are done in the order of their ids.
CREATE TABLE reclassifications (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reason text NOT NULL CHECK (reason IN ('calendar', 'successions', 'boundaries')),
  -- The newest at the time of the request; a run classifies by the newest at the time of each batch.
  calendar_version integer NOT NULL REFERENCES election_calendars (version),
  requested_at timestamptz(3) NOT NULL,
  requested_by text NOT NULL DEFAULT session_user,
  -- A list of stretches: {"region", "from", "to"}, or {"located": true}. The worker walks each in its own order.
  touched json NOT NULL CHECK (json_typeof(touched) = 'array'),
  -- A number of a transaction that began after the request was committed: once all before it have ended, no report is to come any more
  -- that was classified by what stood before the request.
  barrier xid8,
  stretch integer NOT NULL DEFAULT 0 CHECK (stretch >= 0),
  after_occurred_at timestamptz(3),
  after_id uuid,
  -- Reports that others were changing when the walk came by: looked at again in the end.
  again uuid[] NOT NULL DEFAULT '{}',
  looked_at integer NOT NULL DEFAULT 0 CHECK (looked_at >= 0),
  changed integer NOT NULL DEFAULT 0 CHECK (changed >= 0),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  CHECK (changed <= looked_at),
  CHECK (finished_at IS NULL OR cardinality(again) = 0)
);
CREATE INDEX reclassifications_unfinished ON reclassifications (id) WHERE finished_at IS NULL;
GRANT SELECT ON reclassifications TO waspada_worker;
GRANT UPDATE (barrier, stretch, after_occurred_at, after_id, again, looked_at, changed, started_at, finished_at)
  ON reclassifications TO waspada_worker;

-- What is finished stays so, and a run is never forgotten.
CREATE TRIGGER finished_stays BEFORE UPDATE ON reclassifications FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON reclassifications FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON reclassifications FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Of a report the worker reads what classification depends on and gives, never what the office told, and changes no more than that.
GRANT SELECT (occurred_at, longitude, latitude, posted_region_code, position_basis, position_region_code, position_distance_metres, place_flags, time_zone, local_date, primary_election, primary_stage, stages, calendar_version, classified_at, flags)
  ON reports TO waspada_worker;
GRANT UPDATE (region_code, posted_region_code, province_code, regency_code, position_basis, position_region_code, position_distance_metres,
  place_flags, time_zone, local_date, primary_election, primary_stage, stages, calendar_version, classified_at) ON reports TO waspada_worker;

-- Reports of a province or the nation itself, in the order in which they are walked and counted; those of regencies have an index.
-- Reports with coordinates, in the order in which new boundaries have them walked.
CREATE INDEX reports_located ON reports (id) WHERE longitude IS NOT NULL;
CREATE INDEX reports_above_regencies ON reports (region_code, occurred_at, id) WHERE regency_code IS NULL;

-- Nothing is classified by a calendar that has been replaced, nor under a region that has ended. It is asked after the row is written:
-- by then the transaction has a number, and a run that begins later waits for it.
CREATE FUNCTION refuse_replaced_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM election_calendars WHERE version > NEW.calendar_version) THEN
    RAISE EXCEPTION 'election calendar % has been replaced', NEW.calendar_version USING ERRCODE = 'WSP01';
  END IF;
  IF EXISTS (SELECT FROM region_successions WHERE code = NEW.region_code) THEN
    RAISE EXCEPTION 'region % has ended', NEW.region_code USING ERRCODE = 'WSP01';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER by_the_newest_reference AFTER INSERT OR UPDATE OF local_date, primary_election, primary_stage, stages, calendar_version, classified_at
  ON reports FOR EACH ROW EXECUTE FUNCTION refuse_replaced_reference();

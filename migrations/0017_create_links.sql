-- Which reports are of one incident (duplicate_of), belong to a larger one (part_of) or come of an earlier one (follows).
CREATE TABLE report_links (
  id uuid PRIMARY KEY,
  type text NOT NULL CHECK (type IN ('duplicate_of', 'part_of', 'follows')),
  report_id uuid NOT NULL,
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL,
  target_id uuid NOT NULL CHECK (target_id <> report_id),
  target_region_code text NOT NULL,
  target_province_code text GENERATED ALWAYS AS (CASE WHEN target_region_code <> '00' THEN left(target_region_code, 2) END) STORED,
  target_regency_code text GENERATED ALWAYS AS (CASE WHEN length(target_region_code) >= 5 THEN left(target_region_code, 5) END) STORED,
  target_handling smallint NOT NULL,
  reason text CHECK (length(reason) BETWEEN 3 AND 2000),
  -- The higher of the two when the reason was written: whoever is cleared for the reports of today need not be for what was said then.
  reason_handling smallint NOT NULL CHECK (reason_handling BETWEEN 0 AND 3),
  linked_at timestamptz(3) NOT NULL,
  office_code text NOT NULL REFERENCES offices (code),
  client_id text NOT NULL,
  actor text NOT NULL,
  UNIQUE (report_id, target_id, type),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE,
  FOREIGN KEY (target_id, target_region_code, target_handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
-- Whoever sees the link or not: a report has one original.
CREATE UNIQUE INDEX report_links_one_original ON report_links (report_id) WHERE type = 'duplicate_of';
CREATE INDEX report_links_place ON report_links (report_id, region_code, handling);
CREATE INDEX report_links_target_place ON report_links (target_id, target_region_code, target_handling);

-- A link is there for those who see both of its reports, and for nobody else.
ALTER TABLE report_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_links FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_sees ON report_links TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND target_regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND target_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_sees ON report_links TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND target_province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND target_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_sees ON report_links TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND target_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
-- In its own name alone.
CREATE POLICY own_links ON report_links AS RESTRICTIVE FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND office_code = nullif(current_setting('waspada.region', true), ''));
GRANT SELECT, INSERT, DELETE ON report_links TO waspada_regency, waspada_province, waspada_national;

-- A report leaves the statistics only for one that never leaves them: a verified report is neither rejected nor withdrawn any more.
-- As no duplicate gets duplicates anew, links never close a circle in which nothing counts.
CREATE FUNCTION guard_original() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM reports original JOIN reports duplicate ON duplicate.id = NEW.report_id
    WHERE original.id = NEW.target_id AND original.verified_at IS NOT NULL AND NOT original.is_duplicate
      AND original.exercise = duplicate.exercise FOR UPDATE OF original;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'report % is no original for report %', NEW.target_id, NEW.report_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER an_original_counts BEFORE INSERT ON report_links FOR EACH ROW WHEN (NEW.type = 'duplicate_of')
  EXECUTE FUNCTION guard_original();

-- A report says that it is a duplicate as long as a link says so, and no longer.
CREATE FUNCTION guard_duplicate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  duplicate uuid := (to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[0])::uuid;
BEGIN
  IF (SELECT is_duplicate FROM reports WHERE id = duplicate)
    <> EXISTS (SELECT FROM report_links WHERE report_id = duplicate AND type = 'duplicate_of') THEN
    RAISE EXCEPTION 'report % and its links disagree whether it is a duplicate', duplicate USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER duplicates_are_linked AFTER UPDATE OF is_duplicate ON reports DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.is_duplicate <> NEW.is_duplicate) EXECUTE FUNCTION guard_duplicate('id');
CREATE CONSTRAINT TRIGGER links_are_told AFTER INSERT OR DELETE ON report_links DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION guard_duplicate('report_id');

-- Whether an incident was an exercise is said by its original: a real report would count nowhere as the duplicate of an exercise.
CREATE TRIGGER duplicates_follow_their_original BEFORE UPDATE OF exercise ON reports FOR EACH ROW
  WHEN (OLD.exercise <> NEW.exercise AND NEW.is_duplicate) EXECUTE FUNCTION refuse_change();

-- How alike two texts are. Where the extension makes its functions in the name of the administrator, they are nobody's by default.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
GRANT EXECUTE ON FUNCTION similarity(text, text) TO waspada_regency, waspada_province, waspada_national;

-- A question about a report, from a level above to the office that posted it, and its answer. Whoever is cleared for the report of today
-- need not be cleared for what was written while it was more secret: `content_handling` is the highest handling that the report has had
-- since the question was asked, and the question is seen under that.
CREATE TABLE report_questions (
  id uuid PRIMARY KEY,
  report_id uuid NOT NULL,
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL,
  content_handling smallint NOT NULL CHECK (content_handling BETWEEN handling AND 3),
  -- The office that is asked: the one that posted the report.
  office_code text NOT NULL REFERENCES offices (code),
  version integer NOT NULL DEFAULT 1,
  text text NOT NULL,
  asked_at timestamptz(3) NOT NULL,
  asked_office text NOT NULL REFERENCES offices (code),
  asked_client text NOT NULL,
  asked_by text NOT NULL,
  due_at timestamptz(3) CHECK (due_at > asked_at),
  answer text,
  answered_at timestamptz(3),
  answered_client text,
  answered_by text,
  CHECK (asked_office <> office_code),
  CHECK (num_nulls(answer, answered_at, answered_client, answered_by) IN (0, 4)),
  CHECK (version = CASE WHEN answered_at IS NULL THEN 1 ELSE 2 END),
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX report_questions_place ON report_questions (report_id, region_code, handling);
CREATE INDEX report_questions_of_report ON report_questions (report_id, asked_at, id);
CREATE INDEX report_questions_open ON report_questions (office_code, asked_at, id) WHERE answered_at IS NULL;

-- What was asked stays as it is, and so does an answer once it is given; only the place and handling of the report move along.
CREATE FUNCTION guard_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.content_handling := NEW.handling;
    RETURN NEW;
  END IF;
  NEW.content_handling := greatest(OLD.content_handling, NEW.handling);
  IF (NEW.id, NEW.report_id, NEW.office_code, NEW.text, NEW.asked_at, NEW.asked_office, NEW.asked_client, NEW.asked_by, NEW.due_at)
    IS DISTINCT FROM (OLD.id, OLD.report_id, OLD.office_code, OLD.text, OLD.asked_at, OLD.asked_office, OLD.asked_client, OLD.asked_by, OLD.due_at)
    OR (OLD.answered_at IS NOT NULL AND (NEW.answer, NEW.answered_at, NEW.answered_client, NEW.answered_by)
      IS DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_client, OLD.answered_by)) THEN
    RAISE EXCEPTION 'what was asked and answered stays as it is' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER question_stays BEFORE INSERT OR UPDATE ON report_questions FOR EACH ROW EXECUTE FUNCTION guard_question();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON report_questions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON report_questions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE report_questions ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_questions FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON report_questions FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON report_questions FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON report_questions FOR SELECT TO waspada_national
  USING (content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
-- In its own name alone, of what it sees, and to the office that posted the report.
CREATE POLICY own_questions ON report_questions FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (asked_client = nullif(current_setting('waspada.client', true), '') AND asked_by = nullif(current_setting('waspada.actor', true), '')
    AND asked_office = nullif(current_setting('waspada.region', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND office_code = (SELECT r.office_code FROM reports r WHERE r.id = report_id));
-- Whoever sees a question may hold it; to write on it is for the office that is asked.
CREATE POLICY own_answers ON report_questions FOR UPDATE TO waspada_regency, waspada_province, waspada_national
  USING (content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint)
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND answered_client = nullif(current_setting('waspada.client', true), '') AND answered_by = nullif(current_setting('waspada.actor', true), '')
    AND content_handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT, INSERT, UPDATE (version, answer, answered_at, answered_client, answered_by) ON report_questions
  TO waspada_regency, waspada_province, waspada_national;

-- What a province or the nation holds itself, which is little of what waits below it. Posts of regencies never touch these.
CREATE INDEX reports_province_held ON reports (province_code, due_at, id) WHERE due_at IS NOT NULL AND level = 'province';
CREATE INDEX reports_national_held ON reports (due_at, id) WHERE due_at IS NOT NULL AND level = 'national';

-- The report that an event is about: the report itself, or that of the question or other child which the event tells of. An event is
-- seen by whoever was allowed to see it when it came about and is still allowed to see its report.
ALTER TABLE events ADD COLUMN of_report_id uuid,
  ADD COLUMN report_id uuid GENERATED ALWAYS AS (CASE WHEN starts_with(type, 'report.') THEN subject_id ELSE of_report_id END) STORED;
CREATE INDEX events_regency_numbered ON events (regency_code, sequence) WHERE sequence IS NOT NULL;
CREATE INDEX events_province_numbered ON events (province_code, sequence) WHERE sequence IS NOT NULL;

-- A scalar subquery and no EXISTS, which the planner would answer by reading all reports.
CREATE POLICY regency_reads ON events FOR SELECT TO waspada_regency
  USING (sequence IS NOT NULL AND regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND (report_id IS NULL OR (SELECT true FROM reports r WHERE r.id = events.report_id)));
CREATE POLICY province_reads ON events FOR SELECT TO waspada_province
  USING (sequence IS NOT NULL AND province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND (report_id IS NULL OR (SELECT true FROM reports r WHERE r.id = events.report_id)));
CREATE POLICY national_reads ON events FOR SELECT TO waspada_national
  USING (sequence IS NOT NULL AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint
    AND (report_id IS NULL OR (SELECT true FROM reports r WHERE r.id = events.report_id)));
-- Who acted is told by the report. Agencies may ask as well, and no policy shows them anything.
GRANT SELECT (id, sequence, type, subject_id, subject_version, office_code, province_code, regency_code, handling, occurred_at, report_id)
  ON events TO waspada_regency, waspada_province, waspada_national, waspada_agency;

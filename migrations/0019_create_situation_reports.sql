-- What an office reports of its region's situation for a day, an ISO week or a month; "nothing to report" is a report. One for each
-- office, kind and period, exercises apart. Its region is that of the office.
CREATE TABLE situation_reports (
  id uuid PRIMARY KEY,
  office_code text NOT NULL REFERENCES offices (code),
  province_code text GENERATED ALWAYS AS (CASE WHEN office_code <> '00' THEN left(office_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(office_code) = 5 THEN office_code END) STORED,
  kind text NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
  period text NOT NULL,
  -- First and last day of the period, on the office's own calendar.
  period_from date NOT NULL,
  period_to date NOT NULL,
  exercise boolean NOT NULL,
  handling smallint NOT NULL CHECK (handling BETWEEN 0 AND 3),
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  nothing_to_report boolean NOT NULL,
  situation text,
  sections json,
  -- Until when it was owed; null where no obligation covers the period.
  due_at timestamptz(3),
  received_at timestamptz(3) NOT NULL,
  timeliness text GENERATED ALWAYS AS (CASE WHEN received_at <= due_at THEN 'on_time' WHEN received_at > due_at THEN 'late' END) STORED,
  -- Of what was posted first: the same post again is answered, and another refused.
  fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
  client_id text NOT NULL,
  submitted_by text NOT NULL,
  UNIQUE (kind, period, office_code, exercise),
  UNIQUE (id, office_code, handling),
  CHECK (nothing_to_report OR situation IS NOT NULL),
  CHECK (NOT nothing_to_report OR sections IS NULL),
  CHECK (CASE kind
    WHEN 'daily' THEN period = to_char(period_from, 'YYYY-MM-DD') AND period_to = period_from
    WHEN 'weekly' THEN period = to_char(period_from, 'IYYY-"W"IW') AND extract(isodow FROM period_from) = 1 AND period_to = period_from + 6
    WHEN 'monthly' THEN period = to_char(period_from, 'YYYY-MM') AND extract(day FROM period_from) = 1
      AND period_to = (period_from + interval '1 month')::date - 1
  END)
);
CREATE INDEX situation_reports_regency ON situation_reports (regency_code, received_at, id);
CREATE INDEX situation_reports_province ON situation_reports (province_code, received_at, id);
CREATE INDEX situation_reports_all ON situation_reports (received_at, id);

-- Every version after the first: who made it, when, why, and what it changed. A handling is never lowered, so that whoever sees the
-- report of today may see all that it said before.
CREATE TABLE situation_report_revisions (
  situation_report_id uuid NOT NULL,
  version integer NOT NULL CHECK (version > 1),
  office_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN office_code <> '00' THEN left(office_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(office_code) = 5 THEN office_code END) STORED,
  handling smallint NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  client_id text NOT NULL,
  actor text NOT NULL,
  changed text[] NOT NULL,
  reason text,
  -- {"before": {...}, "after": {...}}: the members that changed, as on the wire, but for the ids of reports.
  changes json NOT NULL,
  PRIMARY KEY (situation_report_id, version),
  FOREIGN KEY (situation_report_id, office_code, handling) REFERENCES situation_reports (id, office_code, handling) ON UPDATE CASCADE
);

-- The reports that it rests on, for those alone who see both.
CREATE TABLE situation_report_sources (
  situation_report_id uuid NOT NULL,
  office_code text NOT NULL,
  office_province_code text GENERATED ALWAYS AS (CASE WHEN office_code <> '00' THEN left(office_code, 2) END) STORED,
  office_regency_code text GENERATED ALWAYS AS (CASE WHEN length(office_code) = 5 THEN office_code END) STORED,
  situation_handling smallint NOT NULL,
  report_id uuid NOT NULL,
  region_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN region_code <> '00' THEN left(region_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(region_code) >= 5 THEN left(region_code, 5) END) STORED,
  handling smallint NOT NULL,
  PRIMARY KEY (situation_report_id, report_id),
  FOREIGN KEY (situation_report_id, office_code, situation_handling) REFERENCES situation_reports (id, office_code, handling) ON UPDATE CASCADE,
  FOREIGN KEY (report_id, region_code, handling) REFERENCES reports (id, region_code, handling) ON UPDATE CASCADE
);
CREATE INDEX situation_report_sources_place ON situation_report_sources (report_id, region_code, handling);

-- That an office reported, without what it said or how secret that is: whether an office is silent is known to all who look after it.
-- An exercise leaves no receipt, and so counts in nothing.
CREATE TABLE situation_report_receipts (
  kind text NOT NULL,
  period text NOT NULL,
  office_code text NOT NULL,
  province_code text GENERATED ALWAYS AS (CASE WHEN office_code <> '00' THEN left(office_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(office_code) = 5 THEN office_code END) STORED,
  exercise boolean NOT NULL DEFAULT false CHECK (NOT exercise),
  received_at timestamptz(3) NOT NULL,
  PRIMARY KEY (kind, period, office_code),
  FOREIGN KEY (kind, period, office_code, exercise) REFERENCES situation_reports (kind, period, office_code, exercise)
);
CREATE INDEX situation_report_receipts_received ON situation_report_receipts (received_at);

-- Who owes which report, and until when: an office level, or one office instead of what its level owes. It covers the periods whose
-- first day lies within it. Changed only for periods that have begun nowhere, so that a deadline never moves once a report can come.
CREATE TABLE reporting_obligations (
  id uuid PRIMARY KEY,
  level text NOT NULL CHECK (level IN ('regency', 'province', 'national')),
  office_code text REFERENCES offices (code),
  kind text NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
  -- False exempts the office from what its level owes.
  owed boolean NOT NULL,
  -- The deadline: so many days after the last day of the period, at this time of the office's own clock.
  days_after smallint CHECK (days_after BETWEEN 0 AND 31),
  due_time time(0) CHECK (due_time < '24:00'),
  valid_from date NOT NULL,
  valid_to date,
  CHECK (valid_to >= valid_from),
  CHECK (owed = (days_after IS NOT NULL) AND owed = (due_time IS NOT NULL)),
  CHECK (owed OR office_code IS NOT NULL),
  CHECK (office_code IS NULL OR level = CASE WHEN office_code = '00' THEN 'national' WHEN length(office_code) = 2 THEN 'province' ELSE 'regency' END)
);
CREATE UNIQUE INDEX reporting_obligations_key ON reporting_obligations (kind, level, coalesce(office_code, ''), valid_from);
-- Waspada's own defaults, for the authority to change: no text of law gives a limit.
INSERT INTO reporting_obligations (id, level, kind, owed, days_after, due_time, valid_from)
SELECT gen_random_uuid(), level, kind, true, days_after, due_time, '2024-01-01'
FROM unnest(ARRAY['regency', 'province']) AS level,
  (VALUES ('daily', 1::smallint, time '08:00'), ('weekly', 1::smallint, time '12:00'), ('monthly', 3::smallint, time '16:00')) AS d (kind, days_after, due_time);

-- An office that had not reported when its deadline passed: since when, and until when where it reported after all.
CREATE TABLE reporting_silences (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  period text NOT NULL,
  office_code text NOT NULL REFERENCES offices (code),
  province_code text GENERATED ALWAYS AS (CASE WHEN office_code <> '00' THEN left(office_code, 2) END) STORED,
  regency_code text GENERATED ALWAYS AS (CASE WHEN length(office_code) = 5 THEN office_code END) STORED,
  silent_since timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  UNIQUE (kind, period, office_code)
);
CREATE INDEX reporting_silences_regency_open ON reporting_silences (regency_code, silent_since, id) WHERE ended_at IS NULL;
CREATE INDEX reporting_silences_province_open ON reporting_silences (province_code, silent_since, id) WHERE ended_at IS NULL;
CREATE INDEX reporting_silences_open ON reporting_silences (silent_since, id) WHERE ended_at IS NULL;

-- One row: the deadlines up to this moment have been looked at. Null before the first look.
CREATE TABLE reporting_watch (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  looked_until timestamptz(3)
);
INSERT INTO reporting_watch DEFAULT VALUES;
GRANT SELECT, UPDATE (looked_until) ON reporting_watch TO waspada_worker;

-- A correction changes what was said, and nothing of who said it, about what and when; a handling is never lowered.
CREATE FUNCTION guard_situation_report_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'version % does not follow version %', NEW.version, OLD.version USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.office_code, NEW.kind, NEW.period, NEW.period_from, NEW.period_to, NEW.exercise, NEW.received_at, NEW.fingerprint, NEW.client_id,
      NEW.submitted_by) IS DISTINCT FROM (OLD.id, OLD.office_code, OLD.kind, OLD.period, OLD.period_from, OLD.period_to, OLD.exercise,
      OLD.received_at, OLD.fingerprint, OLD.client_id, OLD.submitted_by) OR NEW.due_at IS DISTINCT FROM OLD.due_at THEN
    RAISE EXCEPTION 'the identity of a situation report never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.handling < OLD.handling THEN
    RAISE EXCEPTION 'the handling of a situation report is never lowered' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER identity_stays BEFORE UPDATE ON situation_reports FOR EACH ROW EXECUTE FUNCTION guard_situation_report_change();
CREATE FUNCTION require_situation_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM situation_report_revisions WHERE situation_report_id = NEW.id AND version = NEW.version) THEN
    RAISE EXCEPTION 'version % of situation report % has no revision', NEW.version, NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER every_version_is_told AFTER UPDATE ON situation_reports DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION require_situation_revision();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON situation_reports FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON situation_reports FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revisions_stay BEFORE UPDATE ON situation_report_revisions FOR EACH ROW
  WHEN ((OLD.situation_report_id, OLD.version, OLD.changed_at, OLD.client_id, OLD.actor, OLD.changed, OLD.reason, OLD.changes::text)
    IS DISTINCT FROM (NEW.situation_report_id, NEW.version, NEW.changed_at, NEW.client_id, NEW.actor, NEW.changed, NEW.reason, NEW.changes::text))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON situation_report_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON situation_report_revisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER receipts_stay BEFORE UPDATE OR DELETE ON situation_report_receipts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON situation_report_receipts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE situation_reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE situation_reports FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON situation_reports FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON situation_reports FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON situation_reports FOR SELECT TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
-- Its own alone: an office neither posts nor corrects for another.
CREATE POLICY office_submits ON situation_reports FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '') AND submitted_by = nullif(current_setting('waspada.actor', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY office_corrects ON situation_reports FOR UPDATE TO waspada_regency, waspada_province, waspada_national
  USING (office_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT, INSERT, UPDATE (version, handling, nothing_to_report, situation, sections)
  ON situation_reports TO waspada_regency, waspada_province, waspada_national;

ALTER TABLE situation_report_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE situation_report_revisions FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON situation_report_revisions FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON situation_report_revisions FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON situation_report_revisions FOR SELECT TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY own_changes ON situation_report_revisions FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT, INSERT ON situation_report_revisions TO waspada_regency, waspada_province, waspada_national;

ALTER TABLE situation_report_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE situation_report_sources FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON situation_report_sources FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), '')
    AND office_regency_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, situation_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_reads ON situation_report_sources FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), '')
    AND office_province_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, situation_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_reads ON situation_report_sources FOR SELECT TO waspada_national
  USING (greatest(handling, situation_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY regency_names ON situation_report_sources FOR INSERT TO waspada_regency
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND regency_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, situation_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY province_names ON situation_report_sources FOR INSERT TO waspada_province
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND province_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, situation_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY national_names ON situation_report_sources FOR INSERT TO waspada_national
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, situation_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY office_takes_back ON situation_report_sources FOR DELETE TO waspada_regency, waspada_province, waspada_national
  USING (office_code = nullif(current_setting('waspada.region', true), '')
    AND greatest(handling, situation_handling) <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT, INSERT, DELETE ON situation_report_sources TO waspada_regency, waspada_province, waspada_national;

ALTER TABLE situation_report_receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE situation_report_receipts FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON situation_report_receipts FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), ''));
CREATE POLICY province_reads ON situation_report_receipts FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), ''));
CREATE POLICY national_reads ON situation_report_receipts FOR SELECT TO waspada_national USING (true);
CREATE POLICY worker_reads ON situation_report_receipts FOR SELECT TO waspada_worker USING (true);
CREATE POLICY office_submits ON situation_report_receipts FOR INSERT TO waspada_regency, waspada_province, waspada_national
  WITH CHECK (office_code = nullif(current_setting('waspada.region', true), ''));
GRANT SELECT, INSERT ON situation_report_receipts TO waspada_regency, waspada_province, waspada_national;
GRANT SELECT ON situation_report_receipts TO waspada_worker;

ALTER TABLE reporting_obligations ENABLE ROW LEVEL SECURITY;
ALTER TABLE reporting_obligations FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON reporting_obligations FOR SELECT TO waspada_regency
  USING (office_code IS NULL OR office_code = nullif(current_setting('waspada.region', true), ''));
CREATE POLICY province_reads ON reporting_obligations FOR SELECT TO waspada_province
  USING (office_code IS NULL OR left(office_code, 2) = nullif(current_setting('waspada.region', true), ''));
CREATE POLICY national_reads ON reporting_obligations FOR SELECT TO waspada_national USING (true);
CREATE POLICY worker_reads ON reporting_obligations FOR SELECT TO waspada_worker USING (true);
CREATE POLICY administrator_decides ON reporting_obligations TO waspada_administrator USING (true);
GRANT SELECT ON reporting_obligations TO waspada_regency, waspada_province, waspada_national, waspada_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON reporting_obligations TO waspada_administrator;

ALTER TABLE reporting_silences ENABLE ROW LEVEL SECURITY;
ALTER TABLE reporting_silences FORCE ROW LEVEL SECURITY;
CREATE POLICY regency_reads ON reporting_silences FOR SELECT TO waspada_regency
  USING (regency_code = nullif(current_setting('waspada.region', true), ''));
CREATE POLICY province_reads ON reporting_silences FOR SELECT TO waspada_province
  USING (province_code = nullif(current_setting('waspada.region', true), ''));
CREATE POLICY national_reads ON reporting_silences FOR SELECT TO waspada_national USING (true);
CREATE POLICY worker_announces ON reporting_silences TO waspada_worker USING (true);
GRANT SELECT ON reporting_silences TO waspada_regency, waspada_province, waspada_national;
GRANT SELECT, INSERT, UPDATE (ended_at) ON reporting_silences TO waspada_worker;

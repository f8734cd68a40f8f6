-- Totals of the whole nation by day and kind: a chart of weeks by ATHG, domain or severity otherwise reads every row of the finest totals,
-- which are hardly fewer than the reports.
CREATE TABLE report_counts_of_nation (
  local_date date NOT NULL,
  athg text NOT NULL,
  domain text NOT NULL,
  severity text NOT NULL,
  handling smallint NOT NULL,
  count integer NOT NULL,
  severity_rank smallint NOT NULL GENERATED ALWAYS AS (CASE severity WHEN 'low' THEN 1 WHEN 'moderate' THEN 2 WHEN 'high' THEN 3 ELSE 4 END) STORED,
  UNIQUE (local_date, athg, domain, severity, handling)
) WITH (fillfactor = 80);

ALTER TABLE report_counts_of_nation ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_counts_of_nation FORCE ROW LEVEL SECURITY;
CREATE POLICY counter_counts ON report_counts_of_nation TO waspada_counter USING (true);
CREATE POLICY worker_reads ON report_counts_of_nation FOR SELECT TO waspada_worker USING (true);
CREATE POLICY national_reads ON report_counts_of_nation FOR SELECT TO waspada_national
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT, INSERT, UPDATE (count) ON report_counts_of_nation TO waspada_counter;
GRANT SELECT ON report_counts_of_nation TO waspada_worker, waspada_national;

CREATE OR REPLACE FUNCTION report_count_grains() RETURNS TABLE (name text, columns text) LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public AS $$
  VALUES
    ('report_counts_by_province', 'province_code, primary_election, primary_stage, stage_group, handling'),
    ('report_counts_by_regency', 'province_code, regency_code, primary_election, primary_stage, stage_group, handling'),
    ('report_counts_by_day', 'province_code, local_date, primary_election, primary_stage, stage_group, handling'),
    ('report_counts_by_kind', 'province_code, athg, domain, incident_type, severity, phase, status, handling'),
    ('report_counts_of_nation', 'local_date, athg, domain, severity, handling'),
    ('report_counts', 'province_code, regency_code, region_code, local_date, primary_election, primary_stage, stage_group, athg, domain,
      incident_type, severity, phase, status, handling')
$$;

GRANT waspada_counter TO CURRENT_USER;
SET LOCAL ROLE waspada_counter;
INSERT INTO report_counts_of_nation (local_date, athg, domain, severity, handling, count)
  SELECT local_date, athg, domain, severity, handling, sum(count) FROM report_counts GROUP BY 1, 2, 3, 4, 5;
RESET ROLE;
REVOKE waspada_counter FROM CURRENT_USER;

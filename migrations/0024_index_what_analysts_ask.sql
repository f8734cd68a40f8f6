-- What a list of the nation or of a province would otherwise look for in millions of reports, each in the order of the list. A
-- regency has some ten thousand: their own order serves.
CREATE INDEX reports_stage_occurred ON reports (primary_stage, occurred_at, id);
CREATE INDEX reports_province_stage_occurred ON reports (province_code, primary_stage, occurred_at, id);
CREATE INDEX reports_election_occurred ON reports (primary_election, occurred_at, id, primary_stage) WHERE primary_election IS NOT NULL;
CREATE INDEX reports_severity_occurred ON reports (severity_rank, occurred_at, id);
CREATE INDEX reports_province_severity_occurred ON reports (province_code, severity_rank, occurred_at, id);
CREATE INDEX reports_type_occurred ON reports (incident_type, occurred_at, id);
CREATE INDEX reports_position ON reports (longitude, latitude) WHERE longitude IS NOT NULL;

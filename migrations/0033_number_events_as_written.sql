-- The order in which events were written: whoever changes a subject waits for whoever changed it before, and writes the event after that.
-- The moment of an event is that of the clock of a process, and clocks differ. Null: written before there was this order.
CREATE SEQUENCE events_written AS bigint;
ALTER TABLE events ADD COLUMN written bigint;
ALTER TABLE events ALTER COLUMN written SET DEFAULT nextval('events_written');
GRANT USAGE ON SEQUENCE events_written
  TO waspada_regency, waspada_province, waspada_national, waspada_administrator, waspada_worker, waspada_releaser;
-- Nobody who appends says what the order is, or the number.
REVOKE INSERT ON events FROM waspada_regency, waspada_province, waspada_national, waspada_administrator, waspada_worker, waspada_releaser;
GRANT INSERT (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at,
    of_report_id, agencies, agency_handling, not_agencies, not_handling)
  ON events TO waspada_regency, waspada_province, waspada_national, waspada_administrator, waspada_worker, waspada_releaser;
CREATE INDEX events_unnumbered_as_written ON events (written NULLS FIRST, occurred_at, id) WHERE sequence IS NULL;
DROP INDEX events_unnumbered_in_order;

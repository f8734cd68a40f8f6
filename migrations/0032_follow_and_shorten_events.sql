-- Where the log of events begins now: what lies before was removed when it had been kept long enough. One past the end: it is empty.
ALTER TABLE sequences ADD COLUMN first_sequence bigint NOT NULL DEFAULT 1,
  ADD CONSTRAINT sequences_begin_by_their_end CHECK (first_sequence BETWEEN 1 AND last_sequence + 1);
-- A position that a reader holds never means another place of the log.
CREATE TRIGGER positions_only_rise BEFORE UPDATE ON sequences FOR EACH ROW
  WHEN (OLD.stream = 'events' AND (NEW.last_sequence < OLD.last_sequence OR NEW.first_sequence < OLD.first_sequence))
  EXECUTE FUNCTION refuse_change();

-- Every reader is told where the log begins and ends, and nobody but the worker of the audit.
ALTER TABLE sequences ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_counts ON sequences TO waspada_worker USING (true);
CREATE POLICY readers_see_the_ends ON sequences FOR SELECT
  TO waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency USING (stream = 'events');
GRANT SELECT (stream, first_sequence, last_sequence) ON sequences
  TO waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency;

-- Events are removed from the beginning on, by the worker, and never out of the middle, not even by the owner.
CREATE FUNCTION refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.sequence < (SELECT first_sequence FROM sequences WHERE stream = 'events') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER nothing_is_deleted ON events;
CREATE TRIGGER only_the_beginning_is_deleted BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_gap();
CREATE POLICY worker_removes ON events FOR DELETE TO waspada_worker USING (sequence IS NOT NULL);
GRANT DELETE ON events TO waspada_worker;

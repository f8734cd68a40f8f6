-- Who did or read what. A row is written in the transaction of what it tells; sequence and hashes come after the commit, from the
-- one sequencer: a chain inside the transaction would let one post through at a time.
CREATE TABLE audit_entries (
  id uuid PRIMARY KEY,
  sequence bigint UNIQUE CHECK (sequence > 0),
  -- Within what every reader of the chain can compute: a row that none could would stop it.
  occurred_at timestamptz(3) NOT NULL CHECK (occurred_at >= '1000-01-01Z' AND occurred_at < '3000-01-01Z'),
  action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$' AND length(action) <= 100),
  -- The operation of the contract, or the command.
  operation text NOT NULL CHECK (length(operation) BETWEEN 1 AND 100),
  client_id text NOT NULL CHECK (length(client_id) <= 100),
  actor text NOT NULL CHECK (length(actor) <= 200),
  office_code text CHECK (length(office_code) <= 5),
  agency text CHECK (length(agency) <= 32),
  request_id text NOT NULL CHECK (length(request_id) <= 128),
  resource_type text NOT NULL CHECK (resource_type ~ '^[a-z_]+$' AND length(resource_type) <= 100),
  -- Text: what was asked for need not exist, nor be an id.
  resource_id text CHECK (length(resource_id) <= 200),
  resource_version integer,
  -- Of the resource: whoever is not cleared for it does not read of it here either. 0 where it has none.
  handling smallint NOT NULL CHECK (handling BETWEEN 0 AND 3),
  break_glass_id uuid,
  -- Names and numbers of what changed, never the content: what is erased elsewhere must not live on here.
  details json CHECK (octet_length(details::text) <= 65536),
  previous_hash bytea CHECK (length(previous_hash) = 32),
  hash bytea CHECK (length(hash) = 32),
  CHECK ((sequence IS NULL) = (hash IS NULL)),
  CHECK ((sequence IS NULL) = (previous_hash IS NULL))
);
CREATE INDEX audit_entries_unchained ON audit_entries (occurred_at, id) WHERE sequence IS NULL;
CREATE INDEX audit_entries_resource ON audit_entries (resource_id, sequence) WHERE sequence IS NOT NULL;
CREATE INDEX audit_entries_client ON audit_entries (client_id, sequence) WHERE sequence IS NOT NULL;

-- One row a stream that the sequencer numbers: the last number given and, for the audit, the head of the chain.
CREATE TABLE sequences (
  stream text PRIMARY KEY CHECK (stream IN ('events', 'audit_entries')),
  last_sequence bigint NOT NULL DEFAULT 0,
  last_hash bytea CHECK (length(last_hash) = 32)
);
INSERT INTO sequences (stream, last_hash) VALUES ('events', NULL), ('audit_entries', decode(repeat('00', 32), 'hex'));
GRANT SELECT, UPDATE ON sequences TO waspada_worker;

-- Not even the owner changes by accident what has been numbered.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER numbered_stays BEFORE UPDATE ON audit_entries FOR EACH ROW WHEN (OLD.sequence IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER numbered_stays BEFORE UPDATE ON events FOR EACH ROW WHEN (OLD.sequence IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_deleted BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER nothing_is_truncated BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
-- In its own name alone, and never with a number.
CREATE POLICY own_acts ON audit_entries FOR INSERT
  TO waspada_regency, waspada_province, waspada_national, waspada_agency, waspada_administrator, waspada_auditor, waspada_worker
  WITH CHECK (client_id = nullif(current_setting('waspada.client', true), '') AND actor = nullif(current_setting('waspada.actor', true), '')
    AND sequence IS NULL);
-- Whoever owns the tables is bound as well, and may tell of commands alone.
CREATE POLICY owner_acts ON audit_entries FOR INSERT TO CURRENT_USER WITH CHECK (client_id = 'system:owner' AND sequence IS NULL);
CREATE POLICY auditor_reads ON audit_entries FOR SELECT TO waspada_auditor
  USING (sequence IS NOT NULL AND handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
CREATE POLICY worker_reads ON audit_entries FOR SELECT TO waspada_worker USING (true);
CREATE POLICY worker_chains ON audit_entries FOR UPDATE TO waspada_worker USING (sequence IS NULL) WITH CHECK (sequence IS NOT NULL);
GRANT INSERT ON audit_entries
  TO waspada_regency, waspada_province, waspada_national, waspada_agency, waspada_administrator, waspada_auditor, waspada_worker;
GRANT SELECT ON audit_entries TO waspada_auditor, waspada_worker;
GRANT UPDATE (sequence, previous_hash, hash) ON audit_entries TO waspada_worker;

-- Whether what an audit row says was not found exists after all, as far as the reader of the audit is cleared to know.
CREATE POLICY auditor_knows ON reports FOR SELECT TO waspada_auditor
  USING (handling <= nullif(current_setting('waspada.clearance', true), '')::smallint);
GRANT SELECT (id, office_code, region_code, handling) ON reports TO waspada_auditor;

CREATE POLICY worker_reads ON events FOR SELECT TO waspada_worker USING (true);
CREATE POLICY worker_numbers ON events FOR UPDATE TO waspada_worker USING (sequence IS NULL) WITH CHECK (sequence IS NOT NULL);
CREATE POLICY worker_appends ON events FOR INSERT TO waspada_worker WITH CHECK (sequence IS NULL);
GRANT SELECT, INSERT ON events TO waspada_worker;
GRANT UPDATE (sequence) ON events TO waspada_worker;

-- The running number of an office and year. The row is locked until the post commits, so that a refused post leaves no gap.
CREATE TABLE report_registers (
  office_code text NOT NULL REFERENCES offices (code),
  register_year smallint NOT NULL,
  last_number integer NOT NULL CHECK (last_number > 0),
  PRIMARY KEY (office_code, register_year)
);

-- What makes a post safe to send again: `clientReference` is such a key that never expires, a header key lasts 30 days.
CREATE TABLE idempotency_keys (
  office_code text NOT NULL REFERENCES offices (code),
  operation text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
  resource_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  PRIMARY KEY (office_code, operation, key)
);

ALTER TABLE report_registers ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_registers FORCE ROW LEVEL SECURITY;
CREATE POLICY own_register ON report_registers TO waspada_regency, waspada_province, waspada_national
  USING (office_code = nullif(current_setting('waspada.region', true), ''));

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own_keys ON idempotency_keys TO waspada_regency, waspada_province, waspada_national
  USING (office_code = nullif(current_setting('waspada.region', true), ''));

GRANT SELECT, INSERT, UPDATE ON report_registers TO waspada_regency, waspada_province, waspada_national;
GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO waspada_regency, waspada_province, waspada_national;

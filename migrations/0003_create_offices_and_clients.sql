-- 1 + 38 + 514 offices, each named by the code of its region ('00' is the nation).
CREATE TABLE offices (
  code text PRIMARY KEY REFERENCES regions (code),
  level text NOT NULL CHECK (level IN ('regency', 'province', 'national')),
  name text NOT NULL,
  CHECK (length(code) <= 5),
  CHECK (level = CASE WHEN code = '00' THEN 'national' WHEN length(code) = 2 THEN 'province' ELSE 'regency' END)
);

-- The authority on every caller. Claims of a token are an upper bound: scopes, clearance and place must hold here too.
CREATE TABLE clients (
  client_id text PRIMARY KEY CHECK (client_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  office_code text REFERENCES offices (code),
  agency text CHECK (agency ~ '^[a-z][a-z0-9-]{1,31}$'),
  tier text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN agency IS NOT NULL THEN 'agency' WHEN office_code = '00' THEN 'national' WHEN length(office_code) = 2 THEN 'province' ELSE 'regency' END
  ) STORED,
  scopes text[] NOT NULL,
  clearance smallint NOT NULL CHECK (clearance BETWEEN 0 AND 3),
  -- True for a client that `waspada token` registered: that command may widen it again. Others change by administration only.
  issued_by_command boolean NOT NULL DEFAULT false,
  disabled_at timestamptz(3),
  created_at timestamptz(3) NOT NULL,
  CHECK (num_nonnulls(office_code, agency) = 1)
);

GRANT SELECT ON offices TO waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency;
GRANT SELECT (client_id, office_code, agency, tier, scopes, clearance, disabled_at) ON clients TO waspada_service;

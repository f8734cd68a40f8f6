ALTER TABLE clients
  ADD COLUMN name text CHECK (length(name) BETWEEN 1 AND 200),
  ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  -- Tokens issued before this moment are refused; it moves when a client's credentials may be known to others.
  ADD COLUMN tokens_valid_from timestamptz(3),
  -- What a tier may hold at all, as the service knows it too: no row widens a client beyond its place.
  ADD CONSTRAINT clients_scopes_of_tier CHECK (scopes <@ CASE tier
    WHEN 'agency' THEN ARRAY['statistics:read', 'signals:read', 'releases:read', 'events:read', 'webhooks:manage']
    WHEN 'national' THEN ARRAY['reports:submit', 'reports:read', 'reports:verify', 'reports:release', 'statistics:read', 'signals:read',
      'signals:assess', 'events:read', 'webhooks:manage', 'access:break-glass', 'reference:manage', 'clients:manage', 'audit:read']
    ELSE ARRAY['reports:submit', 'reports:read', 'reports:verify', 'reports:release', 'statistics:read', 'signals:read',
      'signals:assess', 'events:read', 'webhooks:manage'] END);

-- What a client proves itself with at the token endpoint: the digest of a random secret, or a public key whose private half the
-- office made and kept. Several may be in force at once, so that a new one is in place before the old one ends.
CREATE TABLE client_credentials (
  id uuid PRIMARY KEY,
  client_id text NOT NULL REFERENCES clients (client_id),
  kind text NOT NULL CHECK (kind IN ('secret', 'public_key')),
  secret_sha256 bytea CHECK (length(secret_sha256) = 32),
  public_jwk jsonb CHECK (jsonb_typeof(public_jwk) = 'object' AND NOT public_jwk ?| ARRAY['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']),
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  CHECK ((kind = 'secret') = (secret_sha256 IS NOT NULL)),
  CHECK ((kind = 'public_key') = (public_jwk IS NOT NULL))
);
CREATE INDEX client_credentials_of_client ON client_credentials (client_id);

-- Access tokens refused before their end, kept until then.
CREATE TABLE revoked_tokens (
  issuer text NOT NULL,
  jti text NOT NULL,
  revoked_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (issuer, jti)
);

-- Assertions (private_key_jwt) that have been used: none is taken twice, whichever process it reaches.
CREATE TABLE used_assertions (
  client_id text NOT NULL,
  jti text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (client_id, jti)
);

GRANT SELECT (tokens_valid_from) ON clients TO waspada_service;
GRANT SELECT ON revoked_tokens TO waspada_service;
GRANT SELECT ON clients, client_credentials TO waspada_issuer;
GRANT SELECT, INSERT ON used_assertions TO waspada_issuer;
GRANT SELECT, INSERT, UPDATE ON clients, client_credentials TO waspada_administrator;
GRANT DELETE ON client_credentials TO waspada_administrator;
GRANT SELECT, INSERT ON revoked_tokens TO waspada_administrator;
GRANT SELECT, DELETE ON revoked_tokens, used_assertions, idempotency_keys TO waspada_worker;
CREATE POLICY worker_removes_expired ON idempotency_keys TO waspada_worker USING (expires_at IS NOT NULL);

-- Roles for what no tier of callers may do, each with the grants of its work and no other: the token endpoint, the administration of
-- clients, the reading of the audit, and the work in the background with its queue of jobs. The service's login may become the first
-- three for one transaction; the last two belong to a login of their own.
DO $$
DECLARE
  work text;
BEGIN
  FOREACH work IN ARRAY ARRAY['waspada_issuer', 'waspada_administrator', 'waspada_auditor', 'waspada_worker', 'waspada_queue'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', work);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END
$$;

-- A function is for whom it is granted to, and not for everybody as PostgreSQL would have it: one that runs as its owner would be a
-- way round row-level security.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

GRANT USAGE ON SCHEMA public TO waspada_issuer, waspada_administrator, waspada_auditor, waspada_worker;
GRANT USAGE ON SCHEMA drizzle TO waspada_worker;
GRANT SELECT ON drizzle.__drizzle_migrations TO waspada_worker;
GRANT SELECT ON regions, offices, election_calendars, incident_types, reference_state
  TO waspada_administrator, waspada_auditor, waspada_worker;
GRANT SELECT ON regions, offices TO waspada_issuer;

-- One role per tier of caller, and `waspada_service` for what stands before a caller is known. The service's login starts each
-- session as waspada_service and becomes a tier for one transaction; it inherits nothing, so that a statement outside a scope is
-- refused. Roles belong to the whole cluster: another database may have made them already.
DO $$
DECLARE
  tier text;
BEGIN
  FOREACH tier IN ARRAY ARRAY['waspada_regency', 'waspada_province', 'waspada_national', 'waspada_agency', 'waspada_service'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', tier);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO waspada_regency, waspada_province, waspada_national, waspada_agency, waspada_service;

-- The service refuses to serve on a schema that is not the one it was built for.
GRANT USAGE ON SCHEMA drizzle TO waspada_service;
GRANT SELECT ON drizzle.__drizzle_migrations TO waspada_service;

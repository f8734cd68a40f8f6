/** The roles that the login is or may become. Of a superuser, who may become anybody, itself alone. */
const reachable = `reachable AS MATERIALIZED (
  SELECT r.* FROM pg_roles r, (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) login
  WHERE r.rolname = session_user OR (NOT login.rolsuper AND pg_has_role(session_user, r.oid, 'MEMBER'))
)`

const ownSchemas = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`

/** Rows of (login, role, powers): each role within reach that could do more than serve. */
export const powersOfLogin = `WITH ${reachable}, found AS (
  SELECT r.rolname, p.power FROM reachable r, LATERAL (VALUES
    (1, r.rolsuper, 'is a superuser'),
    (2, r.rolbypassrls, 'bypasses row-level security'),
    (3, r.rolcreaterole, 'may make roles'),
    (4, r.rolcreatedb, 'may make databases'),
    (5, r.rolreplication, 'may replicate every database'),
    (6, r.rolname ~ '^pg_' AND r.rolname <> 'pg_use_reserved_connections', 'is predefined by PostgreSQL with rights over data or server'),
    (7, r.rolname <> session_user AND pg_has_role(session_user, r.oid, 'USAGE'), 'is inherited even outside a scope'),
    (8, has_database_privilege(r.oid, current_database(), 'CREATE'), 'may create schemas')
  ) p (rank, held, power) WHERE p.held AND (p.rank = 1 OR NOT r.rolsuper)
  UNION ALL
  SELECT r.rolname, 'may create in schema ' || n.nspname FROM reachable r, pg_namespace n
  WHERE ${ownSchemas} AND NOT r.rolsuper AND has_schema_privilege(r.oid, n.oid, 'CREATE')
  UNION ALL
  SELECT r.rolname, 'owns ' || (array_agg(pg_describe_object(d.classid, d.objid, d.objsubid) ORDER BY d.objid))[1]
    || CASE WHEN count(*) > 1 THEN ' and ' || count(*) - 1 || ' more' ELSE '' END
  FROM reachable r
  JOIN pg_database current ON current.datname = current_database()
  JOIN pg_shdepend d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'o'
    AND (d.dbid = current.oid OR (d.classid = 'pg_database'::regclass AND d.objid = current.oid))
  WHERE NOT r.rolsuper GROUP BY r.rolname
)
SELECT session_user::text AS login, rolname::text AS role, array_agg(power) AS powers FROM found GROUP BY rolname ORDER BY rolname`

/**
 * Rows of (name, forced): tables with office data, by the columns that say where a row belongs and how secret it is, which the
 * login can reach and policies do not bind. $1 names tables, with their schema, that are none.
 */
export const openTables = `WITH ${reachable}, office_data AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS name,
    c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid) AS forced
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f') AND ${ownSchemas} AND EXISTS (SELECT FROM pg_attribute a
    WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('handling', 'office_code', 'regency_code', 'province_code'))
)
SELECT t.name, t.forced FROM office_data t
WHERE t.name <> ALL ($1::text[]) AND EXISTS (SELECT FROM reachable r WHERE has_table_privilege(r.oid, t.oid, 'TRUNCATE')
  OR (NOT t.forced AND (has_table_privilege(r.oid, t.oid, 'DELETE') OR has_any_column_privilege(r.oid, t.oid, 'SELECT, INSERT, UPDATE'))))
ORDER BY t.name`

/**
 * Rows of (kind, name, owner): views, materialized views and functions within reach that run with the rights of an owner whom
 * policies do not bind. Those of extensions and trigger functions hand out no rows of ours.
 */
export const bypassingObjects = `WITH ${reachable}, objects AS (
  SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END AS kind, c.oid::regclass::text AS name,
    c.relowner AS owner, c.relnamespace AS schema, c.oid AS relation, NULL::oid AS function
  FROM pg_class c WHERE c.relkind = 'm' OR (c.relkind = 'v' AND NOT coalesce(
    (SELECT option_value::boolean FROM pg_options_to_table(c.reloptions) WHERE option_name = 'security_invoker'), false))
  UNION ALL
  SELECT 'function', p.oid::regprocedure::text, p.proowner, p.pronamespace, NULL, p.oid
  FROM pg_proc p WHERE p.prosecdef AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
)
SELECT o.kind, o.name, owner.rolname::text AS owner
FROM objects o JOIN pg_roles owner ON owner.oid = o.owner JOIN pg_namespace n ON n.oid = o.schema
WHERE (owner.rolsuper OR owner.rolbypassrls) AND ${ownSchemas}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = coalesce(o.relation, o.function) AND d.deptype = 'e')
  AND EXISTS (SELECT FROM reachable r WHERE has_schema_privilege(r.oid, n.oid, 'USAGE') AND CASE WHEN o.relation IS NULL
    THEN has_function_privilege(r.oid, o.function, 'EXECUTE')
    ELSE has_table_privilege(r.oid, o.relation, 'DELETE') OR has_any_column_privilege(r.oid, o.relation, 'SELECT, INSERT, UPDATE') END)
ORDER BY o.kind, o.name`

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { z } from 'zod'
import { majors } from './server-advisories.ts'

const folder = fileURLToPath(new URL('../../migrations', import.meta.url))
/** Any number of Waspada's own: two processes that migrate one database wait for each other on it. */
const migrationLock = 7_461_737

const Journal = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })).min(1) })

/** The schema of a database is not the one this program was built for, or cannot be made so. */
export class SchemaError extends Error {}

export interface Migration {
  when: number
  tag: string
  hash: string
}

/** The migrations of this program, in order. @throws SchemaError when their times are out of order: such a one would be skipped silently. */
export function listMigrations(from = folder): Migration[] {
  const { entries } = Journal.parse(JSON.parse(readFileSync(`${from}/meta/_journal.json`, 'utf8')))
  entries.forEach((entry, index) => {
    const before = entries[index - 1]
    if (before && before.when >= entry.when)
      throw new SchemaError(`Migration ${entry.tag} is dated before ${before.tag}`)
  })
  return entries.map(({ when, tag }) => {
    const hash = createHash('sha256')
      .update(readFileSync(`${from}/${tag}.sql`, 'utf8'))
      .digest('hex')
    return { when, tag, hash }
  })
}

/**
 * Brings the schema up to date, one process at a time.
 * @param url a role that may create roles and owns the database
 * @returns tags of the migrations applied now
 * @throws SchemaError when the server is older than PostgreSQL 15 or holds migrations that this program does not know
 */
export async function migrate(url: string): Promise<string[]> {
  const known = listMigrations()
  const client = new pg.Client({ connectionString: url, application_name: 'waspada migrate' })
  await client.connect()
  try {
    await assertServerVersion(client)
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    const before = await appliedMigrations(client)
    assertHistory(known, before)
    await runMigrations(drizzle(client), { migrationsFolder: folder })
    return known.slice(before.length).map(({ tag }) => tag)
  } finally {
    await client.end()
  }
}

/**
 * @param known migrations of this program, read once by whoever asks often
 * @throws SchemaError unless every one of them, and no other, is applied
 */
export async function assertSchemaCurrent(db: Pick<pg.Pool, 'query'>, known = listMigrations()): Promise<void> {
  const applied = await appliedMigrations(db)
  assertHistory(known, applied)
  const missing = known.slice(applied.length).map(({ tag }) => tag)
  if (missing.length > 0) throw new SchemaError(`Migrations are missing: ${missing.join(', ')}. Run waspada migrate`)
}

async function appliedMigrations(db: Pick<pg.Pool, 'query'>): Promise<{ when: number; hash: string }[]> {
  const { rows } = await db.query(`SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS present`)
  if (!rows[0]?.present) return []
  const applied = await db.query('SELECT created_at, hash FROM drizzle.__drizzle_migrations ORDER BY created_at')
  return applied.rows.map((row) => ({ when: Number(row.created_at), hash: row.hash }))
}

function assertHistory(known: Migration[], applied: { when: number; hash: string }[]): void {
  applied.forEach((row, index) => {
    const migration = known[index]
    if (!migration) throw new SchemaError('The database was migrated by a newer Waspada than this one')
    if (migration.when !== row.when || migration.hash !== row.hash) {
      throw new SchemaError(`The database was migrated with another text of ${migration.tag}`)
    }
  })
}

async function assertServerVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text`,
  )
  if (rows[0].number < majors.oldest * 10_000)
    throw new SchemaError(`PostgreSQL ${majors.oldest} or newer is needed; this server is ${rows[0].text}`)
}

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)

/** A dump of one database, and how it is restored into an empty one. */
export interface Dump {
  restore(url: string): Promise<void>
}

/** Where pg_dump and pg_restore may be: beside the server's programs, where Debian keeps those of each version, and in the PATH. */
const folders = (major: number) => [
  ...(process.env.PG_BIN_DIR ? [process.env.PG_BIN_DIR] : []),
  `/usr/lib/postgresql/${major}/bin`,
  ...(process.env.PATH ?? '').split(':'),
]

/** The folder of a pg_dump that reads a server of this version and writes what it restores: one of the same. */
export async function findDumper(major: number): Promise<string | undefined> {
  for (const folder of folders(major)) {
    const said = await run(join(folder, 'pg_dump'), ['--version']).catch(() => undefined)
    if (Number(/(\d+)/.exec(said?.stdout ?? '')?.[1]) === major) return folder
  }
  return undefined
}

export async function dumpByProgram(folder: string, url: string, file: string): Promise<Dump> {
  await run(join(folder, 'pg_dump'), ['-Fc', '-f', file, '-d', url])
  const restore = async (into: string) => {
    await run(join(folder, 'pg_restore'), ['--exit-on-error', '-d', into, file])
  }
  return { restore }
}

const listTables = `SELECT c.oid::regclass::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.oid ORDER BY 1`

/**
 * As pg_dump does with the data, where there is none: every row of every table as of one moment, while others go on.
 * It is restored into a migrated database, without triggers and without looking at references.
 */
export async function dumpByHand(url: string): Promise<Dump> {
  const tables = await connected(url, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { rows } = await client.query<{ name: string; columns: string }>(listTables)
    const dumped = []
    for (const { name, columns } of rows) {
      const { rows: all } = await client.query(
        `SELECT coalesce(json_agg(r), '[]')::text AS text FROM (SELECT ${columns} FROM ${name}) r`,
      )
      dumped.push({ name, columns, rows: all[0].text as string })
    }
    return dumped
  })
  const restore = (into: string) =>
    connected(into, async (client) => {
      await client.query(
        `SET session_replication_role = replica; TRUNCATE ${tables.map(({ name }) => name).join(', ')}`,
      )
      for (const { name, columns, rows } of tables)
        await client.query(
          `INSERT INTO ${name} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM json_populate_recordset(NULL::${name}, $1::json)`,
          [rows],
        )
    })
  return { restore }
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

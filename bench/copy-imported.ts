import pg from 'pg'
import { administer } from './database.ts'

/** What an import writes, in the order of its foreign keys; which rows of a sheet, by its name. */
const tables: readonly { table: string; without: readonly string[]; where: string }[] = [
  { table: 'idempotency_keys', without: [], where: `key LIKE $sheet` },
  { table: 'reports', without: [], where: 'client_reference LIKE $sheet' },
  {
    table: 'audit_entries',
    without: ['sequence', 'previous_hash', 'hash'],
    where: `resource_id IN (SELECT id::text FROM reports WHERE client_reference LIKE $sheet)`,
  },
  {
    table: 'events',
    without: ['sequence'],
    where: 'subject_id IN (SELECT id FROM reports WHERE client_reference LIKE $sheet)',
  },
]

/**
 * Copies the rows that the import of a sheet made into another database, by COPY from files of the server itself, in one
 * transaction; the register goes along.
 * @returns seconds, of the writing alone
 */
export async function copyImported(
  fromUrl: string,
  toUrl: string,
  sheet: { name: string; rows: number },
): Promise<number> {
  const [row] = await administer(fromUrl, `SELECT current_setting('data_directory') AS folder`)
  const fileOf = (table: string) => `'${row?.folder}/waspada_bench_${table}'`
  const copies: string[] = []
  for (const { table, without, where } of tables) {
    const columns = await columnsOf(fromUrl, table, without)
    const rows = where.replace('$sheet', `'${sheet.name}/%'`)
    await administer(fromUrl, `COPY (SELECT ${columns} FROM ${table} WHERE ${rows}) TO ${fileOf(table)}`)
    copies.push(`COPY ${table} (${columns}) FROM ${fileOf(table)}`)
  }
  const client = new pg.Client({ connectionString: toUrl })
  await client.connect()
  try {
    await client.query('CHECKPOINT')
    const began = performance.now()
    await client.query('BEGIN')
    for (const copy of copies) {
      const { rowCount } = await client.query(copy)
      if (rowCount !== sheet.rows) throw new Error(`${copy} wrote ${rowCount} rows in place of ${sheet.rows}`)
    }
    await client.query(
      `INSERT INTO report_registers SELECT office_code, register_year, max(register_number) FROM reports WHERE client_reference LIKE $1
      GROUP BY 1, 2 ON CONFLICT (office_code, register_year) DO UPDATE SET last_number = excluded.last_number`,
      [`${sheet.name}/%`],
    )
    await client.query('COMMIT')
    return (performance.now() - began) / 1000
  } finally {
    await client.end()
  }
}

async function columnsOf(url: string, table: string, without: readonly string[]): Promise<string> {
  const found = await administer(
    url,
    `SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) AS names FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' AND column_name <> ALL ($2)`,
    [table, without],
  )
  return String(found[0]?.names)
}

import pg from 'pg'

/** As many statements at once as connections; what waits begins when one is free. */
export async function inTurns(connections: readonly pg.Client[], statements: readonly string[]): Promise<void> {
  const waiting = [...statements]
  const work = async (client: pg.Client) => {
    for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) await client.query(text)
  }
  await Promise.all(connections.map(work))
}

/** Connections of the administrator for rows in bulk: nothing that watches single rows runs. */
export async function bulkConnections(adminUrl: string, count: number): Promise<pg.Client[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = new pg.Client({ connectionString: adminUrl, application_name: 'waspada bench fill' })
      await client.connect()
      await client.query(`SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '256MB';
        SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 0; SET enable_mergejoin = off; SET jit = off`)
      return client
    }),
  )
}

/** Takes away the indexes that no constraint stands on while `work` fills the tables, and makes them again. @returns seconds of the making */
export async function withoutIndexes(
  connections: readonly pg.Client[],
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<number> {
  const [client] = connections
  if (!client) throw new Error('There is no connection')
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
    WHERE i.indrelid = ANY ($1::text[]::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    ORDER BY pg_get_indexdef(i.indexrelid) ILIKE '% USING gin %' DESC, name`,
    [tables],
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
  await work()
  const began = performance.now()
  await inTurns(
    connections,
    rows.map(({ definition }) => definition),
  )
  return (performance.now() - began) / 1000
}

/** The columns of a table that are written and not computed, whatever the schema is by now. */
export async function writableColumns(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
    ORDER BY attnum`,
    [table],
  )
  return rows.map(({ name }) => name)
}

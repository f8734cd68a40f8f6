import type pg from 'pg'

/** Counts anew what triggers would have counted, where the schema keeps counts. */
export async function rebuildCounts(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ known: boolean }>(
    `SELECT to_regprocedure('rebuild_report_counts()') IS NOT NULL AS known`,
  )
  if (rows[0]?.known) await client.query('SELECT rebuild_report_counts()')
}

import type { TestDatabase } from './database.ts'

/** Raises a report to the highest handling past the service, and holds the change until `commit`. */
export async function holdRaise({ admin }: Pick<TestDatabase, 'admin'>, id: string) {
  const client = await admin.connect()
  await client.query('BEGIN')
  await client.query('UPDATE reports SET handling = 3, version = version + 1 WHERE id = $1', [id])
  await client.query(
    `INSERT INTO report_revisions (report_id, version, region_code, handling, action, changed_at, client_id, actor, status, level, changed)
    SELECT id, version, region_code, handling, 'handling_changed', now(), 'c', 'a', status, level, '{handling}' FROM reports WHERE id = $1`,
    [id],
  )
  return {
    /** Resolves when so many others of this database wait for the change. */
    async untilWaiting(others: number): Promise<void> {
      const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      for (;;) {
        const { rows } = await admin.query<{ n: number }>(waiting)
        if ((rows[0]?.n ?? 0) >= others) return
      }
    },
    async commit(): Promise<void> {
      await client.query('COMMIT')
      client.release()
    },
  }
}

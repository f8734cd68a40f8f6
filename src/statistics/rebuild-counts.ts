import { sql } from 'drizzle-orm'
import { type Actor, appendAudit } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { WorkDoor } from '../database/work-door.ts'

const rebuild = statement('rebuild_report_counts', sql`SELECT rebuild_report_counts()::int AS "putRight"`)

/** Makes totals and history what the reports say, while posts go on, and tells it to the audit. @returns numbers put right */
export async function rebuildCounts(db: WorkDoor, { actor, now }: { actor: string; now: Date }): Promise<number> {
  const by = { client: 'system:doctor', actor } as const
  return db.workAs('worker', by, async (tx) => {
    const [row] = await tx.run<{ putRight: number }>(rebuild, {})
    const putRight = row?.putRight ?? 0
    const teller: Actor = {
      clientId: by.client,
      subject: actor,
      office: null,
      agency: null,
      breakGlassId: null,
      trace: { requestId: 'waspada-doctor', operation: 'waspada doctor --rebuild-counts' },
      now,
    }
    const resource = { type: 'report_counts', id: null }
    await Promise.all([
      appendAudit(tx, teller, { action: 'report_counts.rebuilt', resource, details: { putRight } }),
      tx.commit(),
    ])
    return putRight
  })
}

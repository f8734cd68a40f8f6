import type { Actor } from '../audit/append-audit.ts'
import type { Database } from '../database/database.ts'
import { describedActors, eraseActors } from './erase-actors.ts'
import { claimActorsDue } from './queries.ts'

/** Reports in one transaction: short enough that nobody waits for it. */
const batch = 100

/**
 * Erases the persons of reports that have been kept as long as the rules of retention say. It goes on until nothing is due;
 * run again, or in two processes at once, it erases nothing twice.
 * @returns how many reports were touched
 */
export async function enforceRetention<Reference extends { revision: number }>(
  db: Database<Reference>,
  now: Date,
): Promise<number> {
  const by = retentionActor(now)
  for (let touched = 0; ; ) {
    const done = await db.workAs('worker', { client: by.clientId, actor: by.subject }, async (tx) => {
      const due = await claimActorsDue(tx, now, batch)
      const why = { ground: 'retention_ended', reference: null } as const
      for (const report of due) await eraseActors(tx, by, report, { ...why, positions: describedActors(report) })
      return due.length
    })
    touched += done
    if (done < batch) return touched
  }
}

function retentionActor(now: Date): Actor & { clientId: 'system:worker' } {
  const trace = { requestId: 'worker', operation: 'enforce-retention' }
  const nowhere = { office: null, agency: null, breakGlassId: null }
  return { clientId: 'system:worker', subject: 'retention', ...nowhere, trace, now }
}

import type { Actor } from '../audit/append-audit.ts'
import type { WorkDoor } from '../database/work-door.ts'
import type { Job, JobContext } from '../worker/job.ts'
import { describedActors, eraseActors } from './erase-actors.ts'
import { claimActorsDue } from './queries.ts'

/** Reports in one transaction: short enough that nobody waits for it. */
const batch = 100

/** Once a day: what has been kept long enough may go a few hours later, and never earlier. */
export const enforceRetentionDaily: Job = {
  name: 'enforce-retention',
  cron: '41 18 * * *',
  run: async (context) => {
    await enforceRetention(context)
  },
}

/**
 * Erases the persons of reports that have been kept as long as the rules of retention say. It goes on until nothing is due or
 * the process stops; run again, or in two processes at once, it erases nothing twice.
 * @returns how many reports were touched
 */
export async function enforceRetention({
  db,
  now,
  signal,
}: Pick<JobContext, 'db' | 'now' | 'signal'>): Promise<number> {
  const by = retentionActor(now)
  let touched = 0
  while (!signal.aborted) {
    const done = await eraseDue(db, by)
    touched += done
    if (done < batch) break
  }
  return touched
}

async function eraseDue(db: WorkDoor, by: Actor & { clientId: 'system:worker' }): Promise<number> {
  return db.workAs('worker', { client: by.clientId, actor: by.subject }, async (tx) => {
    const due = await claimActorsDue(tx, by.now, batch)
    const why = { ground: 'retention_ended', reference: null } as const
    for (const report of due) await eraseActors(tx, by, report, { ...why, positions: describedActors(report) })
    return due.length
  })
}

function retentionActor(now: Date): Actor & { clientId: 'system:worker' } {
  const trace = { requestId: 'worker', operation: 'enforce-retention' }
  const nowhere = { office: null, agency: null, breakGlassId: null }
  return { clientId: 'system:worker', subject: 'retention', ...nowhere, trace, now }
}

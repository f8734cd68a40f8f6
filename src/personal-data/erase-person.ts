import type { Actor } from '../audit/append-audit.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { describedActors, type Erasure, eraseActors } from './erase-actors.ts'
import { lockActors } from './queries.ts'

/**
 * Erases one person from a report, as an administrator of the installation.
 * @returns false when that person was not described any more
 * @throws DomainError report_not_found; Error for a person that the report does not have
 */
export async function erasePerson(
  db: WorkDoor,
  by: Actor & { clientId: `system:${string}` },
  { reportId, position, ...why }: { reportId: string; position: number } & Omit<Erasure, 'positions'>,
): Promise<boolean> {
  return db.workAs('administrator', { client: by.clientId, actor: by.subject }, async (tx) => {
    const report = await lockActors(tx, reportId)
    if (report.actors[position] === undefined) throw new Error(`Report ${reportId} has no person ${position}`)
    if (!describedActors(report).includes(position)) return false
    await eraseActors(tx, by, report, { ...why, positions: [position] })
    return true
  })
}

import type { Actor } from '../audit/append-audit.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { describedActors, type Erasure, eraseActors } from './erase-actors.ts'
import { historyDescribes } from './erase-history.ts'
import { lockActors } from './queries.ts'

/**
 * Erases one person from a report, as an administrator of the installation, and with them all persons of its earlier versions.
 * @param position in the report as it stands; null where only earlier versions describe the person
 * @returns false when there was nothing to erase any more
 * @throws DomainError report_not_found; Error for a person that the report does not have
 */
export async function erasePerson(
  db: WorkDoor,
  by: Actor & { clientId: `system:${string}` },
  { reportId, position, ...why }: { reportId: string; position: number | null } & Omit<Erasure, 'positions'>,
): Promise<boolean> {
  return db.workAs('administrator', { client: by.clientId, actor: by.subject }, async (tx) => {
    const report = await lockActors(tx, reportId)
    if (position !== null && report.actors?.[position] === undefined)
      throw new Error(`Report ${reportId} has no person ${position}`)
    const positions = describedActors(report).filter((each) => each === position)
    if (positions.length === 0 && !(await historyDescribes(tx, reportId))) return false
    await eraseActors(tx, by, report, { ...why, positions })
    return true
  })
}

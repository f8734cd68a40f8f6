import type { Actor } from '../audit/append-audit.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { describedActors, type Erasure, eraseActors } from './erase-actors.ts'
import { historyDescribes } from './erase-history.ts'
import { lockActors, type ReportActors } from './queries.ts'

/** A person of a report. */
export interface Person {
  version: number
  /** In the list of that version, from 0. */
  position: number
}

/**
 * Erases one person from a report, as an administrator of the installation, and with them all persons of its earlier versions.
 * @param person where they stand: in which version, and at which position; null where only earlier versions describe the person
 * @returns false when there was nothing to erase any more
 * @throws DomainError report_not_found; Error for a person that the report does not have, and for another version than stands,
 * in which somebody else may have that position
 */
export async function erasePerson(
  db: WorkDoor,
  by: Actor & { clientId: `system:${string}` },
  { reportId, person, ...why }: { reportId: string; person: Person | null } & Omit<Erasure, 'positions'>,
): Promise<boolean> {
  return db.workAs('administrator', { client: by.clientId, actor: by.subject }, async (tx) => {
    const report = await lockActors(tx, reportId)
    if (person !== null) refuseOther(report, person)
    const positions = describedActors(report).filter((each) => each === person?.position)
    if (positions.length === 0 && !(await historyDescribes(tx, reportId))) return false
    await eraseActors(tx, by, report, { ...why, positions })
    return true
  })
}

function refuseOther({ id, version, actors }: ReportActors, person: Person): void {
  if (version !== person.version)
    throw new Error(
      `Report ${id} stands at version ${version} and no longer at ${person.version}: find the person anew`,
    )
  if (actors?.[person.position] === undefined) throw new Error(`Report ${id} has no person ${person.position}`)
}

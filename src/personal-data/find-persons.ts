import { type Actor, appendAudit } from '../audit/append-audit.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { type FoundActor, findActors } from './queries.ts'

/** As many as a person reads through. */
const mostFound = 200

/**
 * Where a text stands in the description of a person, the newest reports first, 200 at most. The audit is told that persons
 * were searched for and in which reports they were found, not what was searched for.
 */
export async function findPersons(
  db: WorkDoor,
  by: Actor & { clientId: `system:${string}` },
  text: string,
): Promise<FoundActor[]> {
  return db.workAs('administrator', { client: by.clientId, actor: by.subject }, async (tx) => {
    const found = await findActors(tx, text, mostFound)
    const reports = [...new Set(found.map(({ id }) => id))]
    await appendAudit(tx, by, {
      action: 'personal_data.searched',
      resource: { type: 'personal_data', id: null, handling: 3 },
      details: { reports },
    })
    return found
  })
}

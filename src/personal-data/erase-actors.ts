import { type Actor, appendAudit } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import { appendEvent } from '../events/append-event.ts'
import { insertRevision } from '../reports/revisions.ts'
import { eraseHistory } from './erase-history.ts'
import { eraseReleased } from './erase-released.ts'
import { type ReportActor, type ReportActors, setActors } from './queries.ts'

/** Why personal data is erased (UU 27/2022, articles 8, 16 and 43). */
export const erasureGrounds = ['data_subject_request', 'retention_ended', 'unlawful_processing', 'court_order'] as const
export type ErasureGround = (typeof erasureGrounds)[number]

/** Which persons, and why. */
export interface Erasure {
  /** Positions in the list of the report as it stands, from 0; none where only earlier versions describe somebody. */
  positions: readonly number[]
  ground: ErasureGround
  /** Of the letter or case, where there is one. */
  reference: string | null
}

/**
 * Takes the descriptions of persons out of a report that is locked, and those of all persons out of its earlier versions. Roles
 * and numbers stay: how many were hurt stays known. It is a new version of the report, told to the audit and to the events without what was erased.
 */
export async function eraseActors(
  tx: Transaction,
  by: Actor,
  report: ReportActors,
  { positions, ground, reference }: Erasure,
): Promise<void> {
  const { id, handling } = report
  const version = report.version + 1
  const left = report.actors && withoutDescriptions(report.actors, positions)
  await setActors(tx, id, left)
  const { revisions, descriptions } = await eraseHistory(tx, id)
  const releases = await eraseReleased(tx, by, report, erasedOnly(report.actors, left, descriptions))
  const changed = positions.length > 0 ? ['actors'] : []
  const revision = { before: report, after: { ...report, version }, action: 'personal_data_erased' } as const
  await insertRevision(tx, by, { ...revision, changed, changes: { before: {}, after: {} }, reason: null })
  await appendAudit(tx, by, {
    action: 'report.personal_data_erased',
    resource: { type: 'report', id, version, handling },
    details: {
      actors: positions,
      revisions,
      ...(releases > 0 && { releases }),
      ground,
      ...(reference !== null && { reference }),
    },
  })
  await appendEvent(tx, {
    type: 'report.personal_data_erased',
    subject: { ...report, version },
    caller: by,
    occurredAt: by.now,
  })
}

/** Positions of the persons that are described at all. */
export function describedActors({ actors }: ReportActors): number[] {
  return (actors ?? []).flatMap(({ description }, position) => (description === null ? [] : [position]))
}

function withoutDescriptions(actors: readonly ReportActor[], positions: readonly number[]): ReportActor[] {
  return actors.map((actor, position) => (positions.includes(position) ? { ...actor, description: null } : actor))
}

/** What was said of persons, in the report or before, and stands there no more. */
function erasedOnly(
  before: readonly ReportActor[] | null,
  after: readonly ReportActor[] | null,
  earlier: readonly string[],
): string[] {
  const standing = new Set((after ?? []).map(({ description }) => description))
  const said = [...(before ?? []).flatMap(({ description }) => description ?? []), ...earlier]
  return [...new Set(said)].filter((description) => !standing.has(description))
}

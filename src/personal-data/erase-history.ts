import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Changes } from '../reports/revisions.ts'
import type { ReportActor } from './queries.ts'

const { placeholder } = sql

interface Told extends Record<string, unknown> {
  version: number
  changes: Changes
}

const list = statement(
  'list_changes_with_persons',
  sql`SELECT version, changes FROM report_revision_contents WHERE report_id = ${placeholder('id')} AND describes_persons ORDER BY version`,
)
const set = statement(
  'set_revision_changes',
  sql`UPDATE report_revision_contents SET changes = ${placeholder('changes')}::json
  WHERE report_id = ${placeholder('id')} AND version = ${placeholder('version')}`,
)

/** Whether an earlier version of a report describes persons. */
export async function historyDescribes(tx: Transaction, id: string): Promise<boolean> {
  return (await tx.run<Told>(list, { id })).length > 0
}

/**
 * Takes the descriptions of all persons out of what the revisions of a report tell: positions differ from version to version,
 * so that one person cannot be followed by them. Roles and numbers stay.
 * @returns of how many revisions, and what they said of persons
 */
export async function eraseHistory(
  tx: Transaction,
  id: string,
): Promise<{ revisions: number; descriptions: string[] }> {
  const told = await tx.run<Told>(list, { id })
  for (const { version, changes } of told) {
    const { before, after } = changes
    const erased = { before: withoutPersons(before), after: withoutPersons(after) }
    await tx.run(set, { id, version, changes: JSON.stringify(erased) })
  }
  const descriptions = told.flatMap(({ changes: { before, after } }) => [...described(before), ...described(after)])
  return { revisions: told.length, descriptions }
}

function described(members: Record<string, unknown>): string[] {
  const actors = members.actors as ReportActor[] | null | undefined
  return (actors ?? []).flatMap(({ description }) => (description === null ? [] : [description]))
}

function withoutPersons(members: Record<string, unknown>): Record<string, unknown> {
  const actors = members.actors as ReportActor[] | null | undefined
  return actors ? { ...members, actors: actors.map((actor) => ({ ...actor, description: null })) } : members
}

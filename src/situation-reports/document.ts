import { eq, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { visible } from '../access/scope.ts'
import { handlingLevels, type Tier } from '../access/vocabulary.ts'
import { type SituationMember, situationMembers } from './schemas.ts'
import { situationReports as r, sources as s } from './table.ts'

/** RFC 3339 in UTC with milliseconds. */
export const utc = (column: PgColumn | SQL) =>
  sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const day = (column: PgColumn) => sql`to_char(${column}, 'YYYY-MM-DD')`
const handlingWord = sql`(ARRAY[${sql.raw(handlingLevels.map((word) => `'${word}'`).join(', '))}])[${r.handling} + 1]`

const members: Record<Exclude<SituationMember, 'reports'>, SQL | PgColumn> = {
  id: r.id,
  office: r.officeCode,
  kind: r.kind,
  period: r.period,
  periodFrom: day(r.periodFrom),
  periodTo: day(r.periodTo),
  exercise: r.exercise,
  handling: handlingWord,
  version: r.version,
  nothingToReport: r.nothingToReport,
  situation: r.situation,
  sections: r.sections,
  receivedAt: utc(r.receivedAt),
  dueAt: utc(r.dueAt),
  timeliness: r.timeliness,
}

/** Those alone that the caller may see: others may have been raised above them since. */
const reportsSeen = (tier: Tier) => sql`(SELECT coalesce(json_agg(${s.reportId} ORDER BY ${s.reportId}), '[]') FROM ${s}
  WHERE ${visible(tier, s, eq(s.situationReportId, r.id))})`

/** A situation report as the JSON text of the wire, with the members asked for. */
export function situationDocument(tier: Tier, names: readonly SituationMember[] = situationMembers): SQL {
  const columns = names.map((name) => {
    const value = name === 'reports' ? reportsSeen(tier) : members[name]
    return sql`${value} AS ${sql.identifier(name)}`
  })
  return sql`(SELECT row_to_json(o) FROM (SELECT ${sql.join(columns, sql`, `)}) o)::text`
}

import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { handlingLevels } from '../access/vocabulary.ts'
import type { ReportMember } from './schemas.ts'
import { reports as r } from './table.ts'

/** RFC 3339 in UTC with milliseconds. */
export const utc = (column: PgColumn) => sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** `row_to_json` is faster than `json_build_object`, and writes no blanks: they would travel over 2G. */
export const object = (members: Record<string, SQL | PgColumn>) => {
  const columns = Object.entries(members).map(([name, value]) => sql`${value} AS ${sql.identifier(name)}`)
  return sql`(SELECT row_to_json(o) FROM (SELECT ${sql.join(columns, sql`, `)}) o)`
}

/** The word of a rank of handling. */
export const handlingWord = (rank: PgColumn) =>
  sql`(ARRAY[${sql.raw(handlingLevels.map((word) => `'${word}'`).join(', '))}])[${rank} + 1]`
const coordinates = sql`CASE WHEN ${r.longitude} IS NOT NULL THEN json_build_array(${r.longitude}, ${r.latitude}) END`
const position = sql`CASE WHEN ${r.positionBasis} IS NOT NULL THEN ${object({
  region: r.positionRegionCode,
  basis: r.positionBasis,
  approximate: sql`${r.positionBasis} = 'nearest'`,
  distanceMetres: r.positionDistanceMetres,
})} END`
const placeOf = object({
  code: r.regionCode,
  regency: r.regencyCode,
  province: r.provinceCode,
  basis: sql`'code'`,
  timeZone: r.timeZone,
  localDate: r.localDate,
  position,
})

/** Of the time first, then of the place. */
export const allFlags = sql`${r.flags} || ${r.placeFlags}`

/** `74.71/2024/000123` */
export const reportNumber = sql`${r.officeCode} || '/' || ${r.registerYear} || '/' || lpad(${r.registerNumber}::text, greatest(6, length(${r.registerNumber}::text)), '0')`

/** How PostgreSQL says each member of a report: the whole answer is made there and passed through as it is. */
const members: Record<ReportMember, SQL | PgColumn> = {
  id: r.id,
  number: reportNumber,
  office: r.officeCode,
  clientReference: r.clientReference,
  status: r.status,
  level: r.level,
  version: r.version,
  dueAt: utc(r.dueAt),
  verifiedAt: utc(r.verifiedAt),
  outcome: r.outcome,
  product: r.product,
  exercise: r.exercise,
  athg: r.athg,
  athgNotes: r.athgNotes,
  domain: r.domain,
  incidentType: r.incidentType,
  phase: r.phase,
  severity: r.severity,
  urgency: r.urgency,
  handling: handlingWord(r.handling),
  subject: r.subject,
  facts: r.facts,
  analysis: r.analysis,
  prediction: r.prediction,
  actionsTaken: r.actionsTaken,
  recommendation: r.recommendation,
  occurredAtPrecision: r.occurredAtPrecision,
  location: object({ regionCode: sql`coalesce(${r.postedRegionCode}, ${r.regionCode})`, place: r.place, coordinates }),
  source: object({
    kind: r.sourceKind,
    method: r.sourceMethod,
    reliability: r.sourceReliability,
    credibility: r.sourceCredibility,
  }),
  actors: r.actors,
  impact: r.impact,
  occurredAt: utc(r.occurredAt),
  occurredAtOffset: r.occurredAtOffset,
  obtainedAt: utc(r.obtainedAt),
  composedAt: utc(r.composedAt),
  receivedAt: utc(r.receivedAt),
  delaySeconds: r.delaySeconds,
  classification: object({
    region: placeOf,
    stages: r.stages,
    calendarVersion: r.calendarVersion,
    classifiedAt: utc(r.classifiedAt),
    flags: allFlags,
  }),
}

/** A report as the JSON text of the wire, with the members asked for. */
export function reportDocument(names: readonly ReportMember[]): SQL {
  return object(Object.fromEntries(names.map((name) => [name, members[name]])))
}

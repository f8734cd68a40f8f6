import { sql } from 'drizzle-orm'
import { passingStatement, statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

/** Cells that are shown of those that differ, for each table. */
const mostExamples = 20

/** Where a table says another number than the reports. */
export interface CountsDifference extends Record<string, unknown> {
  /** The table of totals, or the history. */
  table: string
  /** Cells that differ, or reports in the history. */
  cells: number
  /** By how many reports in all. */
  reports: number
  /** Some of them: their values, with what is `expected` by the reports and what was `found`. */
  examples: Record<string, unknown>[]
}

interface Grain extends Record<string, unknown> {
  name: string
  columns: string
}

const listGrains = statement('list_report_count_grains', sql`SELECT name, columns FROM report_count_grains()`)

/**
 * Compares every table of totals, and the history replayed to now, with the reports themselves: all in one statement, and so of one
 * moment. What is pending counts as added.
 */
export async function verifyCounts(tx: Transaction): Promise<CountsDifference[]> {
  const grains = await tx.run<Grain>(listGrains, {})
  const finest = grains.find(({ name }) => name === 'report_counts')
  if (!finest) throw new Error('The totals have no table of all')
  const history = { name: 'report_count_changes', columns: `report_id, ${finest.columns}`, count: 'change' }
  const compared = [...grains.map((grain) => ({ ...grain, count: 'count' })), history]
  return tx.run<CountsDifference>(
    passingStatement(sql.raw(`${standing(finest.columns)} ${compared.map(differences).join(' UNION ALL ')}`)),
    {},
  )
}

/** What the totals must say, report by report: the reports, less what is yet to be added. */
function standing(columns: string): string {
  return `WITH standing AS MATERIALIZED (
    SELECT report_id, ${columns}, 1 AS n FROM (SELECT id AS report_id, province_code, regency_code, region_code, local_date, primary_election,
      primary_stage, stages #>> '{0,group}' AS stage_group, athg, domain, incident_type, severity, phase, status, handling
      FROM reports WHERE counted) r
    UNION ALL SELECT report_id, ${columns}, -change FROM report_count_pending)`
}

function differences({ name, columns, count }: { name: string; columns: string; count: string }): string {
  return `SELECT '${name}' AS table, count(*)::int AS cells, coalesce(sum(abs(expected - found)), 0)::int AS reports,
    coalesce(json_agg(row_to_json(cell)) FILTER (WHERE place <= ${mostExamples}), '[]') AS examples
    FROM (SELECT ${columns}, sum(expected)::int AS expected, sum(found)::int AS found, row_number() OVER () AS place
      FROM (SELECT ${columns}, n AS expected, 0 AS found FROM standing UNION ALL SELECT ${columns}, 0, ${count} FROM ${name}) both_sides
      GROUP BY ${columns} HAVING sum(expected) <> sum(found)) cell`
}

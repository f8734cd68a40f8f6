import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { WorkDoor } from '../database/work-door.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Difference } from './calendar-differences.ts'

const { placeholder } = sql

/** The primary stage of a classification; null outside every stage. */
export type Primary = { election: string; stage: string } | null

/** What a calendar would change if it were put in force now. */
export interface Foreseen {
  /** Reports of any status, exercises too, that would be classified otherwise. */
  reports: number
  /** By the primary stage before and after, the most frequent first; alike where only other stages change. */
  changes: { from: Primary; to: Primary; reports: number }[]
  /** By the region that votes: a regency with its districts, a province by itself, the nation. */
  regions: { region: string; name: string; reports: number }[]
  /** The days that are concerned, whether or not there are reports of them; null: none. */
  days: { from: string; to: string } | null
  /** Runs that are not finished: what they still change is not told here. */
  unfinished: number[]
}

const by = { client: 'system:worker', actor: 'reclassification' } as const
/** Stretches counted by one statement: it has some seconds. */
const most = 50

// Counted in an index alone: what a report is classified as follows from its place and day, and need not be read.
const count = statement(
  'count_reports_of_days',
  sql`SELECT each.n, CASE WHEN length(each.region) >= 5
    THEN (SELECT count(*) FROM reports r WHERE r.regency_code = each.region AND r.occurred_at >= each.first AND r.occurred_at < each.next)
    ELSE (SELECT count(*) FROM reports r WHERE r.region_code = each.region AND r.regency_code IS NULL
      AND r.occurred_at >= each.first AND r.occurred_at < each.next) END::int AS reports
  FROM (SELECT n, region, "from"::timestamp AT TIME ZONE zone AS first, ("to" + 1)::timestamp AT TIME ZONE zone AS next
    FROM json_to_recordset(${placeholder('stretches')}::json) AS given (n integer, region text, zone text, "from" date, "to" date)) each`,
)
const unfinishedRuns = statement(
  'list_unfinished_reclassifications',
  sql`SELECT id FROM reclassifications WHERE finished_at IS NULL ORDER BY id`,
)

/**
 * Counts the reports that differences between the calendar in force and another would change, and tells how. Nothing is
 * written, and no report is read but for its region and moment.
 */
export async function foreseeChanges(
  db: WorkDoor,
  differences: readonly Difference[],
  regions: RegionDirectory,
): Promise<Foreseen> {
  const stretches = differences.map(({ region, from, to }, n) => ({
    n,
    region,
    from,
    to,
    zone: regions.get(region).timeZone,
  }))
  const counted = new Map<number, number>()
  for (let start = 0; start < stretches.length; start += most) {
    const given = JSON.stringify(stretches.slice(start, start + most))
    const rows = await db.workAs('worker', by, (tx) =>
      tx.run<{ n: number; reports: number }>(count, { stretches: given }),
    )
    for (const { n, reports } of rows) counted.set(n, reports)
  }
  const runs = await db.workAs('worker', by, (tx) => tx.run<{ id: number }>(unfinishedRuns, {}))
  const found = differences.map((difference, n) => ({ difference, reports: counted.get(n) ?? 0 }))
  return { ...summed(found, regions), days: daysOf(differences), unfinished: runs.map(({ id }) => id) }
}

interface Counted {
  difference: Difference
  reports: number
}

function summed(found: readonly Counted[], regions: RegionDirectory) {
  const changes = new Map<string, Foreseen['changes'][number]>()
  const places = new Map<string, Foreseen['regions'][number]>()
  for (const { difference, reports } of found) {
    if (reports === 0) continue
    const { region, was, will } = difference
    const [from, to] = [primaryOf(was), primaryOf(will)]
    const name = regions.get(region).name
    add(changes, JSON.stringify([from, to]), { from, to, reports })
    add(places, region, { region, name, reports })
  }
  const byNumber = (a: { reports: number }, b: { reports: number }) => b.reports - a.reports
  return {
    reports: found.reduce((sum, { reports }) => sum + reports, 0),
    changes: [...changes.values()].sort(byNumber),
    regions: [...places.values()].sort((a, b) => byNumber(a, b) || (a.region < b.region ? -1 : 1)),
  }
}

function add<Of extends { reports: number }>(to: Map<string, Of>, key: string, one: Of): void {
  const known = to.get(key)
  if (known) known.reports += one.reports
  else to.set(key, one)
}

function primaryOf([first]: Difference['was']): Primary {
  return first ? { election: first.election, stage: first.stage } : null
}

function daysOf(differences: readonly Difference[]): Foreseen['days'] {
  const [first] = differences
  if (!first) return null
  return differences.reduce(
    (days, { from, to }) => ({ from: from < days.from ? from : days.from, to: to > days.to ? to : days.to }),
    { from: first.from, to: first.to },
  )
}

import { and, eq, lte, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Scope } from './caller.ts'
import type { Tier } from './vocabulary.ts'

/** The columns by which a row says where it belongs and how secret it is. */
export interface Placed {
  regencyCode: PgColumn
  provinceCode: PgColumn
  handling: PgColumn
}

/**
 * A scope as SQL: the first belt, row-level security being the second. The values come as the placeholders `region` and
 * `clearance` (see `scopeValues`), so that a statement is prepared once per tier and never reused for another.
 */
export function visible(tier: Tier, row: Placed, ...conditions: (SQL | undefined)[]): SQL {
  const cleared = lte(row.handling, sql`${sql.placeholder('clearance')}::smallint`)
  const place: Record<Tier, SQL | undefined> = {
    regency: eq(row.regencyCode, sql.placeholder('region')),
    province: eq(row.provinceCode, sql.placeholder('region')),
    national: undefined,
    agency: sql`false`,
  }
  return and(place[tier], cleared, ...conditions) ?? sql`false`
}

/**
 * Whether the calling agency is among those addressed (null: all are) and cleared for it; never null. The first belt of what agencies
 * read, `reaches_agency` of the policies being the second. Takes the placeholders `agency` and `clearance`.
 */
export function reached(agencies: PgColumn, handling: PgColumn): SQL {
  const cleared = sql`coalesce(${handling} <= ${sql.placeholder('clearance')}::smallint, false)`
  return sql`(${cleared} AND (${agencies} IS NULL OR ${sql.placeholder('agency')}::text = ANY (${agencies})))`
}

export function scopeValues(scope: Scope): { region: string; clearance: number } {
  return { region: scope.region, clearance: scope.clearance }
}

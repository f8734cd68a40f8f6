import { type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { handlingRank } from '../access/vocabulary.ts'
import type { Values } from '../database/statement.ts'

const { placeholder } = sql

/** Reads of this handling and above are told: secret. Of releases every one is: who received what must be known. */
export const toldFrom = 2

/** How a read is told; a statement differs by it, and its shape with it. */
export type Telling = 'untold' | 'told' | 'through_glass'

export function tellingOf(caller: Caller): Telling {
  if (caller.breakGlass !== null) return 'through_glass'
  return caller.scope.clearance >= toldFrom ? 'told' : 'untold'
}

/** What is read and told of; only a read of reports goes through the glass, and only agencies read releases. */
type ReadType = 'report' | 'situation_report' | 'release'

/**
 * A read of reports that tells the audit, in the same statement, which secret ones it gives (of releases which ones at all); under a
 * break-glass grant also which ones above the caller's own clearance, to the audit, to the offices concerned and as an event.
 * @param query gives `id, version, handling, office_code, region_code, province_code, regency_code` beside what `columns` names;
 * without a grant only the first three
 * @param columns of the answer
 * @param shownHandling what is shown of a row was said under, where that may be more than the row's own: a column of `query`
 * @param page its order, by the columns of `query`, and how many of the rows are shown; a row more may be read to see
 * whether there is a next page
 */
export function toldRead(
  telling: Exclude<Telling, 'untold'>,
  {
    query,
    columns,
    shownHandling = sql`handling`,
    page,
    type = 'report',
  }: { query: SQL; columns: SQL; shownHandling?: SQL; page?: { order: SQL; shown: SQL }; type?: ReadType },
): SQL {
  const ordered = page ? sql` ORDER BY ${page.order}` : sql``
  const limited = page ? sql`${ordered} LIMIT ${page.shown}` : sql``
  const glass = telling === 'through_glass' ? sql`, ${throughGlass(shownHandling)}` : sql``
  const told = tellAudit(type, shownHandling)
  return sql`WITH found AS MATERIALIZED (${query}), shown AS MATERIALIZED (SELECT * FROM found${limited}), told AS (${told})${glass}
    SELECT ${columns} FROM found${ordered}`
}

const tellAudit = (
  type: ReadType,
  shown: SQL,
) => sql`INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, office_code, agency, request_id, resource_type,
    resource_id, resource_version, handling, break_glass_id)
  SELECT gen_random_uuid(), ${placeholder('toldAt')}::timestamptz, ${sql.raw(`'${type}.read'`)}, ${placeholder('operation')}::text, current_setting('waspada.client'),
    current_setting('waspada.actor'), nullif(current_setting('waspada.region'), ''), nullif(current_setting('waspada.agency'), ''),
    ${placeholder('requestId')}::text, ${sql.raw(`'${type}'`)}, id::text, version, ${shown}, ${placeholder('breakGlassId')}::uuid
  FROM shown${type === 'release' ? sql`` : sql` WHERE ${shown} >= least(${toldFrom}::smallint, ${placeholder('ownClearance')}::smallint + 1)`}`

const throughGlass = (shown: SQL) => sql`concerned AS (
    INSERT INTO break_glass_reads (grant_id, client_id, actor, report_id, region_code, handling, first_read_at)
    SELECT ${placeholder('breakGlassId')}::uuid, current_setting('waspada.client'), current_setting('waspada.actor'), id, region_code, handling,
      ${placeholder('toldAt')}::timestamptz
    FROM shown WHERE ${shown} > ${placeholder('ownClearance')}::smallint ORDER BY id
    ON CONFLICT DO NOTHING RETURNING report_id),
  announced AS (
    INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at)
    SELECT gen_random_uuid(), 'report.read_through_glass', id, version, office_code, province_code, regency_code, handling,
      current_setting('waspada.client'), current_setting('waspada.actor'), ${placeholder('toldAt')}::timestamptz
    FROM shown JOIN concerned ON report_id = id)`

/** The values that a told read takes beside those of its query. */
export function tellingValues({ caller, trace, now }: Omit<Context, 'db'>, telling = tellingOf(caller)): Values {
  if (telling === 'untold') return {}
  return {
    toldAt: now,
    operation: trace.operation,
    requestId: trace.requestId,
    breakGlassId: caller.breakGlass?.id ?? null,
    ownClearance: handlingRank(caller.clearance),
  }
}

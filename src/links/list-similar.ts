import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues } from '../access/scope.ts'
import { tellingOf, tellingValues } from '../audit/told-reads.ts'
import { DomainError } from '../errors.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { findReportIn } from '../reports/queries.ts'
import type { ListSimilarQuery } from './schemas.ts'
import { type Near, type SimilarRow, similarStatement } from './similar-sql.ts'

const day = 86_400_000

/** What of a report's document is compared. */
interface Compared {
  subject: string
  facts: string
  exercise: boolean
  occurredAt: string
  classification: { region: { code: string } }
}

/**
 * Reports that may tell of the same incident: in the same regency or one next to it, near in time, alike in words. Of the
 * nearest few hundred in time the likeliest are given, only such as the caller may see; exercises beside exercises alone.
 * @throws DomainError report_not_found
 */
export async function listSimilar(
  context: Context,
  id: string,
  { days, limit }: ListSimilarQuery,
): Promise<SimilarRow[]> {
  const caller = callerFor(context.caller, 'reports:read')
  const by = { ...context, caller }
  const { scope } = caller
  return context.db.transaction(caller, async (tx, reference) => {
    const found = await findReportIn(tx, by, scope, id)
    if (!found) throw new DomainError('report_not_found', { id })
    const { subject, facts, exercise, occurredAt, classification }: Compared = JSON.parse(found.document)
    const { near, places, region } = surroundings(classification.region.code, reference.regions)
    const at = new Date(occurredAt)
    const rows = await tx.run<SimilarRow>(similarStatement(scope.tier, tellingOf(caller), near), {
      ...scopeValues(scope),
      ...tellingValues(by),
      ...{ id: found.id, subject, facts, exercise, at, places, sameAs: region, shown: limit },
      from: new Date(at.getTime() - days * day),
      to: new Date(at.getTime() + days * day),
    })
    return rows.slice(0, limit)
  })
}

/** Where to look: the regency and its neighbours; for what lies above regencies the whole province, or the nation itself. */
function surroundings(code: string, regions: RegionDirectory): { near: Near; places: string[]; region: string } {
  const { regency, province } = regions.get(code)
  if (regency !== null) return { near: 'regency', places: [regency, ...regions.neighboursOf(regency)], region: regency }
  if (province !== null) return { near: 'province', places: [province], region: province }
  return { near: 'nation', places: [code], region: code }
}

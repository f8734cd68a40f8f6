import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError, type Fault } from '../errors.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { nationCode, type RegionLevel } from '../regions/region.ts'
import { countCells } from './count-cells.ts'
import type { CountedLevel, Dimension } from './dimensions.ts'
import { filtersFor } from './filters-for.ts'
import { hideSmall, type ShownCell, type StatisticsSettings } from './hide-small.ts'
import type { CountReportsQuery, ReportCounts } from './schemas.ts'
import { withZeros } from './zero-cells.ts'

const mostCells = 50_000

const below: Record<RegionLevel, CountedLevel> = {
  nation: 'province',
  province: 'regency',
  regency: 'district',
  district: 'district',
}

/**
 * How many reports there are by region, stage, kind ...; exercises, duplicates, rejected and withdrawn ones out. Of an agency, how many
 * releases, small numbers hidden.
 * @throws DomainError parameter_invalid for a filter on what does not exist, a dimension named twice, or too many cells
 */
export async function countReports(
  context: Context & { settings: StatisticsSettings },
  query: CountReportsQuery,
): Promise<ReportCounts> {
  const { db, now, settings } = context
  const { groupBy, regionLevel, zeros, ...filters } = query
  const caller = callerFor(context.caller, 'statistics:read')
  const basis = query.anyStage ? 'any_stage' : 'primary_stage'
  refuseTwice(groupBy)
  const { cells, total, level, reference } = await db.transaction(caller, async (tx, reference) => {
    const level = regionLevel ?? levelBelow(query.region ?? caller.scope.region, reference.regions)
    const conditions = filtersFor(caller, filters, { groupBy }, { reference, now })
    const count = { groupBy, level, basis, filters: conditions } as const
    const [counted] = await Promise.all([countCells(tx, caller, count), tx.commit()])
    return { ...counted, level, reference }
  })
  const isAgency = caller.scope.tier === 'agency'
  // Releases are of the whole nation.
  const scope = isAgency ? { ...caller.scope, region: nationCode } : caller.scope
  const possible = { groupBy, level, filters, scope, reference, cells }
  const told = zeros ? withZeros(possible, mostCells) : cells
  if (!told || told.length > mostCells) throw refused({ code: 'too_many_cells', params: { maximum: mostCells } })
  const regionPlace = groupBy.indexOf('region')
  const shown = isAgency
    ? hideSmall({ cells: told, total }, settings.smallestCount, regionPlace)
    : { cells: told, total }
  return {
    groupBy,
    regionLevel: groupBy.includes('region') ? level : null,
    basis,
    total: shown.total,
    items: [...shown.cells].sort(byValues).map((cell) => cellView(groupBy, cell)),
    at: now,
  }
}

function refuseTwice(groupBy: readonly Dimension[]): void {
  if (new Set(groupBy).size < groupBy.length) throw refused({ code: 'repeated_item' })
}

function refused(fault: Omit<Fault, 'parameter'>): DomainError {
  return new DomainError('parameter_invalid', {}, [{ parameter: 'groupBy', ...fault }])
}

export function levelBelow(code: string, regions: RegionDirectory): CountedLevel {
  return below[regions.today(code)?.level ?? 'nation']
}

/** By the first dimension, then the next; what lies outside every stage last. */
function byValues({ values: a }: ShownCell, { values: b }: ShownCell): number {
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? null
    if (value === other) continue
    if (value === null) return 1
    return other === null || value < other ? -1 : 1
  }
  return 0
}

function cellView(groupBy: readonly Dimension[], { values, count }: ShownCell): ReportCounts['items'][number] {
  const cell: Record<string, string | number | null> = {}
  for (const [place, dimension] of groupBy.entries()) cell[dimension] = values[place] ?? null
  cell.count = count
  return cell as ReportCounts['items'][number]
}

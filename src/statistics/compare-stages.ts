import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'
import { baselineOfEach } from './baseline.ts'
import type { Cells } from './cells.ts'
import type { CompareStagesQuery, StageComparison } from './compare-schemas.ts'
import { type Comparison, comparisonOf } from './comparison.ts'
import { countCells } from './count-cells.ts'
import { measureOf, ratesOf, ratioOf } from './rates.ts'
import { regenciesIn } from './shown-bands.ts'
import { stageDays } from './stage-days.ts'

/**
 * How reports ran in a stage, region by region: by day of the stage and by people, and against another election or the
 * regencies of the province.
 * @throws DomainError offices_only; parameter_invalid for what does not exist or cannot be compared
 */
export async function compareStages(context: Context, query: CompareStagesQuery): Promise<StageComparison> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'statistics:read')
  if (caller.scope.tier === 'agency') throw new DomainError('offices_only')
  const counted = await db.transaction(caller, async (tx, reference) => {
    const comparison = comparisonOf(query, caller, reference, now)
    const { level, basis, filters, baseline } = comparison
    const count = { groupBy: ['region'], level, basis } as const
    const here = countCells(tx, caller, { ...count, filters })
    const there = baseline && countCells(tx, caller, { ...count, filters: baseline.filters })
    const [cells, ofBaseline] = await Promise.all([here, there, tx.commit()])
    return { comparison, cells, ofBaseline, reference }
  })
  const { comparison, reference } = counted
  const seen = comparedRegions(comparison, reference.regions).filter(({ code }) =>
    reference.regions.isWithin(code, caller.scope.region),
  )
  const items = itemsOf(seen, counted, { query, now })
  const inItems = items.reduce((all, item) => all + item.count, 0)
  const { total } = counted.cells
  return { ...headOf(comparison, reference), total, aboveLevel: total - inItems, items, at: now }
}

function comparedRegions({ region, level }: Comparison, regions: RegionDirectory): readonly Region[] {
  if (region.level === level) return [region]
  return level === 'regency' ? regenciesIn(region, regions) : regions.children(region.code)
}

interface Counted {
  comparison: Comparison
  cells: Cells
  ofBaseline: Cells | null
  reference: Reference
}

function itemsOf(
  seen: readonly Region[],
  { comparison, cells, ofBaseline, reference }: Counted,
  { query, now }: { query: CompareStagesQuery; now: Date },
): StageComparison['items'] {
  const { election, stage, basis, baseline } = comparison
  const { dateFrom, dateTo } = query
  const days = stageDays({ election, stages: [stage], basis, dateFrom, dateTo, now }, reference)
  // A moment cuts a day in two, and how much of it was asked for no calendar says.
  const wholeDays = !query.occurredFrom && !query.occurredTo
  const counts = countsByRegion(cells)
  const baselineFor =
    baseline && ofBaseline
      ? baselineOfEach(baseline, countsByRegion(ofBaseline), { basis, days, wholeDays, now, reference })
      : () => null
  return seen.map((region) => {
    const { personDays, ...measure } = measureOf(counts.get(region.code) ?? 0, days(region), region.population)
    const rates = ratesOf({ ...measure, personDays }, wholeDays)
    const against = baselineFor(region)
    return { region: region.code, ...measure, ...rates, baseline: against, ratio: ratioOf(rates, against) }
  })
}

function countsByRegion({ cells }: Cells): Map<string, number> {
  return new Map(cells.map(({ values: [code], count }) => [code ?? '', count]))
}

function headOf({ election, stage, region, level, basis, baseline }: Comparison, { calendar }: Reference) {
  return {
    election: election.code,
    stage: stage.code,
    group: stage.group,
    nameId: stage.nameId,
    nameEn: stage.nameEn,
    region: region.code,
    regionLevel: level,
    basis,
    against: baseline && {
      kind: baseline.kind,
      election: baseline.election.code,
      matchedBy: baseline.matchedBy,
      stages: baseline.stages.map(({ code }) => code),
    },
    calendarVersion: calendar.version,
  }
}

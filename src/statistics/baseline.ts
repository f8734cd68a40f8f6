import type { Reference } from '../reference/store.ts'
import type { Region } from '../regions/region.ts'
import type { StageComparison } from './compare-schemas.ts'
import type { Baseline } from './comparison.ts'
import type { StageBasis } from './dimensions.ts'
import { type Measure, measureOf, pooled, ratesOf } from './rates.ts'
import { stageDays } from './stage-days.ts'

type BaselineView = StageComparison['items'][number]['baseline']

interface Around {
  basis: StageBasis
  /** The days of the stage that is compared. */
  days: (region: Region) => number
  wholeDays: boolean
  now: Date
  reference: Reference
}

/** What a region is compared with. @param counts reports of the baseline by the code of their region */
export function baselineOfEach(
  baseline: Baseline,
  counts: ReadonlyMap<string, number>,
  around: Around,
): (region: Region) => BaselineView {
  const { reference, basis, now } = around
  const count = ({ code }: Region) => counts.get(code) ?? 0
  if (baseline.kind === 'province_mean') {
    const provinces = new Map<string, BaselineView>()
    return ({ province }) => {
      const code = province ?? ''
      const view = provinces.get(code) ?? provinceView(reference.regions.children(code), count, around)
      provinces.set(code, view)
      return view
    }
  }
  const { election, stages } = baseline
  const days = stageDays({ election, stages, basis, now }, reference)
  return (region) => viewOf(measureOf(count(region), days(region), region.population), 1, true)
}

/** The regencies that the stage concerns, taken together: one without a day of it says nothing of how it ran. */
function provinceView(
  regencies: readonly Region[],
  count: (region: Region) => number,
  { days, wholeDays }: Around,
): BaselineView {
  const concerned = regencies.filter((regency) => days(regency) > 0)
  const measures = concerned.map((regency) => measureOf(count(regency), days(regency), regency.population))
  return viewOf(pooled(measures), concerned.length, wholeDays)
}

function viewOf(measure: Measure, regions: number, wholeDays: boolean): BaselineView {
  const { count, days, population } = measure
  return { count, days, population, regions, ...ratesOf(measure, wholeDays) }
}

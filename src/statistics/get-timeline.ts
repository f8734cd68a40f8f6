import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { localDateIn } from '../classification/local-date.ts'
import { DomainError, type Fault } from '../errors.ts'
import type { Cells } from './cells.ts'
import { countCells } from './count-cells.ts'
import { levelBelow } from './count-reports.ts'
import type { Dimension } from './dimensions.ts'
import { filtersFor } from './filters-for.ts'
import type { StatisticsSettings } from './hide-small.ts'
import { countPeriods, daysNamed, periodsBetween } from './periods.ts'
import { regionAsked } from './region-asked.ts'
import { seriesOf, seriesShown } from './series.ts'
import { shownBands, zoneOf } from './shown-bands.ts'
import { type GetTimelineQuery, mostPeriods, mostPoints, type Timeline } from './timeline-schemas.ts'

/**
 * Reports (of an agency releases, small numbers hidden) over time, by the days on which they happened where they happened, gaps filled,
 * with the stages of the calendar.
 * @throws DomainError parameter_invalid for a filter on what does not exist, and for too many periods or points
 */
export async function getTimeline(
  context: Context & { settings: StatisticsSettings },
  query: GetTimelineQuery,
): Promise<Timeline> {
  const { db, now, settings } = context
  const { interval, splitBy, regionLevel, ...filters } = query
  const caller = callerFor(context.caller, 'statistics:read')
  const basis = query.anyStage ? 'any_stage' : 'primary_stage'
  if (query.dateFrom && query.dateTo) refuseTooMany(query, query.dateFrom, query.dateTo)
  const { counted, ...known } = await db.transaction(caller, async (tx, reference) => {
    const conditions = filtersFor(caller, filters, { splitBy: [splitBy] }, { reference, now })
    const region = regionAsked(query.region, caller, reference.regions)
    const level = regionLevel ?? levelBelow(region.code, reference.regions)
    const groupBy: Dimension[] = splitBy === undefined ? [interval] : [interval, splitBy]
    const sent = countCells(tx, caller, { groupBy, level, basis, filters: conditions })
    const [counted] = await Promise.all([sent, tx.commit()])
    return { counted, region, level, reference }
  })
  const { region, level, reference } = known
  const { from, to } = rangeOf(query, counted, localDateIn(region.timeZone, now))
  refuseTooMany(query, from, to)
  const periods = periodsBetween(interval, from, to)
  refuseTooManyPoints(counted, periods.length)
  const split = splitBy !== undefined
  const shown =
    caller.scope.tier === 'agency'
      ? seriesShown(counted, periods, split, settings.smallestCount, splitBy === 'region' ? 1 : -1)
      : { series: seriesOf(counted, periods, split), total: counted.total }
  return {
    region: region.code,
    timeZone: zoneOf(region, reference.regions),
    interval,
    from,
    to,
    splitBy: splitBy ?? null,
    regionLevel: splitBy === 'region' ? level : null,
    basis,
    overlapping: basis === 'any_stage' && ['election', 'stage', 'stageGroup'].includes(splitBy ?? ''),
    total: shown.total,
    periods,
    series: shown.series,
    ...shownBands(region, { startsOn: from, endsOn: to }, reference),
    at: now,
  }
}

/** Days that are not asked for are those of the first and the last period with a report, and today where there is none. */
function rangeOf({ interval, dateFrom, dateTo }: GetTimelineQuery, { cells }: Cells, today: string) {
  let first: string | undefined
  let last: string | undefined
  for (const { values } of cells) {
    const [name] = values
    if (!name) continue
    if (first === undefined || name < first) first = name
    if (last === undefined || name > last) last = name
  }
  const reported = first && last ? { from: daysNamed(interval, first)[0], to: daysNamed(interval, last)[1] } : undefined
  return {
    from: dateFrom ?? reported?.from ?? (dateTo && dateTo < today ? dateTo : today),
    to: dateTo ?? reported?.to ?? (dateFrom && dateFrom > today ? dateFrom : today),
  }
}

function refuseTooMany({ interval }: GetTimelineQuery, from: string, to: string): void {
  if (countPeriods(interval, from, to) <= mostPeriods) return
  throw refused('interval', { code: 'too_many_periods', params: { maximum: mostPeriods, from, to } })
}

function refuseTooManyPoints({ cells }: Cells, periods: number): void {
  const keys = new Set(cells.map(({ values: [, key] }) => key))
  if (keys.size * periods <= mostPoints) return
  throw refused('splitBy', { code: 'too_many_cells', params: { maximum: mostPoints } })
}

function refused(parameter: string, fault: Omit<Fault, 'parameter'>): DomainError {
  return new DomainError('parameter_invalid', {}, [{ parameter, ...fault }])
}

import type { Scope } from '../access/caller.ts'
import { handlingLevels } from '../access/vocabulary.ts'
import type { Reference } from '../reference/store.ts'
import type { Region } from '../regions/region.ts'
import * as words from '../reports/vocabulary.ts'
import type { Cell } from './cells.ts'
import { type CountedLevel, countedStatuses, type Dimension } from './dimensions.ts'
import type { CountReportsQuery } from './schemas.ts'
import { isoWeeks, mondayOf, mondayOfWeek } from './weeks.ts'

type Value = string | null
/** Some dimensions, with every combination of values that they can have together. */
interface Axis {
  dimensions: readonly Dimension[]
  rows: Value[][]
}

/** What decides which cells there could be. */
export interface Possible {
  groupBy: readonly Dimension[]
  level: CountedLevel
  filters: Omit<CountReportsQuery, 'groupBy' | 'regionLevel' | 'zeros'>
  scope: Scope
  reference: Reference
  /** Those that were counted: each is told in any case, and unless days are asked for, weeks reach from the first to the last. */
  cells: readonly Cell[]
}

/**
 * The counted cells and, with 0, all others that the query leaves possible: regions of the level, stages of the calendar and none, the
 * words of each list, weeks. Election, stage and group go together as the calendar has them.
 * @returns null where there would be more than `maximum`
 */
export function withZeros(possible: Possible, maximum: number): Cell[] | null {
  const { groupBy, cells } = possible
  const axes = axesOf(possible, maximum)
  if (axes.reduce((product, { rows }) => product * rows.length, 1) > maximum) return null
  const order = axes.flatMap(({ dimensions }) => dimensions)
  const places = groupBy.map((dimension) => order.indexOf(dimension))
  const all = new Map(cells.map((cell) => [JSON.stringify(cell.values), cell]))
  for (const row of product(axes)) {
    const values = places.map((place) => row[place] ?? null)
    const key = JSON.stringify(values)
    if (!all.has(key)) all.set(key, { values, count: 0 })
  }
  return all.size > maximum ? null : [...all.values()]
}

function product(axes: readonly Axis[]): Value[][] {
  return axes.reduce<Value[][]>((rows, axis) => rows.flatMap((row) => axis.rows.map((more) => [...row, ...more])), [[]])
}

function axesOf(possible: Possible, maximum: number): Axis[] {
  const { groupBy, filters, reference, scope } = possible
  const lists: Partial<Record<Dimension, () => readonly string[]>> = {
    region: () => regionsOf(possible),
    athg: () => filters.athg ?? words.athgKinds,
    domain: () => filters.domain ?? words.domains,
    incidentType: () => filters.incidentType ?? [...reference.incidentTypes.keys()],
    severity: () => filters.severity ?? words.severities,
    phase: () => filters.phase ?? words.phases,
    status: () => filters.status ?? countedStatuses,
    handling: () => handlingLevels.slice(0, scope.clearance + 1),
    week: () => weeksOf(possible, maximum + 1),
  }
  const listed = groupBy.flatMap((dimension) => {
    const list = lists[dimension]
    return list ? [{ dimensions: [dimension], rows: list().map((value) => [value]) }] : []
  })
  return [...listed, ...stageAxis(possible)]
}

/** Regions of the level, in what was asked for and is seen; those above whose part it is, where that is smaller than the level. */
function regionsOf({ level, filters, scope, reference: { regions } }: Possible): string[] {
  const asked = filters.region === undefined ? scope.region : (regions.today(filters.region)?.code ?? filters.region)
  const within = regions.isWithin(asked, scope.region) ? asked : scope.region
  if (!regions.isWithin(within, asked)) return []
  const isMeant = (region: Region) =>
    region.level === level && (regions.isWithin(region.code, within) || regions.isWithin(within, region.code))
  return [...regions].filter(isMeant).map(({ code }) => code)
}

/** Stages as the calendar has them, and what lies outside of all unless the query excludes it. */
function stageAxis({ groupBy, filters: { election, stage }, reference: { calendar } }: Possible): Axis[] {
  const dimensions = (['election', 'stage', 'stageGroup'] as const).filter((name) => groupBy.includes(name))
  if (dimensions.length === 0) return []
  const open = calendar.elections
    .filter(({ code }) => !election || election.includes(code))
    .flatMap(({ code, stages }) => stages.map((each) => ({ election: code, stage: each.code, stageGroup: each.group })))
    .filter((each) => !stage || stage.includes(each.stage))
  const rows: Value[][] = open.map((each) => dimensions.map((name) => each[name]))
  const hasOutside = stage ? stage.includes('none') : !election
  if (hasOutside) rows.push(dimensions.map(() => null))
  return [{ dimensions, rows: [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()] }]
}

function weeksOf({ groupBy, filters: { dateFrom, dateTo }, cells }: Possible, maximum: number): string[] {
  const place = groupBy.indexOf('week')
  const counted = cells.map(({ values }) => values[place] ?? '').sort()
  const [first, last] = [counted[0], counted.at(-1)]
  const from = dateFrom !== undefined ? mondayOf(dateFrom) : first !== undefined ? mondayOfWeek(first) : undefined
  const to = dateTo !== undefined ? mondayOf(dateTo) : last !== undefined ? mondayOfWeek(last) : undefined
  return from === undefined || to === undefined ? [] : isoWeeks(from, to, maximum)
}

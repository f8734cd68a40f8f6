import { parse } from 'csv-parse/sync'
import { hideSmall } from '../../../src/statistics/hide-small.ts'
import { count, filters, type ModelRelease } from '../../releases/model.ts'
import { levelOf } from '../../statistics/model/counts.ts'
import type { Query } from '../../statistics/model/filters.ts'
import type { Caller } from './callers.ts'
import { markerOf, searched } from './content.ts'
import { modelled } from './lists.ts'
import { seenBy } from './model.ts'
import { type Outlet, refusal, type Whole } from './ways.ts'
import type { World } from './world.ts'

/** Below it agencies are told no number. */
const smallest = 5

function reaching(caller: Caller, { releases }: World, query: Query): ModelRelease[] {
  const all = releases.flatMap((release) => modelled(release, seenBy(caller, release)))
  return all.filter((release) =>
    Object.entries(query).every(([name, value]) => filters[name]?.(release, value, query) ?? true),
  )
}

/** The cells of a table by their values, of what reaches the caller and nothing else. Whatever is small is hidden in it. */
function counted(caller: Caller, world: World, query: Query) {
  const by = (query.groupBy ?? '').split(',')
  const found = reaching(caller, world, query)
  const { total, cells } = count(found, by, levelOf(query, '00'), query.anyStage === 'true')
  const table = Object.entries(cells).map(([values, number]) => ({
    values: JSON.parse(values),
    count: number as number,
  }))
  const shown = hideSmall({ cells: table, total }, smallest)
  return {
    total: shown.total,
    cells: Object.fromEntries(shown.cells.map(({ values, count: number }) => [JSON.stringify(values), number])),
  }
}

const url = (query: Query) => `/v1/statistics/counts?${new URLSearchParams(query)}`
const sorted = (cells: [string, unknown][]) => Object.fromEntries(cells.sort(([a], [b]) => (a < b ? -1 : 1)))

const table = (query: Query): Whole => ({
  name: `counts of ${new URLSearchParams(query)}`,
  async whole(ask) {
    const answer = await ask({ url: url(query) })
    if (answer.statusCode !== 200) throw new Error(answer.payload)
    const { total, items, groupBy } = answer.json()
    const cells = items.map((item: Record<string, unknown>) => [
      JSON.stringify(groupBy.map((name: string) => item[name])),
      item.count,
    ])
    return { total, cells: sorted(cells) }
  },
  expected(caller, world) {
    const { total, cells } = counted(caller, world, query)
    return { total, cells: sorted(Object.entries(cells)) }
  },
})

const dimensions = [
  'region',
  'election',
  'stage',
  'stageGroup',
  'athg',
  'domain',
  'incidentType',
  'severity',
  'phase',
  'handling',
  'week',
]
/** What is not told of a release is not counted by, nor asked for. */
const refused: readonly string[] = [
  'groupBy=status',
  ...['status=verified', 'level=national', 'overdue=true', 'receivedFrom=2024-11-26T00:00:00Z'].map(
    (filter) => `groupBy=handling&${filter}`,
  ),
]

const notReleased: Whole = {
  name: 'counts by what releases do not tell',
  async whole(ask) {
    const answers = []
    for (const query of refused) answers.push(await ask({ url: `/v1/statistics/counts?${query}` }))
    return answers.map((answer) => `${refusal(answer)} ${answer.json().errors[0].code}`)
  },
  expected: () => refused.map(() => '400 parameter_invalid not_released'),
}

const exported = (type: string, rows: (body: string) => { count?: unknown; handling?: string }[]): Whole => ({
  name: `counts as ${type}`,
  async whole(ask) {
    const { body } = await ask({ url: url({ groupBy: 'handling' }), headers: { accept: type } })
    return sorted(
      rows(body).map(({ handling, count: number }) => [
        JSON.stringify([handling]),
        number === '' || number === null ? null : Number(number),
      ]),
    )
  },
  expected: (caller, world) => sorted(Object.entries(counted(caller, world, { groupBy: 'handling' }).cells)),
})

export const countReports: Outlet = {
  needs: 'statistics:read',
  ways: [
    ...dimensions.map((groupBy) => table({ groupBy })),
    table({ groupBy: 'region,handling', regionLevel: 'regency' }),
    table({ groupBy: 'election,stage', anyStage: 'true' }),
    table({ groupBy: 'handling', region: '74' }),
    table({ groupBy: 'handling', severity: 'critical' }),
    ...searched.map((member) => table({ groupBy: 'handling', q: markerOf(member) })),
    notReleased,
    exported('text/csv', (body) => parse(body, { columns: true })),
    exported('application/x-ndjson', (body) =>
      body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
    ),
    exported('application/geo+json', (body) =>
      JSON.parse(body).features.map(({ properties }: { properties: object }) => properties),
    ),
  ],
}

const timeline: Whole = {
  name: 'the timeline by month',
  async whole(ask) {
    const answer = await ask({ url: '/v1/statistics/timeline?interval=month&dateFrom=2024-11-01&dateTo=2024-11-30' })
    const { total, series, periods } = answer.json()
    return [total, series.map(({ counts }: { counts: unknown }) => counts), periods.length]
  },
  expected(caller, world) {
    const query = { groupBy: 'month', dateFrom: '2024-11-01', dateTo: '2024-11-30' }
    const { total, cells } = counted(caller, world, query)
    const [number = 0] = Object.values(cells)
    return [total, [[number]], 1]
  },
}
export const getTimeline: Outlet = { needs: 'statistics:read', ways: [timeline] }

const compared: Whole = {
  name: 'stages compared',
  whole: async (ask) =>
    refusal(await ask({ url: '/v1/statistics/stages?election=pilkada-2024&stage=masa_tenang&region=74' })),
  expected: () => '403 offices_only',
}
export const compareStages: Outlet = { needs: 'statistics:read', ways: [compared] }

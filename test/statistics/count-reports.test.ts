import t from 'tap'
import type { Dimension } from '../../src/statistics/dimensions.ts'
import { type Asked, totalsFor } from '../../src/statistics/totals.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { startApi } from '../support/start-api.ts'

t.test('reports are counted by region and stage, and the cells add up', async (t) => {
  const { as } = await startApi(t)
  const kendari = as('kendari')
  await kendari.post('/v1/reports', aReport())
  await kendari.post('/v1/reports', aReport({ occurredAt: '2024-12-20T08:00:00+08:00' }))
  await kendari.post('/v1/reports', aReport({ exercise: true }))

  const counted = await as('sultra').get('/v1/statistics/counts?groupBy=region,stage')

  t.equal(counted.statusCode, 200)
  t.match(counted.json(), { regionLevel: 'regency', basis: 'primary_stage', total: 2 })
  t.same(counted.json().items, [
    { region: '74.71', stage: 'masa_tenang', count: 1 },
    { region: '74.71', stage: null, count: 1 },
  ])
})

t.test('a report above the level asked for stands under its own region', async (t) => {
  const { as } = await startApi(t)
  await as('sultra').post('/v1/reports', aReportIn('74'))

  const counted = await as('nation').get('/v1/statistics/counts?groupBy=region&regionLevel=district')

  t.same(counted.json().items, [{ region: '74', count: 1 }])
})

t.test('what cannot be counted by is refused by name', async (t) => {
  const { as } = await startApi(t)

  const twice = await as('kendari').get('/v1/statistics/counts?groupBy=athg,athg')
  t.equal(twice.statusCode, 400)
  t.match(twice.json(), { errors: [{ parameter: 'groupBy', code: 'repeated_item' }] })
})

t.test('cells that nothing is in are told when asked for, and only then', async (t) => {
  const { as } = await startApi(t)
  await as('kendari').post('/v1/reports', aReport())
  const count = async (query: string, by: 'sultra' | 'kendari' | 'nation' = 'sultra') =>
    (await as(by).get(`/v1/statistics/counts?zeros=true&${query}`)).json()

  const regions = await count('groupBy=region')
  t.equal(regions.items.length, 17, 'every regency of the province')
  t.equal(regions.total, 1)
  t.same(
    regions.items.filter((cell: { count: number }) => cell.count > 0),
    [{ region: '74.71', count: 1 }],
  )
  t.same(await count('groupBy=region&region=51').then(({ items }) => items), [], 'what is outside is not there')
  t.same((await count('groupBy=region&regionLevel=province', 'kendari')).items, [{ region: '74', count: 1 }])

  const stages = await count('groupBy=stage&election=pilkada-2024')
  t.ok(stages.items.length > 5)
  t.notOk(stages.items.some(({ stage }: { stage: string | null }) => stage === null))
  t.same((await count('groupBy=stage&stage=none')).items, [{ stage: null, count: 0 }])
  t.same((await count('groupBy=handling')).items, [
    { handling: 'ordinary', count: 0 },
    { handling: 'restricted', count: 1 },
  ])
  t.same((await count('groupBy=athg,severity&athg=threat,disruption&severity=low,high')).items, [
    { athg: 'disruption', severity: 'high', count: 0 },
    { athg: 'disruption', severity: 'low', count: 0 },
    { athg: 'threat', severity: 'high', count: 0 },
    { athg: 'threat', severity: 'low', count: 0 },
  ])
  t.same((await count('groupBy=week&dateFrom=2020-12-31&dateTo=2021-01-04')).items, [
    { week: '2020-W53', count: 0 },
    { week: '2021-W01', count: 0 },
  ])
  t.same((await count('groupBy=week')).items, [{ week: '2024-W48', count: 1 }])
  t.same((await count('groupBy=week&athg=obstacle')).items, [])
  t.equal((await count('groupBy=region&regionLevel=province', 'nation')).items.length, 38)
  t.equal((await count('groupBy=status')).items.length, 4, 'only what counts')

  const many = await as('nation').get(
    '/v1/statistics/counts?zeros=true&groupBy=region,stage,incidentType&regionLevel=regency',
  )
  t.match(many.json(), { errors: [{ parameter: 'groupBy', code: 'too_many_cells' }] })
  const ages = await as('nation').get(
    '/v1/statistics/counts?zeros=true&groupBy=week&dateFrom=0001-01-01&dateTo=9999-12-31',
  )
  t.match(ages.json(), { errors: [{ parameter: 'groupBy', code: 'too_many_cells' }] })
  const rejected = await as('nation').get('/v1/statistics/counts?groupBy=status&status=rejected')
  t.match(rejected.json(), { errors: [{ parameter: 'status', code: 'not_allowed' }] })
})

t.test('numbers come from the smallest totals that say all that is asked', async (t) => {
  const from = (groupBy: Dimension[], shapes: string[] = [], more: Partial<Asked> = {}) =>
    totalsFor({
      tier: 'national',
      groupBy,
      level: 'province',
      basis: 'primary_stage',
      filters: shapes.map((shape) => ({ shape })),
      ...more,
    })
  t.equal(from(['region', 'stage']), 'report_counts_by_province')
  t.equal(from(['region', 'stage'], [], { level: 'regency' }), 'report_counts_by_regency')
  t.equal(from(['region'], ['province'], { tier: 'regency' }), 'report_counts_by_regency')
  t.equal(from(['region', 'week'], ['dateFrom', 'stages:false:true:true:false']), 'report_counts_by_day')
  t.equal(from(['athg', 'severity'], ['status', 'province']), 'report_counts_by_kind')
  t.equal(from(['week', 'athg'], ['one:severity', 'dateTo']), 'report_counts_of_nation')
  t.equal(from(['week', 'athg'], ['province']), 'report_counts')
  t.equal(from(['week', 'athg'], [], { tier: 'province' }), 'report_counts')
  t.equal(from(['athg', 'stage']), 'report_counts')
  t.equal(from(['region'], [], { level: 'district' }), 'report_counts')
  t.equal(from(['athg'], [], { tier: 'regency' }), 'report_counts')
  for (const unknown of ['overdue:true', 'occurredFrom', 'receivedTo', 'level', 'stages:true:true:false:false', 'q'])
    t.equal(from(['athg'], [unknown]), 'reports', unknown)
  t.equal(from(['stage'], [], { basis: 'any_stage' }), 'reports')
  t.equal(from(['athg'], [], { basis: 'any_stage' }), 'report_counts_by_kind', 'a report counts once all the same')
})

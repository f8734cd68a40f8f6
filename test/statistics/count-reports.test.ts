import t from 'tap'
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

import t from 'tap'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { reclassifyBatch } from '../../src/reclassification/reclassify-reports.ts'
import { loadBoundaries, removeBoundaries } from '../../src/reference/load-boundaries.ts'
import { loadSuccessions } from '../../src/reference/load-successions.ts'
import { LateReference } from '../../src/reference/store.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

type Test = Parameters<typeof startApi>[0]

/** Classifies again whatever waits for it. */
function worker(t: Test, { workerUrl }: Api): () => Promise<void> {
  const { db, pool, close } = openWorkDoor(workerUrl, { size: 2, report: () => {} })
  t.teardown(close)
  const reference = new LateReference(pool)
  return async () => {
    for (;;) if ((await reclassifyBatch({ db, reference }, testNow)).state === 'idle') return
  }
}

/** A square of one degree around a place in the sea, said to be Kota Kendari. */
const elsewhere = Buffer.from(
  JSON.stringify({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: { code: '74.71' },
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [125, -6],
              [126, -6],
              [126, -5],
              [125, -5],
              [125, -6],
            ],
          ],
        },
      },
    ],
  }),
)

t.test('boundaries locate the reports that stand already, and those taken out locate none', async (t) => {
  const api = await startApi(t)
  const kendari = api.as('kendari')
  const { id } = (await kendari.post('/v1/reports', aReport())).json()
  const plain = (await kendari.post('/v1/reports', aReport({ location: { regionCode: '74.71' } }))).json()
  const found = async () => (await kendari.get(`/v1/reports/${id}`)).json()
  t.equal((await found()).classification.region.position, null)
  const toTheEnd = worker(t, api)

  await loadBoundaries(api.adminUrl, { bytes: elsewhere, now: testNow })
  await toTheEnd()
  t.match(await found(), { version: 2, classification: { region: { position: { region: null, basis: 'none' } } } })
  t.equal((await kendari.get(`/v1/reports/${plain.id}`)).json().version, 1, 'without coordinates nothing changes')
  const { items } = (await kendari.get(`/v1/reports/${id}/revisions`)).json()
  t.match(items.at(-1) ?? items[0], { action: 'reclassified', changed: ['classification'] })

  await removeBoundaries(api.adminUrl, testNow)
  await toTheEnd()
  t.match(await found(), { version: 3, classification: { region: { position: null } } })
})

t.test(
  'the reports of a region that ended follow it, with all that hangs on them, and keep the code they were posted with',
  async (t) => {
    const api = await startApi(t)
    const { admin, as } = api
    await admin.query(`INSERT INTO regions (code, name, kind, level, parent_code, province_code, regency_code, time_zone)
    VALUES ('74.71.99', 'Uji', 'district', 'district', '74.71', '74', '74.71', 'Asia/Makassar')`)
    await admin.query('UPDATE reference_state SET revision = revision + 1')
    const posted = (await as('kendari').post('/v1/reports', aReportIn('74.71.99'))).json()
    const asked = await as('nation').post(`/v1/reports/${posted.id}/questions`, { text: 'Siapa pelakunya?' })
    t.equal(asked.statusCode, 201)
    const counted = async () => (await as('kendari').get('/v1/statistics/counts?groupBy=region')).json().items
    t.same(await counted(), [{ region: '74.71.99', count: 1 }])

    const regions = [{ former: '74.71.99', today: '74.71.01' }]
    const merger = { law: 'A law', title: 'A merger', on: '2024-01-01', source: 'A gazette', regions }
    await loadSuccessions(api.adminUrl, [merger], testNow)
    await worker(t, api)()

    const followed = (await as('kendari').get(`/v1/reports/${posted.id}`)).json()
    t.match(followed, {
      version: 2,
      location: { regionCode: '74.71.99' },
      classification: { region: { code: '74.71.01' } },
    })
    t.same(await counted(), [{ region: '74.71.01', count: 1 }])
    const questions = (await as('kendari').get(`/v1/reports/${posted.id}/questions`)).json()
    t.equal(questions.items.length, 1)
    const { rows } = await admin.query('SELECT DISTINCT region_code FROM report_questions')
    t.same(rows, [{ region_code: '74.71.01' }])
  },
)

t.test('no report can be written under a region that has ended', async (t) => {
  const { admin, as } = await startApi(t)
  const { id } = (await as('kendari').post('/v1/reports', aReport())).json()
  await admin.query(`INSERT INTO regions (code, name, kind, level, parent_code, province_code, regency_code, time_zone)
    VALUES ('74.71.99', 'Uji', 'district', 'district', '74.71', '74', '74.71', 'Asia/Makassar')`)
  await admin.query(`INSERT INTO region_successions (code, successor, ended_on, law, origin)
    VALUES ('74.71.99', '74.71.01', '2024-01-01', 'A law', 'administrator')`)

  await t.rejects(
    admin.query(
      `UPDATE reports SET version = version + 1, region_code = '74.71.99', classified_at = now() WHERE id = $1`,
      [id],
    ),
    { code: 'WSP01' },
  )
})

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
    VALUES ('74.99', 'Kabupaten Uji', 'kabupaten', 'regency', '74', '74', '74.99', 'Asia/Makassar')`)
    await admin.query(`INSERT INTO offices (code, level, name) VALUES ('74.99', 'regency', 'Kesbangpol Kabupaten Uji')`)
    await admin.query('UPDATE reference_state SET revision = revision + 1')
    const posted = (await as('sultra').post('/v1/reports', aReportIn('74.99'))).json()
    const asked = await as('nation').post(`/v1/reports/${posted.id}/questions`, { text: 'Siapa pelakunya?' })
    t.equal(asked.statusCode, 201)
    const counted = async () =>
      (await as('sultra').get('/v1/statistics/counts?groupBy=region&regionLevel=regency')).json().items
    t.same(await counted(), [{ region: '74.99', count: 1 }])

    await loadSuccessions(
      api.adminUrl,
      [
        {
          law: 'A law',
          title: 'A merger',
          on: '2024-01-01',
          source: 'A gazette',
          regions: [{ former: '74.99', today: '74.01' }],
        },
      ],
      testNow,
    )
    await worker(t, api)()

    const followed = (await as('kolaka').get(`/v1/reports/${posted.id}`)).json()
    t.match(followed, {
      version: 2,
      location: { regionCode: '74.99' },
      classification: { region: { regency: '74.01' } },
    })
    t.same(await counted(), [{ region: '74.01', count: 1 }])
    const questions = (await as('kolaka').get(`/v1/reports/${posted.id}/questions`)).json()
    t.equal(questions.items.length, 1)
    const events = await as('kolaka').get('/v1/events?types=report.reclassified')
    t.equal(events.statusCode, 200)
  },
)

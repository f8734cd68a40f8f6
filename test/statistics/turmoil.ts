import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { erasePerson } from '../../src/personal-data/erase-person.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { aReportIn } from '../support/a-report.ts'
import type { CallerName } from '../support/callers.ts'
import { type Api, testNow } from '../support/start-api.ts'

const places: [CallerName, string, string?][] = [
  ['kendari', '74.71'],
  ['kendari', '74.71.01', 'ordinary'],
  ['kendariSecret', '74.71', 'secret'],
  ['sultra', '74'],
  ['sultra', '74.01'],
  ['sultraTopSecret', '74.71', 'top_secret'],
  ['denpasar', '51.71'],
  ['nation', '00'],
  ['nation', '91.71', 'top_secret'],
]
const times = [
  '2024-11-25T22:30:00+08:00',
  '2024-11-23T10:00:00+08:00',
  '2024-10-10T08:00:00+08:00',
  '2021-05-05T08:00:00+08:00',
]
const actors = [{ role: 'victim', description: 'seorang warga', count: 1 }]

/** Does to reports what can be done to them, by chance; `die(n)` is a whole number below n. What is refused is no matter. */
export async function turmoil(api: Api, die: (sides: number) => number, closing: (close: () => Promise<void>) => void) {
  const ids: string[] = []
  const pool = createPool(api.serviceUrl, 2, () => {})
  closing(() => pool.end())
  const db = new Database(pool, await ReferenceStore.open(pool))
  const one = <T>(list: readonly T[]): T => list[die(list.length)] as T
  // Mostly one of the last, so that a report goes through much.
  const any = () => ids[die(3) === 0 ? die(ids.length) : Math.max(0, ids.length - 1 - die(6))] ?? 'none'
  const change = (verb: string, body?: unknown, by: CallerName = 'nation') =>
    api.as(by).change(`/v1/reports/${any()}/${verb}`, body, '*')
  const deeds: (() => Promise<unknown>)[] = [
    async () => {
      const [by, region, handling = 'restricted'] = one(places)
      const more = {
        handling,
        athg: one(['threat', 'disruption']),
        athgNotes: null,
        severity: one(['low', 'moderate']),
        exercise: die(8) === 0,
      }
      const posted = await api
        .as(by)
        .post('/v1/reports', aReportIn(region, { ...more, occurredAt: one(times), actors }))
      if (posted.statusCode !== 201) throw new Error(posted.payload)
      ids.push(posted.json().id)
    },
    async () => {
      const items = Array.from({ length: 5 }, () => {
        const reference = `batch-${ids.length}-${die(1_000_000_000)}`
        return aReportIn('74.71', { clientReference: reference, athgNotes: null, occurredAt: one(times) })
      })
      const answer = await api.as('kendari').post('/v1/reports/batch', items)
      for (const { id } of answer.json().items) if (id) ids.push(id)
    },
    () => api.as('nation').patch(`/v1/reports/${any()}`, { occurredAt: one(times), reason: 'Waktu diperbaiki.' }, '*'),
    () =>
      api
        .as('kendariSecret')
        .patch(`/v1/reports/${any()}`, { location: { regionCode: one(['74.71', '74.71.02']) } }, '*'),
    () =>
      api
        .as('nation')
        .patch(
          `/v1/reports/${any()}`,
          { athg: one(['threat', 'obstacle']), severity: 'high', reason: 'Dinilai ulang.' },
          '*',
        ),
    () => api.as('sultra').patch(`/v1/reports/${any()}`, { incidentType: one(['perusakan_apk', 'politik_uang']) }, '*'),
    () =>
      api
        .as('nation')
        .patch(
          `/v1/reports/${any()}`,
          { handling: one(['ordinary', 'restricted', 'secret']), reason: 'Ditinjau.' },
          '*',
        ),
    () =>
      api
        .as('kendari')
        .patch(`/v1/reports/${any()}`, { facts: 'Uraian yang diperbaiki tanpa mengubah hitungan.' }, '*'),
    () => change('verify'),
    () => change('verify', undefined, 'analyst'),
    () => change('verify', undefined, 'sultraTopSecret'),
    () => change('reject', { reason: 'Tidak terbukti.' }),
    () => change('withdraw', { reason: 'Salah kirim.' }, 'kendariSecret'),
    () => change('reopen', { reason: 'Ada bukti baru.' }),
    () => change('reopen', { reason: 'Ada bukti baru.' }, 'kendariSecret'),
    () => change('escalate', { reason: 'Perlu ditangani di atas.' }, 'kendariSecret'),
    () => change('close', { outcome: 'Selesai ditangani.' }, 'kendariSecret'),
    () => change('close', { outcome: 'Selesai ditangani.' }),
    () => change('links', { type: 'duplicate_of', target: any(), reason: 'Kejadian yang sama.' }),
    () => change('links', { type: 'duplicate_of', target: any(), reason: 'Kejadian yang sama.' }),
    async () => {
      const { rows } = await api.admin.query('SELECT id, report_id FROM report_links LIMIT 1 OFFSET $1', [die(3)])
      const [link] = rows
      if (link)
        await api
          .as('nation')
          .delete(`/v1/reports/${link.report_id}/links/${link.id}`, { headers: { 'if-match': '*' } })
    },
    async () => {
      const trace = { requestId: 'a', operation: 'personal-data erase' }
      const by = {
        clientId: 'system:console',
        subject: 'console',
        office: null,
        agency: null,
        breakGlassId: null,
        trace,
        now: testNow,
      } as const
      const why = { ground: 'data_subject_request', reference: '1/PDP/2024' } as const
      await erasePerson(db, by, { reportId: any(), person: { version: 1, position: 0 }, ...why }).catch(() => {})
    },
    () => reclassify(api, any(), one(['kampanye', 'masa_tenang', null])),
  ]
  return {
    ids,
    deed: async () => (ids.length < 5 || die(8) === 0 ? deeds[die(2)]?.() : one(deeds)()),
  }
}

/** As another calendar would: the stages of a report change, with a revision, and nothing else. */
async function reclassify({ admin }: Api, id: string, stage: string | null): Promise<void> {
  const stages =
    stage === null ? [] : [{ election: 'pilkada-2024', stage, group: stage, contests: ['governor'], primary: true }]
  const client = await admin.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query(
      `UPDATE reports SET version = version + 1, stages = $2, primary_stage = $3, primary_election = CASE WHEN $3::text IS NOT NULL THEN 'pilkada-2024' END
       WHERE id::text = $1 RETURNING version, region_code, handling, status, level`,
      [id, JSON.stringify(stages), stage],
    )
    const [row] = rows
    if (row)
      await client.query(
        `INSERT INTO report_revisions (report_id, version, region_code, handling, action, changed_at, client_id, actor, status, level, changed)
        VALUES ($1, $2, $3, $4, 'reclassified', now(), 'system:worker', 'worker', $5, $6, '{}')`,
        [id, row.version, row.region_code, row.handling, row.status, row.level],
      )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

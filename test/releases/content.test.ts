import t from 'tap'
import { regionAt } from '../../src/releases/content.ts'
import { type ReleaseField, releaseFields } from '../../src/releases/vocabulary.ts'
import { aReport } from '../support/a-report.ts'
import { type Api, startApi } from '../support/start-api.ts'
import { any, asAgency, change, registerAgencies, release, verified } from './releases.ts'

type Members = Record<string, unknown>
const fields = releaseFields.filter((field) => field !== 'attachments')
const how = (chosen: readonly ReleaseField[]) => ({
  fields: chosen,
  ...(chosen.includes('region') && { regionLevel: 'province' }),
  ...(chosen.includes('position') && { positionDecimals: 1 }),
})

t.test('each field tells exactly itself', async (t) => {
  const api = await startApi(t)
  const id = await verified(api)
  const report = (await api.as('kendari').get(`/v1/reports/${id}`)).json()
  const said: Record<string, Members> = {
    ...Object.fromEntries(fields.map((field) => [field, { [field]: report[field] }])),
    occurredAt: { occurredAt: '2024-11-25T14:30:00.000Z', occurredAtPrecision: 'hour' },
    region: { region: { code: '74', level: 'province', regency: null, province: '74' } },
    place: { place: 'Jl. Abdullah Silondae' },
    position: { position: { coordinates: [122.5, -4], decimals: 1 } },
    stages: { stages: report.classification.stages },
    assessment: { assessment: { reliability: 'B', credibility: 2 } },
  }
  for (const field of fields) {
    const { content } = await release(api, id, how([field]))
    t.same(content, { exercise: false, ...said[field] }, field)
  }
  const all = await release(api, id, how(fields))
  const together = Object.assign({}, ...Object.values(said))
  t.same(
    all.content,
    { exercise: false, ...together, localDate: '2024-11-25' },
    'the day with the moment and a place alone',
  )
  t.notMatch(JSON.stringify(all.content), /kelompok|fkdm|observation|74\.71|Bila berulang|kdi-/)
  const nation = await release(api, id, { fields: ['occurredAt', 'region'], regionLevel: 'nation' })
  t.same(nation.content.region, { code: '00', level: 'nation', regency: null, province: null })
  t.notOk('localDate' in nation.content, 'of the whole nation no zone is told')
})

t.test('a region is told no more exactly than approved, and no more exactly than it is known', (t) => {
  t.same(regionAt('74.71.01', 'district'), { code: '74.71.01', level: 'district', regency: '74.71', province: '74' })
  t.same(regionAt('74.71.01', 'regency'), { code: '74.71', level: 'regency', regency: '74.71', province: '74' })
  t.same(regionAt('74', 'regency'), { code: '74', level: 'province', regency: null, province: '74' })
  for (const level of ['nation', 'province', 'district'] as const)
    t.same(regionAt('00', level), { code: '00', level: 'nation', regency: null, province: null })
  t.end()
})

t.test('positions are rounded half away from zero, as they are written', async (t) => {
  const api = await startApi(t)
  const cases: [[number, number], number, [number, number]][] = [
    [[122.5, -3.5], 0, [123, -4]],
    [[1.005, -1.005], 2, [1.01, -1.01]],
    [[122.51349, -0.04], 1, [122.5, 0]],
    [[122.51345, -3.97505], 4, [122.5135, -3.9751]],
  ]
  for (const [coordinates, positionDecimals, expected] of cases) {
    const id = await verified(api, { location: { regionCode: '74.71', coordinates } })
    const { content } = await release(api, id, { fields: ['position'], positionDecimals })
    t.same(content.position, { coordinates: expected, decimals: positionDecimals })
  }
  const nowhere = await verified(api, { location: { regionCode: '74.71' } })
  const { content } = await release(api, nowhere, { fields: ['position', 'place'], positionDecimals: 2 })
  t.same(content, { exercise: false, position: null, place: null })
})

/** Another value for what each field tells. Those that the classification brings about change with where and when. */
const others: Record<string, Members> = {
  subject: { subject: 'Perihal yang lain sama sekali' },
  facts: { facts: 'Uraian yang lain sama sekali, panjangnya cukup.' },
  analysis: { analysis: null },
  prediction: { prediction: 'Tidak akan berulang.' },
  actionsTaken: { actionsTaken: null },
  recommendation: { recommendation: 'Tidak ada.' },
  product: { product: 'attention' },
  athg: { athg: 'threat', athgNotes: null },
  domain: { domain: 'security' },
  incidentType: { incidentType: 'unjuk_rasa' },
  phase: { phase: 'imminent' },
  severity: { severity: 'critical' },
  urgency: { urgency: 'flash' },
  assessment: { source: { kind: 'police', method: 'document', reliability: 'A', credibility: 1 } },
  impact: { impact: { deaths: 3 } },
}
const always = { actors: [{ role: 'witness', description: 'Saksi', count: 2 }], obtainedAt: null, composedAt: null }

/** The same report, otherwise in all that is not among the fields. */
function otherwise(kept: readonly ReleaseField[]): Members {
  const changes = Object.entries(others).filter(([field]) => !kept.includes(field as ReleaseField))
  const keeps = (field: ReleaseField) => kept.includes(field)
  const { place } = aReport().location as { place: string }
  const location = {
    // Another regency of the same province, another province where none is told; stages follow from the place and the day.
    regionCode: keeps('stages') ? '74.71' : keeps('region') ? '74.01' : '51.71',
    place: keeps('place') ? place : null,
    coordinates: keeps('position') ? [122.5, -4.04] : [115.2, -8.6],
  }
  const moment = keeps('occurredAt') ? '2024-11-25T22:30:00+08:00' : '2024-11-25T23:45:00+08:00'
  const exact = keeps('occurredAt') ? {} : { occurredAtPrecision: 'exact' }
  return {
    ...always,
    ...Object.assign({}, ...changes.map(([, change]) => change)),
    location,
    occurredAt: moment,
    ...exact,
  }
}

async function releasedByNation(api: Api, changes: Members, chosen: readonly ReleaseField[]) {
  const posted = await api.as('nation').post('/v1/reports', aReport(changes))
  const { id } = posted.json()
  const ok = await change(api, ['nation', 'another'], `/v1/reports/${id}/verify`, undefined, any)
  if (ok.statusCode !== 200) throw new Error(`${posted.payload} ${ok.payload}`)
  const body = { agencies: 'all', handling: 'restricted', ...how(chosen) }
  const made = await change(api, ['nation'], `/v1/reports/${id}/releases`, body)
  if (made.statusCode !== 201) throw new Error(made.payload)
  const row = await api.admin.query('SELECT to_jsonb(r) - $1::text[] AS row FROM releases r WHERE id = $2', [
    ['id', 'released_at', 'first_released_at'],
    made.json().id,
  ])
  return { content: made.json().content, row: row.rows[0].row }
}

t.test('what was not approved changes nothing of a release, whatever was approved', async (t) => {
  const api = await startApi(t)
  let seed = 20241127
  const draw = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  const subsets = [
    ...fields.map((field) => [field]),
    ...Array.from({ length: 16 }, () => fields.filter(() => draw() < 0.4)),
  ].filter((subset) => subset.length > 0)
  for (const subset of subsets) {
    const [one, other] = [
      await releasedByNation(
        api,
        { location: { ...(aReport().location as object), coordinates: [122.513, -3.975] } },
        subset,
      ),
      await releasedByNation(api, otherwise(subset), subset),
    ]
    t.same(other, one, subset.join(' '))
    if (!subset.includes('region')) t.match(one.row, { region_code: null, province_code: null, local_date: null })
    if (!subset.includes('occurredAt')) t.match(one.row, { occurred_at: null, local_date: null })
    if (!subset.includes('position')) t.match(one.row, { longitude: null, latitude: null })
    if (!subset.includes('stages')) t.match(one.row, { primary_stage: null, stages: [] })
  }
})

t.test('what an agency received, and when, stands in the audit', async (t) => {
  const api = await startApi(t)
  await registerAgencies(api)
  const made = await release(api, await verified(api), { handling: 'ordinary', agencies: ['bssn'] })
  const bssn = asAgency(api, 'bssnOrdinary')
  const answer = await bssn.get(`/v1/releases/${made.id}`)
  t.same(answer.json(), {
    id: made.id,
    version: 1,
    handling: 'ordinary',
    releasedAt: made.publishedAt,
    firstReleasedAt: made.publishedAt,
    content: made.content,
  })
  const known = await bssn.get(`/v1/releases/${made.id}`, { 'if-none-match': String(answer.headers.etag) })
  t.equal(known.statusCode, 304)
  t.equal(await asAgency(api, 'polri').read(made.id), '404 release_not_found')
  await change(api, ['kendari'], `/v1/releases/${made.id}/retract`, { reason: 'Keliru.' }, any)
  t.equal(await bssn.read(made.id), '410 release_retracted')
  const { rows } = await api.admin.query(
    `SELECT action, agency, office_code, resource_version AS version, handling, client_id AS client FROM audit_entries
    WHERE resource_id = $1 AND action LIKE 'release.%' ORDER BY occurred_at, id`,
    [made.id],
  )
  const row = (action: string, agency: string | null, client: string, more = {}) => ({
    ...{ action, agency, office_code: agency ? null : '74.71', version: 1, handling: agency ? 0 : 1, client },
    ...more,
  })
  t.same(
    rows.sort((one, other) => one.action.localeCompare(other.action)),
    [
      row('release.not_found', 'polri', 'agency-polri', { version: null }),
      row('release.published', null, 'kendari-secret'),
      row('release.read', 'bssn', 'agency-bssnOrdinary'),
      row('release.read', 'bssn', 'agency-bssnOrdinary'),
      row('release.retracted', null, 'kendari'),
    ],
  )
})

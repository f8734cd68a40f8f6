import t from 'tap'
import { loadRegionFacts } from '../../src/reference/load-region-facts.ts'
import { measureOf, pooled, ratesOf, ratioOf } from '../../src/statistics/rates.ts'
import { countDays } from '../../src/statistics/stage-days.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { startApi, testNow } from '../support/start-api.ts'

const stages = '/v1/statistics/stages'
const campaign = 'election=pilkada-2024&stage=kampanye'
const at = (day: string) => ({ occurredAt: `${day}T10:00:00+08:00` })
const none = { perDay: null, per100k: null, perDayPer100k: null }
const facts = (...lines: string[]) => Buffer.from(['code,lon,lat,population,neighbours', ...lines].join('\n'))

type Item = Record<string, unknown> & { region: string; count: number; days: number; baseline: Record<string, unknown> }
type Api = Awaited<ReturnType<typeof startApi>>
const of = (answer: { items: Item[] }, region: string) => answer.items.find((item) => item.region === region)

/** Two reports of the campaign in Kendari, one in Kolaka, one at the province, and one of the campaign before in Kendari. */
async function withReports({ as }: Api): Promise<void> {
  const sent = [
    await as('kendari').post('/v1/reports', aReport(at('2024-10-01'))),
    await as('kendari').post('/v1/reports', aReport({ ...at('2024-11-20'), severity: 'high' })),
    await as('kolaka').post('/v1/reports', aReportIn('74.01', at('2024-10-01'))),
    await as('sultra').post('/v1/reports', aReportIn('74', at('2024-10-01'))),
    await as('kendari').post('/v1/reports', aReport(at('2024-01-10'))),
    await as('kendari').post('/v1/reports', aReport({ ...at('2024-10-02'), exercise: true })),
    await as('kendari').post('/v1/reports', aReport(at('2024-11-25'))),
  ]
  t.same(
    sent.map(({ statusCode }) => statusCode),
    sent.map(() => 201),
  )
}

t.test('a rate is absent where what it divides by is 0 or not known', async (t) => {
  t.same(ratesOf(measureOf(3, 60, 300_000), true), { perDay: 0.05, per100k: 1, perDayPer100k: 300_000 / 18_000_000 })
  t.same(ratesOf(measureOf(0, 60, 300_000), true), { perDay: 0, per100k: 0, perDayPer100k: 0 })
  t.same(ratesOf(measureOf(3, 60, null), true), { ...none, perDay: 0.05 })
  t.same(ratesOf(measureOf(3, 60, 0), true), { ...none, perDay: 0.05 }, 'nobody lives there')
  t.same(ratesOf(measureOf(3, 0, 300_000), true), none)
  t.same(ratesOf(measureOf(3, 60, 300_000), false), { ...none, per100k: 1 })
  t.same(ratioOf({ perDay: 3, per100k: 2, perDayPer100k: null }, { perDay: 2, per100k: 0, perDayPer100k: 1 }), {
    ...none,
    perDay: 1.5,
  })
  t.same(ratioOf({ perDay: 3, per100k: 2, perDayPer100k: 1 }, null), none)
})

t.test('regions are pooled, and one whose people are not known leaves no rate by people', async (t) => {
  const [small, large] = [measureOf(1, 10, 1_000), measureOf(9, 30, 99_000)]
  t.same(pooled([small, large]), { count: 10, days: 40, population: 100_000, personDays: 10_000 + 2_970_000 })
  t.same(ratesOf(pooled([small, large]), true), { perDay: 0.25, per100k: 10, perDayPer100k: 1_000_000 / 2_980_000 })
  t.same(pooled([small, measureOf(0, 10, null)]), { count: 1, days: 20, population: null, personDays: null })
  t.same(ratesOf(pooled([]), true), none)
})

t.test('days are counted once, within the range', async (t) => {
  const range = { startsOn: '2024-02-01', endsOn: '2024-03-10' }
  const period = (startsOn: string, endsOn: string) => ({ startsOn, endsOn })
  t.equal(countDays([], range), 0)
  t.equal(countDays([period('2024-01-01', '2024-12-31')], range), 39)
  t.equal(countDays([period('2024-02-27', '2024-03-02'), period('2024-02-01', '2024-02-28')], range), 31)
  t.equal(countDays([period('2024-02-01', '2024-02-10'), period('2024-02-03', '2024-02-04')], range), 10)
  t.equal(countDays([period('2024-03-10', '2024-04-01'), period('2024-01-01', '2024-02-01')], range), 2)
})

t.test('each region has the reports of the stage by its days', async (t) => {
  const api = await startApi(t)
  await withReports(api)
  const sultra = (await api.as('sultra').get(`${stages}?${campaign}`)).json()

  t.match(sultra, {
    ...{ election: 'pilkada-2024', stage: 'kampanye', group: 'kampanye', nameId: /ampanye/, nameEn: /./ },
    ...{ region: '74', regionLevel: 'regency', basis: 'primary_stage', against: null, total: 4, aboveLevel: 1 },
  })
  t.equal(sultra.items.length, 17)
  t.same(of(sultra, '74.71'), {
    ...{ region: '74.71', count: 2, days: 60, population: null },
    ...{ ...none, perDay: 2 / 60, baseline: null, ratio: none },
  })
  t.match(of(sultra, '74.02'), { count: 0, days: 60, perDay: 0, per100k: null })

  const provinces = (await api.as('nation').get(`${stages}?${campaign}`)).json()
  t.match(provinces, { region: '00', regionLevel: 'province', total: 4, aboveLevel: 0 })
  t.equal(provinces.items.length, 38)
  t.match(of(provinces, '74'), { count: 4, days: 60 })
  t.match(of(provinces, '34'), { count: 0, days: 0, ...none }, 'Yogyakarta elects no governor')
  const regencies = (await api.as('nation').get(`${stages}?${campaign}&regionLevel=regency`)).json()
  t.equal(regencies.items.length, 514)
  t.match(regencies, { total: 4, aboveLevel: 1 })

  const one = (await api.as('kendari').get(`${stages}?${campaign}`)).json()
  t.match(one, { region: '74.71', regionLevel: 'regency', items: [{ region: '74.71', count: 2 }] })
  t.match((await api.as('kendari').get(`${stages}?${campaign}&severity=high`)).json(), { items: [{ count: 1 }] })
})

t.test('a stage still running counts its days so far, and one to come has none', async (t) => {
  const api = await startApi(t)
  await withReports(api)
  const item = async (query: string, caller: Parameters<Api['as']>[0] = 'kendari') =>
    (await api.as(caller).get(`${stages}?${query}`)).json().items[0]

  t.match(await item('election=pilkada-2024&stage=masa_tenang'), { count: 1, days: 3, perDay: 1 / 3 })
  t.match(await item('election=pilkada-2024&stage=pemungutan_suara'), { count: 0, days: 0, ...none })
  t.match(await item('election=pilpres-2024-r2&stage=kampanye'), { count: 0, days: 0, ...none }, 'it was not held')
  t.match(await item('election=psu-dpd-sumbar-2024&stage=pemungutan_suara'), { days: 0, ...none }, 'not here')
  const voting = 'election=pilkada-2024&stage=pemungutan_suara'
  api.time.now = new Date('2024-11-26T15:30:00Z')
  t.match(await item(voting), { days: 0 }, 'before midnight in Kendari')
  t.match(await item(voting, 'jayapura'), { days: 1 }, 'past midnight in Papua')
  api.time.now = new Date('2024-11-26T16:30:00Z')
  t.match(await item(voting), { days: 1, perDay: 0 }, 'past midnight in Kendari')
})

t.test('days asked for narrow reports and days alike; moments leave no rate by day', async (t) => {
  const api = await startApi(t)
  await withReports(api)
  await loadRegionFacts(api.adminUrl, facts('74.71,,,200000,'), testNow)
  const item = async (query: string) => (await api.as('kendari').get(`${stages}?${campaign}&${query}`)).json().items[0]

  t.match(await item('dateFrom=2024-11-14'), { count: 1, days: 10, perDay: 0.1, per100k: 0.5, perDayPer100k: 0.05 })
  t.match(await item('dateFrom=2024-09-01&dateTo=2024-10-04'), { count: 1, days: 10, perDay: 0.1 })
  t.match(await item('dateFrom=2024-11-24'), { count: 0, days: 0, ...none })
  t.match(await item('occurredFrom=2024-11-14T12:00:00Z'), { count: 1, days: 60, ...none, per100k: 0.5 })
})

t.test('with anyStage reports and days count wherever the stage is open', async (t) => {
  const api = await startApi(t)
  api.time.now = new Date('2024-12-20T00:00:00Z')
  await api.as('kendari').post('/v1/reports', aReport(at('2024-11-27')))
  await api.as('kendari').post('/v1/reports', aReport(at('2024-11-29')))
  const item = async (query: string) => (await api.as('kendari').get(`${stages}?election=pilkada-2024&${query}`)).json()

  const whole = 'stage=penghitungan_dan_rekapitulasi'
  t.match(await item(whole), { basis: 'primary_stage', items: [{ count: 1, days: 19 }] }, 'voting day is another stage')
  t.match(await item(`${whole}&anyStage=true`), { basis: 'any_stage', items: [{ count: 2, days: 20, perDay: 0.1 }] })
  t.match(await item('stage=rekap_kecamatan'), { items: [{ count: 0, days: 0, ...none }] }, 'a part is never primary')
  t.match(await item('stage=rekap_kecamatan&anyStage=true'), { items: [{ count: 1, days: 6 }] })
})

t.test('against the regencies of the province, by the people where they are known', async (t) => {
  const api = await startApi(t)
  await withReports(api)
  const compared = async (query = '', caller: Parameters<Api['as']>[0] = 'sultra') =>
    (await api.as(caller).get(`${stages}?${campaign}&against=province_mean${query}`)).json()

  const answer = await compared()
  t.same(answer.against, {
    ...{ kind: 'province_mean', election: 'pilkada-2024', matchedBy: 'stage', stages: ['kampanye'] },
  })
  const mean = { count: 3, days: 17 * 60, population: null, regions: 17, ...none, perDay: 3 / 1_020 }
  t.same(of(answer, '74.71')?.baseline, mean)
  t.match(of(answer, '74.71')?.ratio, { ...none, perDay: 2 / 60 / (3 / 1_020) })
  t.same(of(answer, '74.02')?.ratio, { ...none, perDay: 0 })
  t.match(await compared('&region=74.71'), { total: 2, items: [{ count: 2, baseline: mean }] })
  t.match(of(await compared('&regionLevel=regency', 'nation'), '74.71'), { baseline: mean })
  t.match(of(await compared('&severity=high'), '74.01'), { baseline: { count: 1 }, ratio: { perDay: 0 } })
  t.match(of(await compared('&severity=critical'), '74.01'), { baseline: { perDay: 0 }, ratio: none })

  const regencies = answer.items.map(({ region }: Item) => region)
  const people = (code: string) => (code === '74.71' ? 400_000 : 100_000)
  await loadRegionFacts(api.adminUrl, facts(...regencies.map((code: string) => `${code},,,${people(code)},`)), testNow)
  const known = of(await compared(), '74.71')
  t.match(known, { population: 400_000, per100k: 0.5, perDayPer100k: 200_000 / 24_000_000 })
  t.match(known?.baseline, {
    ...{ count: 3, population: 2_000_000, per100k: 0.15, perDayPer100k: 300_000 / (60 * 2_000_000) },
  })
  t.match(known?.ratio, { per100k: 0.5 / 0.15 })
})

t.test('against the stage of another election, or of its group', async (t) => {
  const api = await startApi(t)
  await withReports(api)
  const compared = async (query: string) => (await api.as('kendari').get(`${stages}?${query}`)).json()

  const same = await compared(`${campaign}&against=pemilu-2024&dateFrom=2024-11-14`)
  t.same(same.against, { kind: 'election', election: 'pemilu-2024', matchedBy: 'stage', stages: ['kampanye'] })
  t.match(same.items, [{ count: 1, days: 10, baseline: { count: 1, days: 75, regions: 1, perDay: 1 / 75 } }], 'whole')
  t.match(same.items, [{ ratio: { ...none, perDay: 0.1 / (1 / 75) } }])

  const group = await compared('election=pilkada-2024&stage=penelitian_paslon&against=pemilu-2024')
  t.match(group.against, { matchedBy: 'group' })
  t.same(group.against.stages.slice(0, 2), ['pencalonan_dpd', 'pencalonan_legislatif'])
  t.match(group.items, [{ baseline: { count: 0, regions: 1 } }])
  t.ok(group.items[0].baseline.days > 0)
  const notHeld = await compared(`${campaign}&against=pilpres-2024-r2`)
  t.match(notHeld.items, [{ baseline: { count: 0, days: 0, ...none }, ratio: none }])
})

t.test('each sees its own, and nothing above its clearance', async (t) => {
  const api = await startApi(t)
  await withReports(api)
  await api.as('kendariSecret').post('/v1/reports', aReport({ ...at('2024-10-03'), handling: 'secret' }))
  const get = async (caller: Parameters<Api['as']>[0], query = '') =>
    (await api.as(caller).get(`${stages}?${campaign}${query}`)).json()

  t.match(await get('kendari'), { total: 2, items: [{ region: '74.71', count: 2 }] })
  t.match(await get('kendariSecret'), { total: 3, items: [{ count: 3 }] })
  t.match(of(await get('sultra', '&against=province_mean'), '74.71'), { count: 2, baseline: { count: 3 } })
  t.match(of(await get('sultraTopSecret', '&against=province_mean'), '74.71'), { count: 3, baseline: { count: 4 } })
  const own = await get('kendari', '&region=74')
  t.same(
    own.items.map(({ region }: Item) => region),
    ['74.71'],
    'no region is told as silent that one does not see',
  )
  t.match(await get('bali', '&region=74'), { total: 0, items: [] })
  t.equal((await api.as('kendariReader').get(`${stages}?${campaign}`)).statusCode, 403)
})

t.test('what cannot be compared is refused by name, all of it at once', async (t) => {
  const { as } = await startApi(t)
  const refusal = async (query: string, caller: Parameters<Api['as']>[0] = 'sultra') => {
    const answer = await as(caller).get(`${stages}?${query}`)
    t.equal(answer.statusCode, 400, query)
    return answer.json().errors.map(({ parameter, code }: Record<string, string>) => `${parameter} ${code}`)
  }
  t.same(await refusal(''), ['election required', 'stage required'])
  t.same(await refusal('election=pilkada-2024,pemilu-2024&stage=kampanye'), ['election format_invalid'])
  t.same(await refusal('election=pilkada-1999&stage=no_stage'), ['election election_unknown', 'stage stage_unknown'])
  t.same(await refusal('election=pilkada-2024&stage=pelantikan_dprd'), ['stage not_allowed'])
  t.same(await refusal('election=pilkada-2024&stage=none'), ['stage stage_unknown'])
  t.same(await refusal(`${campaign}&region=74.99&incidentType=x_y`), [
    'region region_unknown',
    'incidentType incident_type_unknown',
  ])
  t.same(await refusal(`${campaign}&region=74.71.01`), ['region level_above_region'])
  t.same(await refusal(`${campaign}&region=74.71&regionLevel=province`), ['regionLevel level_above_region'])
  t.same(await refusal(`${campaign}&regionLevel=district`), ['regionLevel not_allowed'])
  t.same(await refusal(`${campaign}&against=pilkada-1999`), ['against election_unknown'])
  t.same(await refusal(`${campaign}&against=psu-dpd-sumbar-2024`), ['against stage_without_counterpart'])
  t.same(await refusal(`${campaign}&against=pemilu-nasional-2029`), ['against stage_without_counterpart'])
  t.same(await refusal(`${campaign}&against=nation`), ['against election_unknown'])
  t.same(await refusal(`${campaign}&against=Mean`), ['against format_invalid'])
  t.same(await refusal(`${campaign}&against=province_mean`, 'nation'), ['against mean_not_seen'], 'of provinces')
  t.same(await refusal(`${campaign}&against=province_mean`, 'kendari'), ['against mean_not_seen'], 'to a regency')
  t.same(await refusal(`${campaign}&against=province_mean&region=51`), ['against mean_not_seen'], 'to another province')
  t.same(await refusal(`${campaign}&exercise=true`), ['exercise unknown_parameter'])
  t.same(await refusal(`${campaign}&dateFrom=2024-11-02&dateTo=2024-11-01`), ['dateTo range_reversed'])
})

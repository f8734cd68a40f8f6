import t from 'tap'
import { loadCalendar } from '../../src/reference/load-calendar.ts'
import { readDataFile } from '../../src/regions/data-file.ts'
import { dimensions } from '../../src/statistics/dimensions.ts'
import { countPeriods, daysNamed, type Interval, periodsBetween } from '../../src/statistics/periods.ts'
import { seriesOf } from '../../src/statistics/series.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { startApi, testNow } from '../support/start-api.ts'

const timeline = '/v1/statistics/timeline'
const at = (day: string) => ({ occurredAt: `${day}T10:00:00+08:00` })
const brief = (interval: Interval, from: string, to: string) =>
  periodsBetween(interval, from, to).map(
    ({ name, startsOn, endsOn, partial }) => `${name} ${startsOn} ${endsOn}${partial ? ' partial' : ''}`,
  )

t.test('weeks are those of ISO 8601, over the ends of years, with a week 53', async (t) => {
  t.same(brief('week', '2020-12-28', '2021-01-10'), [
    '2020-W53 2020-12-28 2021-01-03',
    '2021-W01 2021-01-04 2021-01-10',
  ])
  t.same(brief('week', '2024-12-29', '2024-12-30'), [
    '2024-W52 2024-12-29 2024-12-29 partial',
    '2025-W01 2024-12-30 2024-12-30 partial',
  ])
  t.same(brief('week', '2023-01-01', '2023-01-08'), [
    '2022-W52 2023-01-01 2023-01-01 partial',
    '2023-W01 2023-01-02 2023-01-08',
  ])
  t.same(brief('week', '2024-11-27', '2024-11-28'), ['2024-W48 2024-11-27 2024-11-28 partial'])
  t.same(daysNamed('week', '2026-W53'), ['2026-12-28', '2027-01-03'])
  t.same(daysNamed('week', '2024-W01'), ['2024-01-01', '2024-01-07'])
})

t.test('months know leap days, and days every year of four digits', async (t) => {
  t.same(brief('month', '2024-02-01', '2024-03-30'), [
    '2024-02 2024-02-01 2024-02-29',
    '2024-03 2024-03-01 2024-03-30 partial',
  ])
  t.same(daysNamed('month', '2023-02'), ['2023-02-01', '2023-02-28'])
  t.same(daysNamed('month', '1900-02'), ['1900-02-01', '1900-02-28'])
  t.same(daysNamed('month', '9999-12'), ['9999-12-01', '9999-12-31'])
  t.same(brief('day', '2024-02-28', '2024-03-01'), [
    '2024-02-28 2024-02-28 2024-02-28',
    '2024-02-29 2024-02-29 2024-02-29',
    '2024-03-01 2024-03-01 2024-03-01',
  ])
  t.same(brief('week', '9999-12-31', '9999-12-31'), ['9999-W52 9999-12-31 9999-12-31 partial'])
  t.same(brief('week', '0001-01-01', '0001-01-07'), ['0001-W01 0001-01-01 0001-01-07'])
  t.equal(countPeriods('day', '0001-01-01', '9999-12-31'), 3_652_059)
  t.equal(countPeriods('month', '0001-01-01', '9999-12-31'), 9_999 * 12)
})

t.test('a name leads back to its period, whatever the day', async (t) => {
  const wrong: string[] = []
  for (const { startsOn: day } of periodsBetween('day', '2015-12-20', '2027-01-10')) {
    for (const interval of ['day', 'week', 'month'] as const) {
      const [period] = periodsBetween(interval, day, day)
      const [first, last] = daysNamed(interval, period?.name ?? '')
      const monday = interval !== 'week' || new Date(first).getUTCDay() === 1
      if (first > day || last < day || !monday) wrong.push(`${interval} ${day}`)
    }
  }
  t.same(wrong, [])
})

t.test('gaps are filled, and a cell outside the periods is no cell of theirs', async (t) => {
  const periods = periodsBetween('day', '2024-11-25', '2024-11-27')
  const cells = [
    { values: ['2024-11-27', null], count: 2 },
    { values: ['2024-11-25', 'high'], count: 1 },
  ]
  t.same(seriesOf({ cells, total: 3 }, periods, true), [
    { key: 'high', counts: [1, 0, 0], total: 1 },
    { key: null, counts: [0, 0, 2], total: 2 },
  ])
  t.same(seriesOf({ cells: [], total: 0 }, periods, false), [{ key: null, counts: [0, 0, 0], total: 0 }])
  t.same(seriesOf({ cells: [], total: 0 }, periods, true), [])
  t.throws(() => seriesOf({ cells: [{ values: ['2024-11-28'], count: 1 }], total: 1 }, periods, false))
})

t.test('reports stand on their days, with the stages of the region behind them', async (t) => {
  const { as } = await startApi(t)
  const kendari = as('kendari')
  for (const day of ['2024-11-20', '2024-11-25', '2024-11-25', '2024-12-20']) {
    t.equal((await kendari.post('/v1/reports', aReport(at(day)))).statusCode, 201)
  }
  await kendari.post('/v1/reports', aReport({ ...at('2024-11-25'), exercise: true }))
  const get = async (query: string) => (await kendari.get(`${timeline}?${query}`)).json()

  const days = (await kendari.get(timeline)).json()
  t.match(days, {
    ...{ region: '74.71', timeZone: 'Asia/Makassar', interval: 'day', from: '2024-11-20', to: '2024-12-20' },
    ...{ splitBy: null, regionLevel: null, basis: 'primary_stage', overlapping: false, total: 4, deviations: 0 },
  })
  t.equal(days.periods.length, 31)
  t.equal(days.series.length, 1)
  t.match(days.series[0], { key: null, total: 4 })
  const filled = Array.from({ length: 31 }, (_, day) => ({ 0: 1, 5: 2, 30: 1 })[day] ?? 0)
  t.same(days.series[0].counts, filled)

  const weeks = await get('interval=week')
  t.match(weeks, { from: '2024-11-18', to: '2024-12-22' }, 'whole periods unless days are asked for')
  t.same(weeks.series[0].counts, [1, 2, 0, 0, 1])
  t.notOk(weeks.periods.some(({ partial }: { partial: boolean }) => partial))

  const cut = await get('interval=week&dateFrom=2024-11-25&dateTo=2024-12-03')
  t.same(cut.periods, [
    { name: '2024-W48', startsOn: '2024-11-25', endsOn: '2024-12-01', partial: false },
    { name: '2024-W49', startsOn: '2024-12-02', endsOn: '2024-12-03', partial: true },
  ])
  t.same(cut.series, [{ key: null, counts: [2, 0], total: 2 }])

  const months = await get('interval=month&dateTo=2024-12-31')
  t.same(
    months.periods.map(({ name }: { name: string }) => name),
    ['2024-11', '2024-12'],
  )
  t.same(months.series[0].counts, [3, 1])

  const quiet = await get('dateFrom=2024-11-24&dateTo=2024-11-27')
  const shown = quiet.bands.filter(({ group }: { group: string }) => group !== 'persiapan')
  t.match(shown, [
    {
      ...{ election: 'pilkada-2024', stage: 'masa_tenang', group: 'masa_tenang', contests: ['governor', 'mayor'] },
      ...{ nameId: /./, nameEn: /./, startsOn: '2024-11-24', endsOn: '2024-11-26' },
      primaryOn: [{ startsOn: '2024-11-24', endsOn: '2024-11-26' }],
    },
    { stage: 'pemungutan_suara', primaryOn: [{ startsOn: '2024-11-27', endsOn: '2024-11-27' }] },
    { stage: 'penghitungan_dan_rekapitulasi', startsOn: '2024-11-27', endsOn: '2024-12-16', primaryOn: [] },
  ])
})

t.test('without a report the range is what was asked for, and today', async (t) => {
  const { as } = await startApi(t)
  const range = async (query: string) => {
    const { from, to, series, total } = (await as('kendari').get(`${timeline}?${query}`)).json()
    return [from, to, series[0]?.counts.length, total]
  }
  t.same(await range(''), ['2024-11-26', '2024-11-26', 1, 0])
  t.same(await range('dateFrom=2024-11-20'), ['2024-11-20', '2024-11-26', 7, 0])
  t.same(await range('dateTo=2024-11-20'), ['2024-11-20', '2024-11-20', 1, 0])
  t.same(await range('dateFrom=2025-01-01'), ['2025-01-01', '2025-01-01', 1, 0])
  t.same(await range('dateTo=2024-11-27'), ['2024-11-26', '2024-11-27', 2, 0])
})

t.test('half past midnight in Papua is the new day, for whoever asks', async (t) => {
  const { as } = await startApi(t)
  await as('jayapura').post('/v1/reports', aReportIn('91.71', { occurredAt: '2024-11-27T00:30:00+09:00' }))
  await as('jayapura').post('/v1/reports', aReportIn('91.71', { occurredAt: '2024-11-26T14:59:00Z' }))

  for (const caller of ['jayapura', 'nation'] as const) {
    const { from, to, series, timeZone } = (await as(caller).get(`${timeline}?splitBy=stage`)).json()
    t.same([from, to], ['2024-11-26', '2024-11-27'], caller)
    t.equal(timeZone, caller === 'nation' ? null : 'Asia/Jayapura')
    t.same(series, [
      { key: 'masa_tenang', counts: [1, 0], total: 1 },
      { key: 'pemungutan_suara', counts: [0, 1], total: 1 },
    ])
  }
  const voting = (await as('nation').get(`${timeline}?dateFrom=2024-11-27&dateTo=2024-11-27`)).json()
  t.equal(voting.total, 1)
})

t.test('every dimension splits, and the series add up', async (t) => {
  const { as } = await startApi(t)
  await as('kendari').post('/v1/reports', aReport(at('2024-11-25')))
  await as('kendari').post('/v1/reports', aReport({ ...at('2025-01-15'), severity: 'high', athg: 'obstacle' }))
  await as('kolaka').post('/v1/reports', aReportIn('74.01', at('2024-11-25')))
  await as('sultra').post('/v1/reports', aReportIn('74', at('2024-11-25')))
  const sum = (numbers: number[]) => numbers.reduce((all, each) => all + each, 0)

  for (const splitBy of dimensions.filter((each) => each !== 'week')) {
    const { series, total } = (await as('sultra').get(`${timeline}?splitBy=${splitBy}`)).json()
    t.equal(total, 4, splitBy)
    t.equal(sum(series.map((each: { total: number }) => each.total)), 4, splitBy)
    t.ok(
      series.every((each: { counts: number[]; total: number }) => sum(each.counts) === each.total),
      splitBy,
    )
  }
  const keys = async (query: string) => {
    const { series, regionLevel } = (await as('sultra').get(`${timeline}?${query}`)).json()
    return [regionLevel, ...series.map(({ key }: { key: string | null }) => key)]
  }
  t.same(await keys('splitBy=region'), ['regency', '74', '74.01', '74.71'])
  t.same(await keys('splitBy=region&regionLevel=province'), ['province', '74'])
  t.same(await keys('splitBy=region&region=74.71'), ['district', '74.71'])
  t.same(await keys('splitBy=stage'), [null, 'masa_tenang', null])
  t.same(await keys('splitBy=severity&athg=obstacle'), [null, 'high'])
})

t.test('with anyStage a report stands in each stage that was open, and the answer says so', async (t) => {
  const { as } = await startApi(t)
  await as('kendari').post('/v1/reports', aReport(at('2024-11-28')))
  const get = async (query: string) => (await as('kendari').get(`${timeline}?anyStage=true&${query}`)).json()

  const stages = await get('splitBy=stage')
  t.match(stages, { basis: 'any_stage', overlapping: true, total: 1 })
  t.same(
    stages.series.map(({ key }: { key: string }) => key),
    ['penghitungan_dan_rekapitulasi', 'rekap_kecamatan'],
  )
  t.match(await get('splitBy=athg'), { basis: 'any_stage', overlapping: false, total: 1, series: [{ total: 1 }] })
  t.match(await get('stage=rekap_kecamatan'), { overlapping: false, total: 1 })
  t.match((await as('kendari').get(`${timeline}?stage=rekap_kecamatan`)).json(), { total: 0 })
})

t.test('each sees its own, and nothing above its clearance', async (t) => {
  const { as } = await startApi(t)
  await as('kendariSecret').post('/v1/reports', aReport({ ...at('2024-11-01'), handling: 'secret' }))
  await as('kendari').post('/v1/reports', aReport(at('2024-11-25')))
  await as('kolaka').post('/v1/reports', aReportIn('74.01', at('2024-11-20')))
  const seen = async (caller: Parameters<typeof as>[0], query = '') => {
    const { from, to, total } = (await as(caller).get(`${timeline}?${query}`)).json()
    return [from, to, total]
  }
  t.same(await seen('kendari'), ['2024-11-25', '2024-11-25', 1], 'no date of a secret report either')
  t.same(await seen('kendari', 'region=74'), ['2024-11-25', '2024-11-25', 1])
  t.same(await seen('kendariSecret'), ['2024-11-01', '2024-11-25', 2])
  t.same(await seen('sultra'), ['2024-11-20', '2024-11-25', 2])
  t.same(await seen('sultraTopSecret'), ['2024-11-01', '2024-11-25', 3])
  t.same(await seen('bali', 'region=74'), ['2024-11-26', '2024-11-26', 0])
  t.same(await seen('bssn'), ['2024-11-26', '2024-11-26', 0])
  t.match((await as('bssn').get(timeline)).json(), { region: '00', timeZone: null })
  t.equal((await as('kendariReader').get(timeline)).statusCode, 403)
})

t.test('a province has bands of its own contests, and says how many regencies have others', async (t) => {
  const { as, adminUrl } = await startApi(t)
  const bandsOf = async (region: string) => {
    const query = `region=${region}&dateFrom=2024-11-24&dateTo=2024-12-12`
    const { bands, deviations, calendarVersion } = (await as('nation').get(`${timeline}?${query}`)).json()
    const voting = bands.find(({ stage }: { stage: string }) => stage === 'pemungutan_suara')
    return { voting: voting && [voting.startsOn, ...voting.contests], deviations, calendarVersion }
  }
  t.same(await bandsOf('74'), { voting: ['2024-11-27', 'governor'], deviations: 0, calendarVersion: 1 })
  t.same(await bandsOf('34'), { voting: undefined, deviations: 5, calendarVersion: 1 })
  t.same(await bandsOf('00'), { voting: undefined, deviations: 514, calendarVersion: 1 })
  t.same(await bandsOf('74.71.01'), { voting: ['2024-11-27', 'governor', 'mayor'], deviations: 0, calendarVersion: 1 })

  const document = (await readDataFile('election-calendar.json')) as {
    election: { code: string }
    overrides?: unknown[]
  }[]
  const pilkada = document.find(({ election }) => election.code === 'pilkada-2024')
  const override = { region: '74.71', stage: 'pemungutan_suara', starts_on: '2024-12-11', ends_on: '2024-12-11' }
  if (pilkada) pilkada.overrides = [{ ...override, source: 'KPU Kota Kendari' }]
  await loadCalendar(adminUrl, () => document, { operation: 'reference calendar', now: testNow })

  t.same(await bandsOf('74.71'), { voting: ['2024-12-11', 'governor', 'mayor'], deviations: 0, calendarVersion: 2 })
  t.same(await bandsOf('74'), { voting: ['2024-11-27', 'governor'], deviations: 1, calendarVersion: 2 })
})

t.test('what cannot be drawn is refused by name', async (t) => {
  const { as } = await startApi(t)
  const refusal = async (query: string) => {
    const answer = await as('kendari').get(`${timeline}?${query}`)
    t.equal(answer.statusCode, 400, query)
    return answer.json().errors.map(({ parameter, code }: Record<string, string>) => `${parameter} ${code}`)
  }
  t.same(await refusal('interval=year'), ['interval not_allowed'])
  t.same(await refusal('splitBy=week'), ['splitBy not_allowed'])
  t.same(await refusal('splitBy=athg,domain'), ['splitBy not_allowed'])
  t.same(await refusal('regionLevel=nation'), ['regionLevel not_allowed'])
  t.same(await refusal('counted=true'), ['counted unknown_parameter'])
  t.same(await refusal('dateFrom=2024-11-31'), ['dateFrom date_invalid'])
  t.same(await refusal('dateFrom=2024-11-26&dateTo=2024-11-25'), ['dateTo range_reversed'])
  t.same(await refusal('region=74.99&incidentType=nothing&stage=no_stage'), [
    'region region_unknown',
    'stage stage_unknown',
    'incidentType incident_type_unknown',
  ])
  t.same(await refusal('dateFrom=2020-01-01&dateTo=2024-02-09'), ['interval too_many_periods'], '1,501 days')
  const most = await as('kendari').get(`${timeline}?dateFrom=2020-01-01&dateTo=2024-02-08`)
  t.equal(most.json().periods.length, 1_500)
  await as('kendari').post('/v1/reports', aReport({ occurredAt: '1901-01-01T10:00:00+08:00' }))
  await as('kendari').post('/v1/reports', aReport(at('2024-11-25')))
  t.same(await refusal(''), ['interval too_many_periods'])
  const english = await as('kendari').get(timeline, { headers: { 'accept-language': 'en' } })
  t.match(english.json().errors[0].detail, /From 1901-01-01 to 2024-11-25 .* 1500 periods/)
  t.equal((await as('kendari').get(`${timeline}?interval=month`)).json().periods.length, 1_487)
})

t.test('more points than anybody draws are refused', async (t) => {
  const { as, admin } = await startApi(t)
  await as('nation').post('/v1/reports', aReportIn('74.71', at('2024-11-25')))
  const { rows } = await admin.query(
    "SELECT string_agg(column_name, ', ') AS columns FROM information_schema.columns WHERE table_name = 'reports' AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'client_reference', 'register_number', 'region_code', 'regency_code', 'province_code')",
  )
  await admin.query(`INSERT INTO reports (id, register_number, region_code, regency_code, province_code, ${rows[0].columns})
    SELECT gen_random_uuid(), 1000 + row_number() OVER (), g.code, g.regency_code, g.province_code, ${rows[0].columns
      .split(', ')
      .map((name: string) => `r.${name}`)
      .join(', ')}
    FROM reports r, (SELECT * FROM regions WHERE level = 'district' LIMIT 100) g`)

  const tooMany = await as('nation').get(
    `${timeline}?splitBy=region&regionLevel=district&dateFrom=2022-01-01&dateTo=2025-01-01`,
  )
  t.equal(tooMany.statusCode, 400)
  t.match(tooMany.json().errors, [{ parameter: 'splitBy', code: 'too_many_cells' }])
  const fewer = await as('nation').get(
    `${timeline}?splitBy=region&regionLevel=district&interval=week&dateFrom=2022-01-01&dateTo=2025-01-01`,
  )
  t.equal(fewer.statusCode, 200)
  t.equal(fewer.json().series.length, 101)
})

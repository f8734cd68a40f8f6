import t from 'tap'
import { classify, contestsOf, type OpenStage } from '../../src/classification/classify.ts'
import { localDateIn } from '../../src/classification/local-date.ts'
import { type Calendar, parseCalendar } from '../../src/elections/calendar.ts'
import { readDataFile } from '../../src/regions/data-file.ts'
import { RegionDirectory } from '../../src/regions/directory.ts'
import { loadRegions } from '../../src/regions/load-regions.ts'
import { timeZones } from '../../src/regions/region.ts'
import type { RawEntry } from './naive-classification.ts'

const all = await loadRegions()
const regions = new RegionDirectory(all)
const document = (await readDataFile('election-calendar.json')) as RawEntry[]
const packaged = parseCalendar(document, 1, regions)

const stagesIn = (code: string, date: string, calendar = packaged) =>
  classify(regions.get(code), date, calendar, regions)
const brief = (stages: readonly OpenStage[]) =>
  stages.map(
    ({ election, stage, contests, primary }) => `${primary ? '* ' : ''}${election} ${stage}: ${contests.join(' ')}`,
  )
const keys = (stages: readonly OpenStage[]) => stages.map(({ election, stage }) => `${election}/${stage}`)

/** The packaged calendar after a change to the entry of one election. */
function calendarWith(code: string, change: (entry: RawEntry & { overrides?: unknown[] }) => void): Calendar {
  const copy = structuredClone(document)
  const entry = copy.find(({ election }) => election.code === code)
  if (entry) change(entry)
  return parseCalendar(copy, 2, regions)
}

const withOverrides = (
  code: string,
  ...overrides: { region: string; stage: string; starts_on: string; ends_on: string }[]
) =>
  calendarWith(code, (entry) => {
    entry.overrides = overrides.map((override) => ({ ...override, source: 'KPU' }))
  })

t.test('the local date is that of the region, not of UTC', async (t) => {
  const instant = new Date('2024-11-27T00:30:00+09:00')
  t.equal(instant.toISOString().slice(0, 10), '2024-11-26')
  t.equal(localDateIn(regions.get('91.71').timeZone, instant), '2024-11-27')
  t.equal(localDateIn('Asia/Makassar', instant), '2024-11-26')
  t.equal(localDateIn('Asia/Jakarta', new Date('2024-11-26T16:59:59.999Z')), '2024-11-26')
  t.equal(localDateIn('Asia/Jakarta', new Date('2024-11-26T17:00:00Z')), '2024-11-27')
  t.equal(localDateIn('Asia/Pontianak', new Date('2024-11-26T17:00:00Z')), '2024-11-27')
  t.equal(localDateIn('Asia/Makassar', new Date('2024-02-28T16:00:00Z')), '2024-02-29')
  for (const zone of timeZones) t.throws(() => localDateIn(zone, new Date(Number.NaN)), RangeError)
})

t.test('half past midnight of voting day in Papua is voting day there', async (t) => {
  const date = localDateIn(regions.get('91.71').timeZone, new Date('2024-11-27T00:30:00+09:00'))
  t.match(brief(stagesIn('91.71', date)), ['* pilkada-2024 pemungutan_suara: governor mayor'])
})

t.test('a city office reports in the quiet days', async (t) => {
  t.same(stagesIn('74.71', '2024-11-25'), [
    {
      election: 'pilkada-2024',
      stage: 'masa_tenang',
      group: 'masa_tenang',
      contests: ['governor', 'mayor'],
      primary: true,
      startsOn: '2024-11-24',
      endsOn: '2024-11-26',
    },
  ])
  t.same(stagesIn('74.71.01', '2024-11-25'), stagesIn('74.71', '2024-11-25'), 'a district is classified as its regency')
  t.same(
    brief(stagesIn('74', '2024-11-25')),
    ['* pilkada-2024 masa_tenang: governor'],
    'a province: its contests alone',
  )
  t.same(stagesIn('00', '2024-11-25'), [], 'no head of region is a national contest')
})

t.test('Jakarta and Yogyakarta vote by laws of their own', async (t) => {
  const quiet = 'pilkada-2024 masa_tenang'
  t.same(brief(stagesIn('31.71', '2024-11-25')), [`* ${quiet}: governor`])
  t.same(brief(stagesIn('31.01', '2024-11-25')), [`* ${quiet}: governor`])
  t.same(brief(stagesIn('34.71', '2024-11-25')), [`* ${quiet}: mayor`])
  t.same(brief(stagesIn('34.04', '2024-11-25')), [`* ${quiet}: regent`])
  t.same(stagesIn('34', '2024-11-25'), [], 'the province elects no governor')
})

t.test('Sumatera Barat voted again for the DPD while the lists of the Pilkada were made', async (t) => {
  for (const code of ['13', '13.71', '13.09']) {
    const stages = stagesIn(code, '2024-07-13')
    t.same([...new Set(stages.map(({ election }) => election))].sort(), ['pilkada-2024', 'psu-dpd-sumbar-2024'], code)
    t.equal(brief(stages)[0], '* psu-dpd-sumbar-2024 pemungutan_suara: dpd', code)
  }
  t.notOk(keys(stagesIn('14.71', '2024-07-13')).some((key) => key.startsWith('psu')))
})

t.test('outside every stage is an answer', async (t) => {
  for (const code of ['74.71', '74', '74.71.01', '31.71', '34', '00']) t.same(stagesIn(code, '2025-01-15'), [], code)
  t.same(stagesIn('74.71', '2020-01-01'), [])
  t.same(stagesIn('74.71', '2029-02-14'), [], 'an election that is only planned')
})

t.test('a re-vote concerns the listed regions alone', async (t) => {
  t.same(brief(stagesIn('63.72', '2025-04-19')), ['* psu-pilkada-2025-04-19 pemungutan_suara: mayor'])
  t.same(brief(stagesIn('36.04', '2025-04-19')), ['* psu-pilkada-2025-04-19 pemungutan_suara: regent'])
  t.same(stagesIn('74.71', '2025-04-19'), [])
  t.same(stagesIn('63', '2025-04-19'), [], 'not the province of the region')
  t.same(brief(stagesIn('91.71', '2025-08-06')), ['* psu-pilkada-2025-08-06-papua pemungutan_suara: governor'])
  t.same(brief(stagesIn('91', '2025-08-06')), ['* psu-pilkada-2025-08-06-papua pemungutan_suara: governor'])
  t.same(stagesIn('92.02', '2025-08-06'), [])
  t.same(brief(stagesIn('62.05', '2025-08-06')), ['* psu-pilkada-2025-08-06-kab pemungutan_suara: regent'])
})

t.test('an election that was not held, or was held abroad, classifies nothing', async (t) => {
  for (const date of ['2024-04-01', '2024-06-10', '2024-06-26', '2024-07-01']) {
    t.notOk(
      keys(stagesIn('74.71', date)).some((key) => key.startsWith('pilpres-2024-r2')),
      date,
    )
  }
  t.notOk(
    all.some(({ code }) => keys(stagesIn(code, '2024-03-10')).some((key) => key.startsWith('psu-pemilu-2024-kl'))),
  )
})

t.test('an open start counts from the day of enactment, an open end lasts to voting day', async (t) => {
  const planning = 'pilkada-2024/perencanaan_anggaran'
  t.notOk(keys(stagesIn('74.71', '2024-01-25')).includes(planning))
  t.ok(keys(stagesIn('74.71', '2024-01-26')).includes(planning))
  t.notOk(keys(stagesIn('74.71', '2024-01-27')).includes(planning))

  const support = 'pilkada-ulang-2025/dukungan_perseorangan'
  t.notOk(keys(stagesIn('19.01', '2025-03-05')).includes(support))
  t.ok(keys(stagesIn('19.71', '2025-08-27')).includes(support))
  t.notOk(keys(stagesIn('19.71', '2025-08-28')).includes(support))
  t.match(
    stagesIn('19.71', '2025-06-30').find(({ stage }) => stage === 'dukungan_perseorangan'),
    {
      startsOn: '2025-03-06',
      endsOn: '2025-08-27',
    },
  )
})

t.test('a stage without dates of its own classifies nothing until an override gives them', async (t) => {
  const undated = ['sengketa_hasil', 'pengawas_ad_hoc', 'penetapan_terpilih', 'pengusulan_pengesahan', 'psu_psl_pss']
  const months = ['2023-06', '2024-02', '2024-06', '2024-11', '2024-12', '2025-01']
  const dates = months.flatMap((month) =>
    Array.from({ length: 28 }, (_, day) => `${month}-${String(day + 1).padStart(2, '0')}`),
  )
  const seen = new Set(dates.flatMap((date) => keys(stagesIn('74.71', date))))
  for (const stage of undated) t.notOk(seen.has(`pilkada-2024/${stage}`), stage)
  t.notOk(seen.has('pemilu-2024/psu_psl_pss'))
  t.notOk(seen.has('pemilu-2024/pelantikan_dprd'))

  const calendar = withOverrides(
    'pilkada-2024',
    { region: '62.05', stage: 'psu_psl_pss', starts_on: '2024-12-01', ends_on: '2024-12-01' },
    { region: '62.05', stage: 'psu_psl_pss', starts_on: '2024-12-05', ends_on: '2024-12-05' },
    { region: '74', stage: 'sengketa_hasil', starts_on: '2024-12-10', ends_on: '2025-02-24' },
    { region: '74.71', stage: 'pengawas_ad_hoc', starts_on: '2024-05-01', ends_on: '2024-11-01' },
  )
  const revote = { stage: 'psu_psl_pss', primary: true, contests: ['governor', 'regent'] }
  t.match(stagesIn('62.05', '2024-12-01', calendar)[0], { ...revote, startsOn: '2024-12-01', endsOn: '2024-12-01' })
  t.notOk(keys(stagesIn('62.05', '2024-12-03', calendar)).includes('pilkada-2024/psu_psl_pss'))
  t.match(stagesIn('62.05.01', '2024-12-05', calendar)[0], revote, 'its districts')
  t.notOk(keys(stagesIn('62', '2024-12-01', calendar)).includes('pilkada-2024/psu_psl_pss'), 'not its province')
  t.notOk(keys(stagesIn('62.03', '2024-12-01', calendar)).includes('pilkada-2024/psu_psl_pss'), 'not its neighbours')
  t.same(brief(stagesIn('74', '2025-01-15', calendar)), ['* pilkada-2024 sengketa_hasil: governor'])
  t.same(brief(stagesIn('74.11', '2025-01-15', calendar)), ['* pilkada-2024 sengketa_hasil: governor regent'])
  t.same(stagesIn('73.71', '2025-01-15', calendar), [])
  t.ok(keys(stagesIn('74.71', '2024-06-01', calendar)).includes('pilkada-2024/pengawas_ad_hoc'))
})

t.test('an override takes the place of the dates, the nearest one first', async (t) => {
  const calendar = withOverrides(
    'pilkada-2024',
    { region: '74', stage: 'pemungutan_suara', starts_on: '2024-12-04', ends_on: '2024-12-04' },
    { region: '74.71', stage: 'pemungutan_suara', starts_on: '2024-12-11', ends_on: '2024-12-11' },
    { region: '13.08', stage: 'pelantikan', starts_on: '2025-05-27', ends_on: '2025-05-27' },
    { region: '11', stage: 'pelantikan', starts_on: '2025-02-12', ends_on: '2025-02-12' },
  )
  const votes = (code: string, date: string) =>
    keys(stagesIn(code, date, calendar)).includes('pilkada-2024/pemungutan_suara')
  t.same(
    ['2024-11-27', '2024-12-04', '2024-12-11'].map((date) => votes('73.71', date)),
    [true, false, false],
  )
  t.same(
    ['2024-11-27', '2024-12-04', '2024-12-11'].map((date) => votes('74.11', date)),
    [false, true, false],
  )
  t.same(
    ['2024-11-27', '2024-12-04', '2024-12-11'].map((date) => votes('74.71', date)),
    [false, false, true],
  )

  const inaugurated = (code: string, date: string) =>
    keys(stagesIn(code, date, calendar)).includes('pilkada-2024/pelantikan')
  t.ok(inaugurated('13.08', '2025-05-27'), 'an excluded region has its own day')
  t.notOk(inaugurated('13.08', '2025-02-20'))
  t.ok(inaugurated('11.01', '2025-02-12'), 'so have the regencies of an excluded province')
  t.notOk(inaugurated('11.72', '2025-02-12'), 'but for one that is excluded by name')
})

t.test('excluded regions take no part in the inauguration, a province with all its regencies', async (t) => {
  t.same(brief(stagesIn('74.71', '2025-02-20')), ['* pilkada-2024 pelantikan: governor mayor'])
  for (const code of ['11', '11.01', '11.71.01', '13.08', '63.72', '91', '91.71', '34', '00']) {
    t.same(stagesIn(code, '2025-02-20'), [], code)
  }
  t.same(brief(stagesIn('34.71', '2025-02-20')), ['* pilkada-2024 pelantikan: mayor'])
})

t.test('a stage concerns only the contests it names', async (t) => {
  const nomination = stagesIn('31.71', '2023-10-20')
  t.match(
    nomination.find(({ stage }) => stage === 'pencalonan_dpd'),
    { contests: ['dpd'] },
  )
  t.match(
    nomination.find(({ stage }) => stage === 'pencalonan_legislatif'),
    { contests: ['dpr', 'dprd_province'] },
  )
  t.match(
    stagesIn('00', '2023-10-20').find(({ stage }) => stage === 'pencalonan_legislatif'),
    { contests: ['dpr'] },
  )
  t.same(brief(stagesIn('00', '2024-10-20')), ['* pemilu-2024 pelantikan_presiden: president'])
})

t.test('the primary stage is the narrowest', async (t) => {
  const primary = (code: string, date: string) => brief(stagesIn(code, date))[0]?.replace(/:.*/, '')
  t.equal(primary('74.71', '2024-02-14'), '* pemilu-2024 pemungutan_suara', 'the earliest end of one group and start')
  t.equal(primary('74.71', '2024-02-15'), '* pemilu-2024 penghitungan_suara')
  t.equal(primary('74.71', '2024-02-16'), '* pemilu-2024 rekapitulasi', 'the parent, not rekap_kecamatan')
  t.equal(primary('74.71', '2023-10-20'), '* pemilu-2024 pencalonan_presiden', 'the latest start')
  t.equal(primary('74.71', '2024-03-20'), '* pemilu-2024 rekapitulasi')
  t.equal(primary('74.71', '2024-03-21'), '* pemilu-2024 sengketa_hasil')
  t.equal(primary('74.71', '2024-06-12'), '* pilkada-2024 dukungan_perseorangan')
  t.equal(primary('74.71', '2024-09-24'), '* pilkada-2024 badan_ad_hoc', 'the gap before the campaign')
  t.equal(primary('74.71', '2024-11-27'), '* pilkada-2024 pemungutan_suara')
  t.equal(primary('74.71', '2024-11-30'), '* pilkada-2024 penghitungan_dan_rekapitulasi')
})

t.test('a child stands for itself where its parent is closed', async (t) => {
  const calendar = withOverrides('pilkada-2024', {
    region: '74.71',
    stage: 'rekap_kecamatan',
    starts_on: '2025-01-10',
    ends_on: '2025-01-20',
  })
  t.same(brief(stagesIn('74.71', '2025-01-15', calendar)), ['* pilkada-2024 rekap_kecamatan: governor mayor'])
})

t.test(
  'where groups and days are equal, the nearest voting day, the lowest order and then the code decide',
  async (t) => {
    const stage = (code: string, order: number, parent?: string) => ({
      ...{ code, order, group: 'kampanye', phase: 'pelaksanaan', name_id: code, name_en: code },
      ...{
        starts_on: '2030-01-01',
        ends_on: '2030-01-31',
        source: 'KPU',
        confidence: 'verified',
        ...(parent && { parent }),
      },
    })
    const election = (code: string, votingDay: string, ...stages: object[]) => ({
      election: {
        ...{ code, name_id: code, name_en: code, kind: 'pilkada', scope: 'regional', status: 'scheduled' },
        ...{ voting_day: votingDay, contests: ['governor'], region_rule: 'all' },
      },
      stages,
    })
    const order = (...entries: object[]) => keys(stagesIn('74', '2030-01-15', parseCalendar(entries, 1, regions)))

    const near = election('near', '2030-02-01', stage('apple', 2), stage('zebra', 1))
    const far = election('far', '2030-03-01', stage('first', 1))
    const past = election('past', '2030-01-13', stage('first', 1))
    t.same(order(far, near), ['near/zebra', 'near/apple', 'far/first'])
    t.same(order(far, near, past)[0], 'past/first', 'near is near on either side')
    t.same(
      order(election('beta', '2030-02-01', stage('first', 1)), election('alpha', '2030-02-01', stage('first', 1))),
      ['alpha/first', 'beta/first'],
    )

    const other = election('other', '2030-03-01', stage('part', 1), stage('whole', 2))
    const parted = election('parted', '2030-02-01', stage('whole', 2), stage('part', 1, 'whole'))
    t.same(order(other, parted), ['parted/whole', 'other/part', 'other/whole', 'parted/part'], 'a child stands last')
  },
)

t.test('a child is kept back by its own parent only, not by a stage of the same name elsewhere', async (t) => {
  const copy = structuredClone(document)
  const pilkada = copy.find(({ election }) => election.code === 'pilkada-2024') as RawEntry & { overrides?: unknown[] }
  const revote = copy.find(({ election }) => election.code === 'psu-pilkada-2025-04-05') as RawEntry
  const override = {
    region: '72.01',
    stage: 'rekap_kecamatan',
    starts_on: '2025-04-06',
    ends_on: '2025-04-06',
    source: 'KPU',
  }
  pilkada.overrides = [override]
  Object.assign(revote.stages[1] ?? {}, { code: 'penghitungan_dan_rekapitulasi', starts_on: '2025-04-01' })
  t.same(
    brief(stagesIn('72.01', '2025-04-06', parseCalendar(copy, 1, regions)))[0],
    '* pilkada-2024 rekap_kecamatan: governor regent',
  )
})

t.test('an election that is under way classifies, one that is planned does not', async (t) => {
  const withStatus = (status: string) =>
    calendarWith('pilkada-2024', ({ election }) => Object.assign(election, { status }))
  t.equal(stagesIn('74.71', '2024-11-25', withStatus('scheduled')).length, 1)
  t.same(stagesIn('74.71', '2024-11-25', withStatus('planned')), [])
  t.same(stagesIn('74.71', '2024-11-25', withStatus('not_held')), [])
})

t.test('what a region votes in is asked with the same words', async (t) => {
  const pilkada = packaged.elections.find(({ code }) => code === 'pilkada-2024')
  t.same(pilkada && contestsOf(regions.get('74.71.01'), pilkada, regions), ['governor', 'mayor'])
})

import t from 'tap'
import { type CalendarError, countContests, parseCalendar } from '../../src/elections/calendar.ts'
import { contestsOf } from '../../src/elections/contests.ts'
import { loadRegionAliases } from '../../src/regions/aliases.ts'
import { readDataFile } from '../../src/regions/data-file.ts'
import { RegionDirectory } from '../../src/regions/directory.ts'
import { loadRegions } from '../../src/regions/load-regions.ts'

type Json = Record<string, unknown>
interface Entry {
  election: Json
  stages: Json[]
  overrides?: Json[]
}

const regions = new RegionDirectory(await loadRegions(), await loadRegionAliases())
const document = (await readDataFile('election-calendar.json')) as Entry[]
const calendar = parseCalendar(document, 7, regions)
const election = (code: string) => {
  const found = calendar.elections.find((candidate) => candidate.code === code)
  if (!found) throw new Error(`no ${code}`)
  return found
}

/** The faults, as `path message`, of the calendar after a change to the entry of one election. */
function faultsAfter(code: string, change: (entry: Entry, stage: (code: string) => Json) => void): string[] {
  const copy = structuredClone(document)
  const index = copy.findIndex((entry) => entry.election.code === code)
  const entry = copy[index] as Entry
  change(entry, (stage) => entry.stages.find((candidate) => candidate.code === stage) as Json)
  try {
    parseCalendar(copy, 1, regions)
    return []
  } catch (error) {
    const { name, faults } = error as CalendarError
    if (name !== 'CalendarError') throw error
    return faults.map(({ path, message }) => `${path.replace(`/${index}/`, '')} ${message}`)
  }
}

const stageAt = (code: string, stage: string) =>
  document.find((entry) => entry.election.code === code)?.stages.findIndex((candidate) => candidate.code === stage)

t.test('the calendar that comes with the service holds', async (t) => {
  t.equal(calendar.version, 7)
  t.equal(calendar.elections.length, 16)
  t.equal(calendar.elections.flatMap(({ stages }) => stages).length, 84)
  t.ok(calendar.elections.every(({ stages }) => stages.every(({ source }) => source.length > 0)))
  t.match(election('psu-pilkada-2025-08-06-papua'), {
    kind: 'psu',
    scope: 'regional',
    votingDay: '2025-08-06',
    status: 'held',
    contests: ['governor'],
    regions: ['91'],
    parentElection: 'pilkada-2024',
    enactedOn: null,
  })
  t.match(election('pilkada-2024'), {
    enactedOn: '2024-01-26',
    regions: null,
    excluded: { governor: ['34'], regentMayor: ['31.01', '31.71', '31.72', '31.73', '31.74', '31.75'] },
    counts: { governor: 37, regent: 415, mayor: 93 },
  })
})

t.test('every voting day is a stage, and the quiet days end on its eve', async (t) => {
  for (const { code, votingDay, stages } of calendar.elections) {
    const voting = stages.find((stage) => stage.code === 'pemungutan_suara')
    const quiet = stages.find((stage) => stage.code === 'masa_tenang')
    if (voting) t.same([voting.startsOn, voting.endsOn], [votingDay, votingDay], code)
    if (quiet) t.equal(Date.parse(`${quiet.endsOn}`) + 86_400_000, Date.parse(`${votingDay}`), code)
  }
})

t.test('a stage is open on the days that follow from its dates', async (t) => {
  const periodOf = (code: string, stage: string) => election(code).stages.find((other) => other.code === stage)?.period

  t.same(periodOf('pilkada-2024', 'kampanye'), { startsOn: '2024-09-25', endsOn: '2024-11-23' })
  t.same(
    periodOf('pilkada-2024', 'perencanaan_anggaran'),
    { startsOn: '2024-01-26', endsOn: '2024-01-26' },
    'open start',
  )
  t.same(
    periodOf('pilkada-2024', 'penyusunan_peraturan'),
    { startsOn: '2024-01-26', endsOn: '2024-11-18' },
    'open start',
  )
  t.same(
    periodOf('pilkada-ulang-2025', 'dukungan_perseorangan'),
    { startsOn: '2025-03-06', endsOn: '2025-08-27' },
    'open end',
  )
  t.equal(periodOf('pilkada-2024', 'sengketa_hasil'), null, 'starts after another stage')
  t.equal(periodOf('pilkada-2024', 'pengawas_ad_hoc'), null, 'undated')
  t.equal(periodOf('pilkada-2024', 'psu_psl_pss'), null, 'only with an override')
  t.equal(periodOf('pemilu-2024', 'pelantikan_dprd'), null, 'undated')
})

t.test('who votes in what', async (t) => {
  const held = (code: string, region: string) => contestsOf(regions.get(region), election(code), regions).join(' ')

  t.same(countContests(election('pilkada-2024'), regions), { governor: 37, regent: 415, mayor: 93 })
  t.same(countContests(election('psu-pilkada-2025-04-19'), regions), { governor: 0, regent: 7, mayor: 1 })
  t.equal(held('pilkada-2024', '74.71'), 'governor mayor')
  t.equal(held('pilkada-2024', '74.11'), 'governor regent')
  t.equal(held('pilkada-2024', '74.71.01'), 'governor mayor', 'a district votes as its regency')
  t.equal(held('pilkada-2024', '31.71'), 'governor')
  t.equal(held('pilkada-2024', '31.01'), 'governor')
  t.equal(held('pilkada-2024', '34.71'), 'mayor')
  t.equal(held('pilkada-2024', '34.04'), 'regent')
  t.equal(held('pilkada-2024', '34'), '')
  t.equal(held('pilkada-2024', '31'), 'governor')
  t.equal(held('pilkada-2024', '74'), 'governor')
  t.equal(held('pilkada-2024', '00'), '')
  t.equal(held('pemilu-2024', '74.71'), 'president dpr dpd dprd_province dprd_regency')
  t.equal(held('pemilu-2024', '31.71'), 'president dpr dpd dprd_province')
  t.equal(held('pemilu-2024', '74'), 'president dpr dpd dprd_province')
  t.equal(held('pemilu-2024', '00'), 'president dpr dpd')
  t.equal(held('psu-pemilu-2024-kl', '31.71'), '', 'overseas')
  t.equal(held('psu-dpd-sumbar-2024', '13.71'), 'dpd', 'a province with its regencies')
  t.equal(held('psu-dpd-sumbar-2024', '13'), 'dpd')
  t.equal(held('psu-dpd-sumbar-2024', '14.71'), '')
  t.equal(held('psu-pilkada-2025-04-19', '63.72'), 'mayor')
  t.equal(held('psu-pilkada-2025-04-19', '63'), '', 'a regency without its province')
  t.equal(held('psu-pilkada-2025-08-06-papua', '91.71'), 'governor')
  t.equal(held('psu-pilkada-2025-08-06-papua', '92.02'), '')
})

t.test('a document that is no calendar is refused', async (t) => {
  for (const wrong of [null, {}, [], 'calendar', 7]) {
    t.throws(() => parseCalendar(wrong, 1, regions), { name: 'CalendarError', faults: [{ path: '', message: /list/ }] })
  }
  t.throws(() => parseCalendar([null, 1, {}], 1, regions), {
    name: 'CalendarError',
    faults: { length: 4, 0: { path: '/0' }, 1: { path: '/1' } },
  })
})

t.test('faults of form are all named', async (t) => {
  const faults = faultsAfter('pilkada-2024', ({ election, stages, overrides }) => {
    Object.assign(election, { voting_dy: '2024-11-27', status: 'over', 'a/b': 1 })
    Object.assign(stages[0] as Json, { ends_on: '2024-02-30', group: 'other', start_on: null })
    Object.assign(stages[1] as Json, { order: 0, excluded_regions: ['7471', '74', '74'] })
    t.equal(overrides, undefined)
  })
  t.match(faults.sort(), [
    /^election\/a~1b is not a known member/,
    /^election\/status /,
    /^election\/voting_dy is not a known member/,
    /^stages\/0\/ends_on Invalid ISO date/,
    /^stages\/0\/group /,
    /^stages\/0\/start_on is not a known member/,
    /^stages\/1\/excluded_regions names a region twice/,
    /^stages\/1\/excluded_regions\/0 must be the Kemendagri code/,
    /^stages\/1\/order /,
  ])
})

t.test('each fault of an election is named', async (t) => {
  const psu = 'psu-pilkada-2025-04-19'
  const change = (code: string, members: Json) => faultsAfter(code, ({ election }) => Object.assign(election, members))
  const region = (members: Json) =>
    faultsAfter(psu, ({ election }) => Object.assign((election.regions as Json[])[0] as Json, members))

  t.same(change(psu, { code: 'pemilu-2024' }), ['election/code pemilu-2024 is given twice'])
  t.same(change(psu, { parent_election: 'pilkada-2020' }), ['election/parent_election pilkada-2020 does not exist'])
  t.same(change(psu, { parent_election: psu }), ['election/parent_election is the election itself'])
  t.match(change(psu, { voting_day: null }), [/^election\/voting_day must be given for an election that is held/])
  t.match(change(psu, { enacted_on: '2025-05-01' }), [/^election\/enacted_on lies after the voting day/])
  t.match(region({ code: '63.99' }), ['election/regions/0/code 63.99 does not exist'])
  t.match(region({ code: '36.04' }), [
    /0\/name 36.04 is Kabupaten Serang, not Banjarbaru/,
    /0\/level Kabupaten Serang is not a kota/,
    /0\/province Kabupaten Serang lies in Banten, not in Kalimantan Selatan/,
    /1\/code 36.04 is given twice/,
  ])
  t.match(change(psu, { contests: ['regent'] }), [
    /^election\/regions\/0 Kota Banjarbaru votes in none of the contests/,
  ])
  t.match(
    faultsAfter('pilkada-2024', ({ election }) => {
      election.excluded = {
        governor: [{ code: '92', name: 'Papua Barat Daya', why: 'BPS and Kemendagri numbers mixed up' }],
        regent_mayor: [{ code: '99', name: 'Nowhere', why: 'does not exist' }],
      }
    }),
    [
      'election/excluded/governor/0/name 92 is Papua Barat, not Papua Barat Daya',
      'election/excluded/regent_mayor/0/code 99 does not exist',
    ],
  )
  t.same(change('pilkada-2024', { counts: { provinces: 38, regencies: 415, cities: 93, total: 546 } }), [
    'election/counts/provinces is 38, but 37 regions vote',
    'election/counts/total is 546, but 545 regions vote',
  ])
})

t.test('each fault of a stage is named', async (t) => {
  const change = (stage: string, members: Json, code = 'pilkada-2024') =>
    faultsAfter(code, (_, find) => Object.assign(find(stage), members)).map((fault) =>
      fault.replace(`stages/${stageAt(code, stage)}/`, ''),
    )

  t.same(change('dp4', { code: 'kampanye' }).at(-1), 'stages/14/code kampanye is given twice')
  t.same(change('dp4', { order: 1 }), ['order 1 is the order of perencanaan_anggaran as well'])
  t.same(change('kampanye', { starts_on: '2024-11-24' }), ['ends_on lies before the start'])
  t.match(change('badan_ad_hoc', { starts_on: null }, 'pilkada-ulang-2025'), [/^starts_on an open start needs/])
  t.match(change('dp4', { starts_on: null, ends_on: '2024-01-25' }), [
    'ends_on lies before the enacted_on of the election',
  ])
  t.match(change('pelantikan', { ends_on: null }), [/^ends_on an open end lasts to voting day, which is before/])
  t.same(change('kampanye', { contests: ['governor', 'dpr'] }), ['contests/1 dpr is not a contest of this election'])
  t.same(change('sengketa_hasil', { starts_after: 'rekapitulasi' }), [
    'starts_after rekapitulasi is not a stage of this election',
  ])
  t.same(change('sengketa_hasil', { starts_after: 'sengketa_hasil' }), ['starts_after is the stage itself'])
  t.match(change('sengketa_hasil', { starts_on: '2024-12-09' }), [/^starts_after contradicts starts_on/])
  t.same(change('rekap_provinsi', { parent: 'rekapitulasi' }), ['parent rekapitulasi is not a stage of this election'])
  t.same(change('rekap_provinsi', { parent: 'rekap_provinsi' }), ['parent is the stage itself'])
  t.match(change('rekap_provinsi', { parent: 'rekap_kecamatan' }), [
    'parent rekap_kecamatan is itself part of penghitungan_dan_rekapitulasi',
    /its days go beyond those of its parent rekap_kecamatan/,
  ])
  t.match(change('nomor_urut', { contests: ['dpd'] }, 'pemilu-2024'), [
    'contests go beyond those of its parent pencalonan_presiden',
  ])
  t.match(change('pelantikan', { excluded_regions: ['11', '11.99'] }), ['excluded_regions/1 11.99 does not exist'])
})

t.test('each fault of an override is named', async (t) => {
  const given = { region: '74.71', stage: 'psu_psl_pss', starts_on: '2024-12-01', ends_on: '2024-12-01', source: 'KPU' }
  const overrides = (...list: Json[]) =>
    faultsAfter('pilkada-2024', (entry) => {
      entry.overrides = list.map((members) => ({ ...given, ...members }))
    })

  t.same(overrides({}, { starts_on: '2024-12-05', ends_on: '2024-12-05' }), [], 'two re-votes in one region')
  t.same(overrides({ region: '74.99' }), ['overrides/0/region 74.99 does not exist'])
  t.match(overrides({ region: '00' }), [/^overrides\/0\/region must be the Kemendagri code of a province or a regency/])
  t.match(overrides({ region: '74.71.01' }), [/^overrides\/0\/region must be the Kemendagri code/])
  t.match(overrides({ region: '34' }), [/Daerah Istimewa Yogyakarta votes in none of the contests of psu_psl_pss/])
  t.same(overrides({ stage: 'psu' }), ['overrides/0/stage psu is not a stage of this election'])
  t.same(overrides({ ends_on: '2024-11-30' }), ['overrides/0/ends_on lies before the start'])
  t.match(overrides({}, {}), [/^overrides\/1\/starts_on overlaps an earlier override/])
  t.match(overrides({ source: '' }), [/^overrides\/0\/source /])
})

t.test('faults of many elections are named in one go', async (t) => {
  const copy = structuredClone(document)
  for (const { election } of copy) election.colour = 'red'
  t.throws(() => parseCalendar(copy, 1, regions), {
    name: 'CalendarError',
    faults: { length: 16, 15: { path: '/15/election/colour' } },
  })
})

import t from 'tap'
import { loadRegionAliases } from '../../src/regions/aliases.ts'
import { RegionDirectory } from '../../src/regions/directory.ts'
import { loadRegions, type RegionRows, regionsOf } from '../../src/regions/load-regions.ts'
import { properName } from '../../src/regions/proper-name.ts'
import type { Region, RegionKind } from '../../src/regions/region.ts'

const all = await loadRegions()
const regions = new RegionDirectory(all, await loadRegionAliases())

const named = (found: readonly Region[]) => found.map(({ code, name }) => `${code} ${name}`)

t.test('the country is whole', async (t) => {
  const count = (kind: RegionKind) => all.filter((region) => region.kind === kind).length

  t.equal(all.length, 1 + 38 + 514 + 7285)
  t.equal(count('nation'), 1)
  t.equal(count('province'), 38)
  t.equal(count('kabupaten'), 415)
  t.equal(count('kota'), 93)
  t.equal(count('kabupaten_administrasi'), 1)
  t.equal(count('kota_administrasi'), 5)
  t.equal(count('district'), 7285)
})

t.test('a region knows its place, its name for people and its clock', async (t) => {
  t.same(regions.find('74.11.01'), {
    code: '74.11.01',
    name: 'Tirawuta',
    kind: 'district',
    level: 'district',
    parent: '74.11',
    province: '74',
    regency: '74.11',
    timeZone: 'Asia/Makassar',
    centre: null,
    population: null,
  })
  t.match(regions.find('74.71'), {
    name: 'Kota Kendari',
    kind: 'kota',
    level: 'regency',
    parent: '74',
    regency: '74.71',
  })
  t.match(regions.find('74'), {
    name: 'Sulawesi Tenggara',
    level: 'province',
    parent: '00',
    province: '74',
    regency: null,
  })
  t.match(regions.find('00'), {
    name: 'Indonesia',
    level: 'nation',
    parent: null,
    province: null,
    timeZone: 'Asia/Jakarta',
  })
  t.match(regions.find('31.01'), { kind: 'kabupaten_administrasi' })
  t.match(regions.find('31.74'), { kind: 'kota_administrasi' })
  t.equal(regions.find('92')?.name, 'Papua Barat')
  t.equal(regions.find('96')?.name, 'Papua Barat Daya')
  t.equal(regions.find('99'), undefined)
})

t.test('the clock follows the province', async (t) => {
  const zoneOf = (code: string) => regions.get(code).timeZone

  for (const code of ['11', '21', '31', '35', '36.01']) t.equal(zoneOf(code), 'Asia/Jakarta', code)
  for (const code of ['61', '62.05']) t.equal(zoneOf(code), 'Asia/Pontianak', code)
  for (const code of ['51', '52', '53', '63', '64', '65', '71', '74.71.01', '76'])
    t.equal(zoneOf(code), 'Asia/Makassar', code)
  for (const code of ['81', '82', '91', '92', '93', '94', '95', '96.71']) t.equal(zoneOf(code), 'Asia/Jayapura', code)
})

t.test('names are written as people write them', async (t) => {
  t.equal(properName('Timang gajah'), 'Timang Gajah')
  t.equal(properName('Ra"as'), "Ra'as")
  t.equal(properName("KI'E"), "Ki'e")
  t.equal(properName("O'o'u"), "O'o'u")
  t.equal(properName('Konda/ Kondaga'), 'Konda/Kondaga')
  t.equal(properName('Na IX - X'), 'Na IX-X')
  t.equal(properName('2 x 11 Kayu Tanam'), '2 x 11 Kayu Tanam')
  t.equal(properName('Kabupaten Pangkajene dan Kepulauan'), 'Kabupaten Pangkajene dan Kepulauan')
  t.equal(properName('STL Ulu Terawas'), 'STL Ulu Terawas')

  const odd = all.filter(({ name }) => name !== name.trim() || /\s{2}|"|(^|\s)(?!dan |x )[a-z]/.test(name))
  t.same(named(odd), [])
})

t.test('area data that does not hold is refused, every fault named', async (t) => {
  const rowsAt = (level: string) =>
    all
      .filter((region) => region.level === level)
      .map(({ code, name, parent }) => ({ code, name, parent: parent ?? '' }))
  const rows: RegionRows = {
    provinces: rowsAt('province').map((row) => (row.code === '96' ? { ...row, code: '97' } : row)),
    regencies: rowsAt('regency').map((row) => (row.code === '74.71' ? { ...row, name: 'Kendari' } : row)),
    districts: rowsAt('district')
      .slice(1)
      .map((row) => (row.code === '74.71.01' ? { ...row, code: '74.71.02' } : row))
      .map((row) => (row.code === '74.72.01' ? { ...row, parent: '74.71' } : row))
      .map((row) => (row.code === '74.72.02' ? { ...row, code: '747202', name: ' ' } : row)),
  }

  try {
    regionsOf(rows)
    t.fail('refused')
  } catch (error) {
    const { faults, name } = error as { faults: string[]; name: string }
    t.equal(name, 'ReferenceDataError')
    for (const fault of [
      'districts: 7285 expected, 7284 found',
      'kota: 93 expected, 92 found',
      '97: no time zone is known for its province',
      '96.71: parent 96 does not exist',
      '74.71: "Kendari" is neither Kabupaten nor Kota',
      '74.71.02: code given twice',
      '74.72.01: parent 74.71 does not match the code',
      '747202: not a code of its level',
      '747202: no name',
    ]) {
      t.ok(faults.includes(fault), fault)
    }
  }
})

t.test('the directory answers where a place lies', async (t) => {
  t.same(regions.chain('74.71.01'), { district: '74.71.01', regency: '74.71', province: '74' })
  t.same(regions.chain('74.71'), { district: null, regency: '74.71', province: '74' })
  t.same(regions.chain('74'), { district: null, regency: null, province: '74' })
  t.same(regions.chain('00'), { district: null, regency: null, province: null })
  t.throws(() => regions.chain('99'), { code: 'region_not_found' })

  t.equal(regions.children('00').length, 38)
  t.equal(regions.children('74').length, 17)
  t.same(named(regions.children('74.71')).slice(0, 2), ['74.71.01 Mandonga', '74.71.02 Kendari'])
  t.same(regions.children('74.71.01'), [])

  t.ok(regions.isWithin('74.71.01', '74'))
  t.ok(regions.isWithin('74.71.01', '74.71'))
  t.ok(regions.isWithin('74', '74'))
  t.ok(regions.isWithin('74.71', '00'))
  t.notOk(regions.isWithin('74', '74.71'))
  t.notOk(regions.isWithin('00', '74'))
  t.notOk(regions.isWithin('74.99', '74'))
  t.notOk(regions.isWithin('74.71', '7'))
  t.equal(regions.size, all.length)
})

t.test('a directory refuses regions and short names that hang in the air', async (t) => {
  const kendari = regions.get('74.71')
  t.throws(() => new RegionDirectory([kendari]), {
    name: 'ReferenceDataError',
    faults: ['74.71: parent 74 does not exist'],
  })
  t.throws(() => new RegionDirectory([...all, kendari]), {
    name: 'ReferenceDataError',
    faults: ['74.71: code given twice'],
  })
  t.throws(() => new RegionDirectory(all, { sultra: '99' }), {
    name: 'ReferenceDataError',
    faults: ['alias sultra: 99 does not exist'],
  })
})

t.test('search understands what people type', async (t) => {
  const firstOf = {
    'Kab. Kolaka Timur': '74.11',
    'kab kolaka timur': '74.11',
    'kabupaten kolaka timur': '74.11',
    '  KABUPATEN   KOLAKA-TIMUR ': '74.11',
    'kolaka tim': '74.11',
    'kota kendari': '74.71',
    'Kec. Mandonga': '74.71.01',
    'Mandonga, Kota Kendari': '74.71.01',
    'kota kendari mandonga': '74.71.01',
    'kendari sultra': '74.71',
    'distrik heram': '91.71.05',
    '74.71': '74.71',
    '7471': '74.71',
    '74.71.01': '74.71.01',
    '00': '00',
    sultra: '74',
    jabar: '32',
    dki: '31',
    jakarta: '31',
    diy: '34',
    yogyakarta: '34',
    pbd: '96',
    'prov. jawa barat': '32',
    papua: '91',
    'kota adm. jakarta selatan': '31.74',
    'kab. kep. seribu': '31.01',
    jaksel: '31.74',
    'palangka raya': '62.71',
    palangkaraya: '62.71',
    pangkalpinang: '19.71',
    tolitoli: '72.04',
    'toli toli': '72.04',
    'kotabaru kalsel': '63.02',
    'kota baru': '63.02',
    Kendarí: '74.71',
    raas: '35.29.22',
    'ra’as': '35.29.22',
    kendri: '74.71',
    kendrai: '74.71',
    'kota kendarri': '74.71',
  }
  for (const [query, code] of Object.entries(firstOf)) t.equal(regions.search(query)[0]?.code, code, query)
})

t.test('search returns every candidate of an ambiguous name, exact ones first', async (t) => {
  t.same(named(regions.search('bandung', { limit: 5 })), [
    '32.04 Kabupaten Bandung',
    '32.73 Kota Bandung',
    '35.04.17 Bandung',
    '36.04.34 Bandung',
    '32.17 Kabupaten Bandung Barat',
  ])
  t.same(named(regions.search('serang', { limit: 3 })), [
    '36.04 Kabupaten Serang',
    '36.73 Kota Serang',
    '36.73.01 Serang',
  ])
  t.same(named(regions.search('jogja')), ['34 Daerah Istimewa Yogyakarta', '34.71 Kota Yogyakarta'])
  t.same(named(regions.search('kota bandung')), ['32.73 Kota Bandung'])
  t.same(named(regions.search('kabupaten bandung')), ['32.04 Kabupaten Bandung', '32.17 Kabupaten Bandung Barat'])
})

t.test('search keeps to a kind, a level, a place and a limit', async (t) => {
  t.same(named(regions.search('bandung', { kind: 'kota' })), ['32.73 Kota Bandung'])
  t.same(named(regions.search('bandung', { level: 'district', within: '36' })), ['36.04.34 Bandung'])
  t.same(named(regions.search('kendari', { within: '74.71', level: 'regency' })), ['74.71 Kota Kendari'])
  t.same(named(regions.search('kendari', { within: '32' })), [])
  t.equal(regions.search('kota').length, 20)
  t.ok(regions.search('kota', { limit: 98 }).every(({ level }) => level === 'regency'))
  t.equal(regions.search('kota', { kind: 'kota', limit: 200 }).length, 93)
})

t.test('search finds nothing where nothing is meant', async (t) => {
  for (const query of [
    '',
    '   ',
    '...',
    '99',
    '74.99',
    'xyzzy',
    'kab xyzzy',
    'a'.repeat(500),
    '%',
    '.*',
    '__proto__',
  ]) {
    t.same(regions.search(query), [], query)
  }
})

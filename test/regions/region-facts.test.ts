import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadRegionFacts } from '../../src/reference/load-region-facts.ts'
import { loadRegionAliases } from '../../src/regions/aliases.ts'
import { RegionDirectory } from '../../src/regions/directory.ts'
import { loadRegions } from '../../src/regions/load-regions.ts'
import { ReferenceDataError } from '../../src/regions/reference-data-error.ts'
import { readRegionFacts } from '../../src/regions/region-facts.ts'
import { runCommand } from '../support/run-command.ts'
import { startApi, testNow } from '../support/start-api.ts'

const regions = new RegionDirectory(await loadRegions(), await loadRegionAliases())
const header = 'code,lon,lat,population,neighbours'
const file = (...lines: string[]) => Buffer.from([header, ...lines].join('\r\n'))
const good = file(
  '74,121.67,-3.5,2824589,',
  '74.71,122.49,-3.99,366454,74.02 74.05',
  '74.02,122.12,-3.88,269128,72.06 74.71',
  '74.05,122.30,-4.24,,74.71',
  '74.07,,,118793,',
)

function faultsOf(bytes: Buffer): readonly string[] {
  try {
    readRegionFacts(bytes, regions)
    return []
  } catch (error) {
    if (error instanceof ReferenceDataError) return error.faults
    throw error
  }
}

t.test('everything that is wrong with a file is named at once, by line and column', async (t) => {
  t.same(faultsOf(good), [])
  const bad = file(
    '99.01,122.49,-3.99,1,',
    '74.71,222.49,-3,99,-5,74.02',
    '74.71,222.49,-93.99,-5,74.71 74.99 74 74.02 74.02',
    '74.71,122.49,,1.5,',
    '74.02,12e1,x,12 000,74.05',
    '74.05,122.3,-4.24,3000000000,',
    '74,121.67,-3.5,1,74.71',
    '74.71.01,122.5,-3.9,1,74.02',
  )
  t.same(faultsOf(bad), [
    'line 2, code: there is no region "99.01"',
    'line 3: 6 cells where the header has 5',
    'line 4, lon: "222.49" is no number of degrees from 94 to 142',
    'line 4, lat: "-93.99" is no number of degrees from -12 to 8',
    'line 4, population: "-5" is no whole number from 0 to 2000000000',
    'line 4, neighbours: 74.71 is the region itself',
    'line 4, neighbours: there is no regency "74.99"',
    'line 4, neighbours: there is no regency "74"',
    'line 4, neighbours: 74.02 is named twice',
    'line 4, neighbours: 74.02 (line 6) does not name 74.71 as its neighbour',
    'line 5, code: 74.71 is on line 4 already',
    'line 5, lat: both or neither',
    'line 5, population: "1.5" is no whole number from 0 to 2000000000',
    'line 6, lon: "12e1" is no number of degrees from 94 to 142',
    'line 6, lat: "x" is no number of degrees from -12 to 8',
    'line 6, population: "12 000" is no whole number from 0 to 2000000000',
    'line 6, neighbours: 74.05 (line 7) does not name 74.02 as its neighbour',
    'line 7, population: "3000000000" is no whole number from 0 to 2000000000',
    'line 8, neighbours: only a regency has any',
    'line 9, neighbours: only a regency has any',
  ])
  t.same(faultsOf(Buffer.from('code,lon,lon,people\n74,1,2,3')), [
    'header: There is no column "people"',
    'header: "lon" is there twice',
    'header: "lat" is missing',
    'header: "population" is missing',
    'header: "neighbours" is missing',
  ])
  t.same(faultsOf(Buffer.alloc(0)), ['The file is empty'])
  t.same(faultsOf(Buffer.from(header)), ['There is no row below the header'])
  t.match(faultsOf(Buffer.from([0xff, 0xfe])), [/UTF-8/])
  t.match(faultsOf(Buffer.from(`${header}\n"74,1,2,3,`)), [/line 2/])
  t.same(faultsOf(Buffer.from('\uFEFFneighbours;population;lat;lon;code\n;1;-3.5;121.6;74\n')), [])
})

t.test('neighbours are those of the file, and without it the others of the province', async (t) => {
  const api = await startApi(t)
  const region = async (code: string) => (await api.as('kendari').get(`/v1/regions/${code}`)).json()
  const siblings = regions.children('74').map(({ code }) => code)
  const othersThan = (code: string) => siblings.filter((each) => each !== code)
  t.match(await region('74.71'), { centre: null, population: null, neighbours: othersThan('74.71') })
  t.same((await region('74')).neighbours, [])

  t.same(await loadRegionFacts(api.adminUrl, good, testNow), {
    regions: 5,
    missing: 38 + 514 - 5,
    withoutNeighbours: 510,
  })
  t.match(await region('74.71'), { centre: [122.49, -3.99], population: 366454, neighbours: ['74.02', '74.05'] })
  t.same((await region('74.71.01')).neighbours, ['74.02', '74.05'], 'a district has those of its regency')
  t.match(await region('74'), { centre: [121.67, -3.5], population: 2824589, neighbours: [] })
  t.match(await region('74.05'), { population: null, neighbours: ['74.71'] })
  t.match(await region('74.07'), { centre: null, neighbours: [] }, 'an island that the file speaks of has none')
  t.same((await region('74.01')).neighbours, othersThan('74.01'), 'a regency without a row')
  const beyond = (await region('72.06')).neighbours
  t.ok(beyond.includes('74.02') && beyond.includes('72.01'), 'and whoever names it')
  const listed = (await api.as('kendari').get('/v1/regions?within=74&level=province')).json()
  t.match(listed.items, [{ code: '74', centre: [121.67, -3.5], population: 2824589 }])
  t.notOk('neighbours' in listed.items[0])

  const { rows: before } = await api.admin.query('SELECT * FROM region_facts ORDER BY code')
  await t.rejects(loadRegionFacts(api.adminUrl, file('74.71,1,1,1,'), testNow), ReferenceDataError)
  const { rows: after } = await api.admin.query('SELECT * FROM region_facts ORDER BY code')
  t.same(after, before, 'nothing of a bad file is written')

  await loadRegionFacts(api.adminUrl, file('74.71,122.5,-4,400000,'), testNow)
  t.match(await region('74.71'), { centre: [122.5, -4], population: 400000, neighbours: [] })
  t.match(
    await region('74.02'),
    { centre: null, population: null, neighbours: othersThan('74.02') },
    'all before is gone',
  )
  const { rows } = await api.admin.query(
    "SELECT action, operation, details FROM audit_entries WHERE action = 'reference.changed'",
  )
  t.same(rows.length, 2)
  t.match(rows[0], { operation: 'reference load', details: { regions: 5 } })
})

t.test('the command loads a file, says what it misses, and names every fault of a bad one', async (t) => {
  const api = await startApi(t)
  const folder = t.testdir()
  const environment = { WASPADA_DATA_DIR: folder, DATABASE_URL: api.adminUrl }
  await writeFile(join(folder, 'good.csv'), good)
  await writeFile(join(folder, 'bad.csv'), file('74.71,1,1,1,', '74.72,122,-4,x,'))
  const loaded = await runCommand(['reference', 'load', join(folder, 'good.csv')], environment)
  t.match(loaded, { code: 0 }, loaded.stderr)
  t.match(loaded.stdout, /facts of 5 regions are in force[\s\S]*547 provinces and regencies[\s\S]*510 of them/)
  const refused = await runCommand(['reference', 'load', join(folder, 'bad.csv')], environment)
  t.match(refused, { code: 1 })
  t.match(refused.stderr, /refused:\n {2}line 2, lon: .*\n {2}line 3, population: /)
})

t.test('the database knows no border of one side', async (t) => {
  const { admin } = await startApi(t)
  const insert = (values: string) => admin.query(`INSERT INTO region_neighbours (code, neighbour) VALUES ${values}`)
  await t.rejects(insert("('74.71', '74.02')"), { code: '23503' })
  await t.rejects(insert("('74.71', '74.71')"), { code: '23514' })
  await insert("('74.71', '74.02'), ('74.02', '74.71')")
})

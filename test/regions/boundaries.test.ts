import t from 'tap'
import { placeFlagsOf } from '../../src/classification/place-flags.ts'
import { loadRegionAliases } from '../../src/regions/aliases.ts'
import { Boundaries, type Boundary } from '../../src/regions/boundaries.ts'
import { RegionDirectory } from '../../src/regions/directory.ts'
import { loadRegions } from '../../src/regions/load-regions.ts'
import { nothingTold } from '../../src/regions/neighbourhood.ts'
import { readBoundaryFile } from '../../src/regions/read-boundary-file.ts'
import { ReferenceDataError } from '../../src/regions/reference-data-error.ts'
import { SuccessionIndex } from '../../src/regions/succession-index.ts'
import { loadSuccessions, readSuccessions } from '../../src/regions/successions.ts'

const all = await loadRegions()
const today = new RegionDirectory(all, await loadRegionAliases())
const successions = await loadSuccessions(today)
const regions = new RegionDirectory(all, await loadRegionAliases(), nothingTold, new SuccessionIndex(successions))

const square = (west: number, south: number, side: number) => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
]
const boundary = (code: string, ...polygons: number[][][][]): Boundary => ({ code, polygons })

// 74.01 with a hole in which 74.71 lies but for a moat of 0.02 degrees; 74.02 beside 74.01; 74.03 of two islands.
const kolaka = boundary('74.01', [square(121, -5, 1), square(121.4, -4.6, 0.2)])
const kendari = boundary('74.71', [square(121.42, -4.58, 0.16)])
const konawe = boundary('74.02', [square(122, -5, 1)])
const muna = boundary('74.03', [square(124, -5, 0.1)], [square(124.5, -5, 0.1)])
const boundaries = new Boundaries([konawe, kendari, muna, kolaka])

t.test('a position is inside one regency, or near one, or in none', async (t) => {
  const cases: [string, [number, number], unknown][] = [
    ['inside', [121.2, -4.2], { region: '74.01', basis: 'inside', distanceMetres: 0 }],
    ['in the enclave', [121.5, -4.5], { region: '74.71', basis: 'inside', distanceMetres: 0 }],
    [
      'on the edge that two share: the lowest code',
      [122, -4.5],
      { region: '74.01', basis: 'inside', distanceMetres: 0 },
    ],
    ['on a corner', [123, -4], { region: '74.02', basis: 'inside', distanceMetres: 0 }],
    ['on the second island', [124.55, -4.95], { region: '74.03', basis: 'inside', distanceMetres: 0 }],
    ['in the hole, nearer to the enclave', [121.415, -4.5], { region: '74.71', basis: 'nearest' }],
    ['in the hole, nearer to its edge', [121.405, -4.5], { region: '74.01', basis: 'nearest' }],
    ['between islands', [124.3, -4.95], { region: null, basis: 'none', distanceMetres: null }],
    ['off the coast', [123.04, -4.5], { region: '74.02', basis: 'nearest' }],
    ['too far off the coast', [123.05, -4.5], { region: null, basis: 'none', distanceMetres: null }],
    ['at the other end of the world', [-180, 90], { region: null, basis: 'none', distanceMetres: null }],
  ]
  for (const [what, position, expected] of cases) t.match(boundaries.locate(position), expected, what)
  const { distanceMetres } = boundaries.locate([123.04, -4.5])
  t.ok(Math.abs((distanceMetres ?? 0) - 0.04 * 111_195 * Math.cos((4.5 * Math.PI) / 180)) < 20, `${distanceMetres} m`)
  const middle = new Boundaries([boundary('74.02', [square(122, -5, 1)]), boundary('74.01', [square(120.98, -5, 1)])])
  t.equal(middle.locate([121.99, -4.5]).region, '74.01', 'as near to both: the lowest code')
})

t.test('the position and the code given are compared, never set right', async (t) => {
  const flags = (code: string, position: [number, number]) => {
    const region = regions.today(code)
    return region && placeFlagsOf(region, boundaries.locate(position), { regions, boundaries })
  }
  t.same(flags('74.01', [121.2, -4.2]), [])
  t.same(flags('74.02', [121.2, -4.2]), ['location_mismatch'])
  t.same(flags('74.02.01', [122.5, -4.5]), [], 'a district by its regency')
  t.same(flags('74.02', [123.04, -4.5]), ['location_approximate'])
  t.same(flags('74.01', [123.04, -4.5]), ['location_mismatch', 'location_approximate'])
  t.same(
    flags('74.05', [123.04, -4.5]),
    ['location_approximate'],
    'of 74.05 no boundary is known: near another says nothing',
  )
  t.same(flags('74.05', [122.5, -4.5]), ['location_mismatch'])
  t.same(flags('74', [122.5, -4.5]), [])
  t.same(flags('51', [122.5, -4.5]), ['location_mismatch'], 'a province by its province')
  t.same(flags('00', [122.5, -4.5]), [])
  t.same(flags('74.01', [130, -4.5]), [], 'where nothing is near there is nothing to compare')
})

const faultsOf = (work: () => unknown): readonly string[] => {
  try {
    work()
    return []
  } catch (error) {
    if (error instanceof ReferenceDataError) return error.faults
    throw error
  }
}
const bytes = (document: unknown) => Buffer.from(JSON.stringify(document))
const featureOf = (properties: unknown, coordinates: unknown, type = 'Polygon') => ({
  type: 'Feature',
  properties,
  geometry: { type, coordinates },
})
const collection = (...features: unknown[]) => bytes({ type: 'FeatureCollection', features })

t.test('a file of boundaries is read in every usual form', async (t) => {
  const ring = [square(122, -5, 1)]
  const codes = (file: Buffer, property?: string) => {
    const read = readBoundaryFile(file, regions, property)
    return [read.property, ...read.boundaries.map(({ code }) => code)]
  }
  t.same(codes(collection(featureOf({ kode: '74.71' }, ring))), ['kode', '74.71'])
  t.same(codes(collection(featureOf({ KODE_KAB: '7471' }, [ring], 'MultiPolygon'))), ['KODE_KAB', '74.71'])
  t.same(codes(collection(featureOf({ id: 'x', 'Kode Kemendagri': 7471 }, ring))), ['Kode Kemendagri', '74.71'])
  t.same(codes(collection(featureOf({ code: 'A', nomor: '9101' }, ring)), 'nomor'), ['nomor', '93.01'], 'a former code')
  const topology = (objects: Record<string, unknown>) =>
    bytes({ type: 'Topology', arcs: [square(122, -5, 1)], objects })
  const of = (properties: unknown) => ({
    type: 'GeometryCollection',
    geometries: [{ type: 'Polygon', arcs: [[0]], properties }],
  })
  t.same(codes(topology({ kabkota: of({ code: '74.71' }) })), ['code', '74.71'])
  t.match(
    faultsOf(() => codes(topology({ a: of({}), b: of({}) }))),
    [/holds 2 objects \(a, b\)/],
  )
  t.match(
    faultsOf(() => codes(bytes({ type: 'Topology', arcs: [], objects: { a: of({ code: '74.71' }) } }))),
    [/object a cannot be read/],
  )
  const named = readBoundaryFile(
    collection(
      featureOf({ code: '94.01', name: 'Merauke' }, ring),
      featureOf({ code: '74.71', name: 'KENDARI' }, ring),
    ),
    regions,
  )
  t.same(named.misnamed, ['94.01 Merauke'], 'codes of BPS give themselves away')
})

t.test('everything that is wrong with a file of boundaries is named at once', async (t) => {
  const good = [square(122, -5, 1)]
  const open = [good[0]?.slice(0, 4)]
  const faults = faultsOf(() =>
    readBoundaryFile(
      collection(
        featureOf({ code: '74.71' }, good),
        featureOf({ code: '74.99' }, good),
        featureOf({ code: '7471' }, good),
        featureOf({ code: '74' }, good),
        featureOf({ code: 'Kendari' }, good),
        featureOf({}, good),
        featureOf({ code: '74.01' }, [122, -5], 'Point'),
        { type: 'Feature', properties: { code: '74.02' }, geometry: null },
        featureOf({ code: '74.03' }, open),
        featureOf({ code: '74.04' }, [[[122, -5]]]),
        featureOf({ code: '74.05' }, [square(400_000, 9_500_000, 1000)]),
        featureOf({ code: '74.06' }, [good[0]?.map(([x, y]) => [y, x])]),
        featureOf({ code: '74.07' }, [square(10, 50, 1)]),
        featureOf({ code: '74.08' }, [[...square(122, -5, 1).slice(0, 3), ['x', 1], [122, -5]]]),
        featureOf({ code: '74.09' }, []),
        featureOf({ code: '74.10' }, [good, open], 'MultiPolygon'),
        null,
      ),
      regions,
    ),
  )
  t.same(faults, [
    'feature 2: there is no region 74.99',
    'feature 3: 74.71 is feature 1 already; one MultiPolygon holds all its parts',
    'feature 4: 74 is a province; boundaries are of regencies',
    'feature 5: "Kendari" is no Kemendagri code',
    'feature 6: null is no Kemendagri code',
    'feature 7: is a Point, neither Polygon nor MultiPolygon',
    'feature 8: is a feature without geometry, neither Polygon nor MultiPolygon',
    'feature 9: polygon 1, ring 1: does not end where it begins',
    'feature 10: polygon 1, ring 1: has fewer than four positions',
    'feature 11: polygon 1, ring 1: [400000, 9500000] are metres of a projection; export it in WGS 84 degrees (EPSG:4326)',
    'feature 12: polygon 1, ring 1: [-5, 122] has the latitude first; GeoJSON wants [longitude, latitude]',
    'feature 13: polygon 1, ring 1: [10, 50] lies outside 94 to 142 degrees east and -12 to 8 north',
    'feature 14: polygon 1, ring 1: a position is no pair of numbers',
    'feature 15: polygon 1 has no ring',
    'feature 16: polygon 2, ring 1: does not end where it begins',
    'feature 17: null is no Kemendagri code',
    'feature 17: is a feature without geometry, neither Polygon nor MultiPolygon',
  ])
  const whole = (file: Buffer, property?: string) => faultsOf(() => readBoundaryFile(file, regions, property))
  t.match(whole(Buffer.from('{')), [/is not JSON/])
  t.match(whole(bytes([])), [/neither GeoJSON nor TopoJSON/])
  t.match(whole(bytes({ type: 'Polygon' })), [/must be a GeoJSON FeatureCollection/])
  t.match(whole(collection()), [/holds no feature/])
  t.match(whole(collection(featureOf({ nama: 'Kendari' }, good))), [/--property. There are: nama/])
  t.match(whole(collection(featureOf({ nama: 'Kendari' }, good)), 'kode'), [/no feature has the property "kode"/])
  const projected = {
    type: 'FeatureCollection',
    features: [],
    crs: { properties: { name: 'urn:ogc:def:crs:EPSG::23830' } },
  }
  t.match(whole(bytes(projected)), [/EPSG::23830; export it in WGS 84/])
})

t.test('26 regencies of Papua and all their districts had other codes', async (t) => {
  const regencies = successions.filter(({ code }) => code.length === 5)
  t.equal(regencies.length, 26)
  t.equal(successions.length, 26 + 594)
  const inProvince = (code: string) => regencies.filter(({ successor }) => successor.startsWith(`${code}.`)).length
  t.same(['93', '94', '95', '96'].map(inProvince), [4, 8, 8, 6])
  t.equal(new Set(successions.map(({ successor }) => successor)).size, successions.length, 'each to one of its own')
  for (const { code, successor } of successions) {
    t.notOk(today.find(code), `${code} is nobody's code today`)
    if (code.length === 8)
      t.equal(regions.today(code.slice(0, 5))?.code, successor.slice(0, 5), `${code} stays in its regency`)
  }
  // Kemendagri numbered districts anew: the last digits say nothing.
  t.equal(regions.today('91.02.03')?.name, 'Kurulu')
  t.equal(regions.today('91.02.03')?.code, '95.01.02')
  t.equal(regions.today('92.05.24')?.name, 'Ayau')
  t.equal(regions.today('91.01.99'), undefined)
  t.equal(regions.find('91.01'), undefined, 'what is found is of today')
  t.same(regions.formerCodesOf('96.71'), [{ code: '92.71', until: '2022-12-08', law: 'UU 29/2022' }])
  t.same(
    regions.search('91.01').map(({ code }) => code),
    ['93.01'],
  )
  t.same(
    regions.search('9102').map(({ code }) => code),
    ['95.01'],
  )
})

t.test('a code may have ended more than once, and a region whose code ended is none of today', async (t) => {
  const law = 'UU 1/2030'
  const twice = new SuccessionIndex([
    ...successions,
    { code: '93.01', successor: '51.71', endedOn: '2030-01-01', law },
    { code: '74', successor: '51', endedOn: '2030-01-01', law },
  ])
  const later = new RegionDirectory(all, { sultra: '74' }, nothingTold, twice)
  t.equal(later.today('91.01')?.code, '51.71')
  t.same(
    later.formerCodesOf('51.71').map(({ code }) => code),
    ['93.01', '91.01'],
    'the latest first',
  )
  t.equal(later.find('93.01'), undefined)
  t.equal(later.find('74.71'), undefined, 'nor what lay in it')
  t.same(
    later
      .search('sultra')
      .map(({ code }) => code)
      .slice(0, 1),
    ['51'],
  )
  const ring = new SuccessionIndex([
    { code: '97.01', successor: '97.02', endedOn: '2030-01-01', law },
    { code: '97.02', successor: '97.01', endedOn: '2030-01-01', law },
  ])
  t.equal(new RegionDirectory(all, {}, nothingTold, ring).today('97.01'), undefined, 'a ring stops nobody')
})

t.test('everything that is wrong with a file of successions is named at once', async (t) => {
  const pair = (former: string, next: string, name?: string) => ({ former, today: next, ...(name && { name }) })
  const change = (...pairs: unknown[]) => [
    { law: 'UU 1/2030', on: '2030-01-01', source: 'Lembaran Negara', regions: pairs },
  ]
  t.same(readSuccessions(change(pair('97.01', '74.71', 'Kota Kendari')), regions), [
    { code: '97.01', successor: '74.71', endedOn: '2030-01-01', law: 'UU 1/2030' },
  ])
  t.same(
    faultsOf(() =>
      readSuccessions(
        change(
          pair('51.71', '74.01'),
          pair('97.01', '74.99'),
          pair('97.02', '74.71', 'Kolaka'),
          pair('97.02', '74.71'),
          pair('97.03', '74.71.01'),
          pair('97.04', '97.05'),
          pair('97.05', '97.04'),
          pair('97.06', '91.01', 'Merauke'),
        ),
        regions,
      ),
    ),
    [
      '/0/regions/0: 51.71 is the code of a region of today',
      '/0/regions/1: there is no region 74.99 today',
      '/0/regions/2: 74.71 is Kota Kendari, not Kolaka',
      '/0/regions/3: 97.02 is given twice',
      '/0/regions/4: 97.03 and 74.71.01 are codes of different levels',
      '/0/regions/5: 97.04 leads back to itself',
      '/0/regions/6: 97.05 leads back to itself',
    ],
  )
  const shape = faultsOf(() =>
    readSuccessions([{ law: '', on: '2030-02-30', regions: [{ former: '00', today: '7471' }], more: 1 }], regions),
  )
  t.equal(shape.length, 6, shape.join('\n'))
  t.equal(faultsOf(() => readSuccessions({}, regions)).length, 1)
})

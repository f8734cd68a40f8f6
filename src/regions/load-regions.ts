import { getDistricts, getProvinces, getRegencies } from 'idn-area-data'
import { properName } from './proper-name.ts'
import { ReferenceDataError } from './reference-data-error.ts'
import { nationCode, type Region, type RegionKind, type RegionLevel } from './region.ts'
import { timeZoneOf } from './time-zone.ts'

interface Row {
  code: string
  name: string
  /** Absent for a province, whose parent is the nation. */
  parent?: string
}

/** The regions of a release of the area data, as its files have them. */
export interface RegionRows {
  provinces: readonly Row[]
  regencies: readonly Row[]
  districts: readonly Row[]
}

// The whole country since the six provinces of Papua; a release of the area data with other numbers must be looked at first.
const expected = { provinces: 38, regencies: 514, districts: 7285 } as const

const expectedKinds = { kabupaten: 415, kota: 93, kabupaten_administrasi: 1, kota_administrasi: 5 } as const

// The longer prefix first: `Kota Administrasi` is also a `Kota`.
const regencyPrefixes: readonly (readonly [string, RegionKind])[] = [
  ['Kabupaten Administrasi ', 'kabupaten_administrasi'],
  ['Kota Administrasi ', 'kota_administrasi'],
  ['Kabupaten ', 'kabupaten'],
  ['Kota ', 'kota'],
]

const codeForms = { provinces: /^\d{2}$/, regencies: /^\d{2}\.\d{2}$/, districts: /^\d{2}\.\d{2}\.\d{2}$/ } as const

/**
 * Provinces, regencies and districts of the whole country, and the nation `00`. Villages are left unread: nothing is
 * reported below a district. Throws ReferenceDataError naming all that does not hold.
 */
export async function loadRegions(): Promise<Region[]> {
  const [provinces, regencies, districts] = await Promise.all([
    getProvinces(),
    getRegencies({ transform: true }),
    getDistricts({ transform: true }),
  ])
  return regionsOf({
    provinces,
    regencies: regencies.map(({ code, name, provinceCode }) => ({ code, name, parent: provinceCode })),
    districts: districts.map(({ code, name, regencyCode }) => ({ code, name, parent: regencyCode })),
  })
}

/** The regions that the rows describe. Throws ReferenceDataError naming all that does not hold. */
export function regionsOf(rows: RegionRows): Region[] {
  const faults = faultsOf(rows)
  if (faults.length > 0) throw new ReferenceDataError('regions', faults)
  return [nation, ...rows.provinces.map(province), ...rows.regencies.map(regency), ...rows.districts.map(district)]
}

function faultsOf(rows: RegionRows): string[] {
  const faults: string[] = []
  const known = new Set<string>([nationCode])
  for (const list of ['provinces', 'regencies', 'districts'] as const) {
    if (rows[list].length !== expected[list]) {
      faults.push(`${list}: ${expected[list]} expected, ${rows[list].length} found`)
    }
    for (const row of rows[list]) {
      for (const fault of rowFaults(row, list, known)) faults.push(`${row.code}: ${fault}`)
    }
  }
  for (const [kind, count] of Object.entries(expectedKinds)) {
    const found = rows.regencies.filter(({ name }) => kindOf(name) === kind).length
    if (found !== count) faults.push(`${kind}: ${count} expected, ${found} found`)
  }
  return faults
}

function* rowFaults(row: Row, list: keyof RegionRows, known: Set<string>): Iterable<string> {
  if (!codeForms[list].test(row.code)) yield 'not a code of its level'
  else if (timeZoneOf(row.code.slice(0, 2)) === undefined) yield 'no time zone is known for its province'
  if (known.has(row.code)) yield 'code given twice'
  known.add(row.code)
  if (row.name.trim() === '') yield 'no name'
  if (list === 'regencies' && kindOf(row.name) === undefined) yield `"${row.name}" is neither Kabupaten nor Kota`
  const parent = row.parent ?? nationCode
  if (!known.has(parent)) yield `parent ${parent} does not exist`
  else if (parent !== parentCode(row.code)) yield `parent ${parent} does not match the code`
}

function parentCode(code: string): string {
  return code.length === 2 ? nationCode : code.slice(0, -3)
}

function kindOf(name: string): RegionKind | undefined {
  return regencyPrefixes.find(([prefix]) => name.startsWith(prefix))?.[1]
}

const nation: Region = {
  code: nationCode,
  name: 'Indonesia',
  kind: 'nation',
  level: 'nation',
  parent: null,
  province: null,
  regency: null,
  timeZone: 'Asia/Jakarta',
  centre: null,
  population: null,
}

function province(row: Row): Region {
  return regionOf(row, 'province', 'province', null)
}

function regency(row: Row): Region {
  return regionOf(row, 'regency', kindOf(row.name) ?? 'kabupaten', row.code)
}

function district(row: Row): Region {
  return regionOf(row, 'district', 'district', parentCode(row.code))
}

function regionOf({ code, name }: Row, level: RegionLevel, kind: RegionKind, regency: string | null): Region {
  const province = code.slice(0, 2)
  return {
    code,
    name: properName(name),
    kind,
    level,
    parent: parentCode(code),
    province,
    regency,
    timeZone: timeZoneOf(province) ?? 'Asia/Jakarta',
    centre: null,
    population: null,
  }
}
